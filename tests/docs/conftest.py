import pytest

from docs.generator.site import pages


@pytest.fixture(scope="package")
def site() -> dict[str, str]:
    """The Markdown of every page, by its path. It is written once for all these tests."""
    return pages()
