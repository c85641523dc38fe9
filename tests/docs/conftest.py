import pytest

from docs.generator.site import site as whole_site


@pytest.fixture(scope="package")
def files() -> dict[str, str]:
    """The text of every file of the site, by its path. It is written once for all these tests."""
    return whole_site()


@pytest.fixture(scope="package")
def site(files: dict[str, str]) -> dict[str, str]:
    """The Markdown of every page, by its path."""
    return {path: text for path, text in files.items() if path.endswith(".md")}
