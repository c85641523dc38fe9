"""The built site as the tests read it: its pages, and what each page's HTML names and links to."""

from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path

from docs.generator.addresses import address
from docs.generator.site import page_files

ROOT = Path(__file__).parent.parent.parent
# Where the site is told that its sources are.
REPOSITORY = "https://git.example/ecf-mock"

# Elements that make a browser load something, with the attribute that says what.
_LOADED = {"script": "src", "link": "href", "img": "src", "source": "src", "iframe": "src", "use": "href"}
# Relations of a <link> that only tell where other pages are.
_TOLD = {"canonical", "prev", "next", "alternate"}


def addresses() -> list[str]:
    """Every page's address below the site's root: `` for the home page, `schedules/` and so on."""
    return [address(page) for page in page_files()]


# Elements that have no end.
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Elements whose end may be left out, as the theme does.
_OPTIONAL = {"html", "head", "body", "li", "p", "dt", "dd", "option"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.misplaced: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.navigation: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID | _OPTIONAL:
            self.open.append(tag)
        given = {name: value for name, value in attrs if value is not None}
        if given.get("id"):
            self.ids.append(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
            if "nav" in self.open:
                self.navigation.append(given["href"])
        elif tag in _LOADED and _LOADED[tag] in given and given.get("rel") not in _TOLD:
            self.loaded.append(given[_LOADED[tag]])

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID | _OPTIONAL:
            return
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.misplaced.append(f"line {self.getpos()[0]}: </{tag}> where {self.open[-3:]} are open")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID | _OPTIONAL:
            self.open.pop()


@dataclass
class SitePage:
    """One HTML file; `ids`, `links` and `loaded` are in the order of the file.

    `misplaced` are the ends of elements that stand where another should.
    """

    file: Path
    reader: _Reader = field(default_factory=_Reader)

    def __post_init__(self) -> None:
        self.reader.feed(self.file.read_text())

    @property
    def ids(self) -> list[str]:
        return self.reader.ids

    @property
    def misplaced(self) -> list[str]:
        return self.reader.misplaced

    @property
    def links(self) -> list[str]:
        return self.reader.links

    @property
    def navigation(self) -> list[str]:
        """The links within a navigation."""
        return self.reader.navigation

    @property
    def loaded(self) -> list[str]:
        return self.reader.loaded


@dataclass
class Site:
    """`base_url` ends in a slash and is where `folder` is served.

    At `light_url` it is served with nothing to search for, which spares each page a megabyte.
    """

    folder: Path
    base_url: str
    light_url: str

    @cached_property
    def pages(self) -> dict[str, SitePage]:
        """By address."""
        files = sorted(self.folder.rglob("index.html"))
        return {self.address(file): SitePage(file) for file in files}

    def address(self, file: Path) -> str:
        """`schedules/` for the file `schedules/index.html`."""
        return file.relative_to(self.folder).as_posix().removesuffix("index.html")
