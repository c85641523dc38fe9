import pytest

from docs.generator.site import page_files
from tests.made_once import site_sources


@pytest.fixture(scope="package")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The text of every page, in the order of the pages, and the samples of their requests, by the path of the file."""
    folder = site_sources(tmp_path_factory)
    written = [*(folder / page for page in page_files()), *(folder / "assets" / "samples").rglob("*.json")]
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in written}


@pytest.fixture(scope="package")
def site(files: dict[str, str]) -> dict[str, str]:
    """The Markdown of every page, by its path."""
    return {path: text for path, text in files.items() if path.endswith(".md")}
