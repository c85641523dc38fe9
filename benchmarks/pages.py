"""How long the pages of the guides and the references keep a browser busy: their longest task, in Chromium."""

import os
import shutil
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from benchmarks.compare import Benchmark, answer_to
from benchmarks.exchange import Request
from benchmarks.figures import Figure
from benchmarks.peers import ToolMissing
from benchmarks.processes import ServerFailed
from benchmarks.servers import ours
from docs.generator.addresses import address
from docs.generator.site import page_files

CHROMIUM: Final = "chromium"
REACH_MS: Final = 200
_DOCUMENTATION: Final = "/_mock/docs/"
# The folders whose pages are measured, and what they are.
GROUPS: Final = {
    "ecf-usage/": "usage guide of v1",
    "v3/usage/": "usage guide of v3",
    "api-reference/reference-v1/": "reference of v1",
    "api-reference/reference-v3/": "reference of v3",
    "api-reference/control/": "reference of the control API",
}
# A browser calls a task long from 50 ms on. A page without a long task counts as 0.
_OBSERVE: Final = """window.longTasks = [];
new PerformanceObserver(list => window.longTasks.push(...list.getEntries().map(each => each.duration)))
  .observe({type: "longtask", buffered: true});"""


def longest_tasks(bench: Benchmark) -> Iterator[Figure]:
    """For each group of pages the longest task of its slowest page, by the median of the rounds.

    Raises:
        ServerFailed: the mock serves no documentation, because nobody has built it.
        ToolMissing: there is no Chromium.
    """
    program = shutil.which(CHROMIUM)
    if program is None:
        raise ToolMissing(CHROMIUM, CHROMIUM)
    pages = [address(page) for page in page_files()]
    with bench.start(ours()) as mock, sync_playwright() as playwright:
        if answer_to(mock.port, Request("GET", _DOCUMENTATION)).status != 200:
            raise ServerFailed("the mock has no documentation to measure: run `make docs` first")
        surroundings: dict[str, str | float | bool] = {**os.environ, "LC_ALL": "C.UTF-8"}
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"], env=surroundings)
        base = f"http://127.0.0.1:{mock.port}{_DOCUMENTATION}"
        for folder, name in GROUPS.items():
            chosen = [page for page in pages if page.startswith(folder)]
            yield finding(name, {page: tasks(browser, base + page, bench.effort.rounds) for page in chosen})
        browser.close()


def tasks(browser: Browser, url: str, rounds: int) -> list[float]:
    """The longest task of a page in milliseconds, a visit each. Each visit begins with an empty cache."""
    found = []
    for _ in range(rounds):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.add_init_script(_OBSERVE)
        page.goto(url, wait_until="networkidle")
        found.append(float(page.evaluate("Math.max(0, ...window.longTasks)")))
        page.close()
    return found


def finding(name: str, found: dict[str, Sequence[float]]) -> Figure:
    """`found` has the longest task of each visit, by the page."""
    slowest, milliseconds = max(((page, median(each)) for page, each in found.items()), key=lambda pair: pair[1])
    return Figure(
        title=f"Longest task of a page, {name}",
        value=milliseconds,
        unit="ms",
        reach=f"below {REACH_MS} ms",
        remark=f"slowest of {len(found)} pages: {slowest}",
    )
