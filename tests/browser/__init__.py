"""Real Chromium for tests of pages, and what it can tell of one: what it logs, what it asks for, whom it bars."""

import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests import npm
from tests.programs import required

# How long a page may take to do what a test expects, in milliseconds: a busy machine is slow.
PATIENCE: Final = 20_000
expect.set_options(timeout=PATIENCE)

Scheme = Literal["light", "dark"]
SCREENS: Final[tuple[tuple[int, Scheme], ...]] = ((1440, "light"), (1440, "dark"), (360, "light"), (360, "dark"))
# The screens for axe, which takes long: each width and each scheme once, because colours don't depend on the width.
EXAMINED: Final[tuple[tuple[int, Scheme], ...]] = ((1440, "light"), (360, "dark"))

# What sticks out of the window on the right, unless it scrolls in a frame of its own that doesn't. Elements are
# asked, and not only how far the page scrolls: a page that cuts off what sticks out hides it, and doesn't fit.
_STICKING_OUT = """() => {
  const edge = document.documentElement.clientWidth + 0.01;
  const right = element => element.getBoundingClientRect().right;
  const inFrame = element => {
    for (let each = element.parentElement; each && each !== document.body; each = each.parentElement)
      if (getComputedStyle(each).overflowX !== "visible" && right(each) <= edge) return true;
    return false;
  };
  return [...document.body.querySelectorAll("*")]
    .filter(element => right(element) > edge && !inFrame(element))
    .map(element => `${(right(element) - edge).toFixed(1)} px: ${element.outerHTML.slice(0, 120)}`);
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window. While it is open, tests that are coroutines can't run: keep it to a module."""
    program = required("chromium-headless-shell")
    with sync_playwright() as playwright:
        # It keeps what pages store in a folder of TMPDIR, whose name may need more than ASCII.
        surroundings: dict[str, str | float | bool] = {**os.environ, "LC_ALL": "C.UTF-8"}
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"], env=surroundings)
        yield opened
        opened.close()


@dataclass
class Watch:
    """What a page logged as wrong, and the addresses on other hosts that it asked for."""

    messages: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def forget(self) -> None:
        """Begins anew, for the next page in the same window."""
        self.messages.clear()
        self.foreign.clear()


def watch(page: Page, base_url: str) -> Watch:
    """Watches everything that `page` does from now on; `base_url` is on its own host."""
    seen, host = Watch(), urlsplit(base_url).netloc

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            seen.messages.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: seen.messages.append(str(error)))
    page.on("request", lambda asked: seen.foreign.append(asked.url) if urlsplit(asked.url).netloc != host else None)
    return seen


def excess(page: Page) -> list[str]:
    """What makes the page wider than its window, and by how much; nothing for a page that fits."""
    sticking_out: list[str] = page.evaluate(_STICKING_OUT)
    pixels: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*sticking_out[:3], *([f"the page scrolls by {pixels} px"] if pixels > 0 else [])]


# How many of the elements that axe can't tell apart stay.
_ALIKE: Final = 3


def thin_out(
    page: Page, templates: Sequence[str] = (), shared: Sequence[str] = (), known: Collection[str] = ()
) -> set[str]:
    """Takes away what would tell axe nothing new: all but the first few of the elements that are alike.

    Elements that match one of the selectors `templates` count as alike, whatever is inside. Returns the shapes of the
    elements at the selectors `shared`, and hides those whose shape is among the `known` ones of earlier pages.
    """
    arguments = [_ALIKE, list(templates), list(shared), list(known)]
    return set(page.evaluate((Path(__file__).parent / "thin_out.js").read_text(), arguments))


@cache
def _axe() -> str:
    return (npm.installed(Path(__file__).parent) / "axe-core" / "axe.min.js").read_text()


def barriers(page: Page) -> list[str]:
    """What axe finds that makes the page harder to use for some people, the smallest impacts included."""
    # Evaluated rather than added to the page, whose policy lets no foreign script in.
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    options = {"resultTypes": ["violations"], "iframes": False}
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:160]}: {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
