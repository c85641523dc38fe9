"""What is said of the pages' longest tasks. The time itself is a figure, and no test judges it."""

from benchmarks.pages import _OBSERVE, GROUPS, finding
from docs.generator.addresses import address
from docs.generator.site import page_files
from tests.browser import chromium


def test_the_slowest_page_of_a_group_is_named_with_the_median_of_its_visits() -> None:
    found = finding("usage guide", {"quick/": [0.0, 90.0, 60.0], "slow/": [70.0, 400.0, 80.0]})
    assert (found.value, found.unit, found.reach) == (80.0, "ms", "below 200 ms")
    assert found.remark == "slowest of 2 pages: slow/"


def test_each_group_has_pages() -> None:
    pages = [address(page) for page in page_files()]
    assert all(sum(page.startswith(folder) for page in pages) >= 5 for folder in GROUPS)


def test_the_browser_tells_of_a_long_task() -> None:
    with chromium() as browser:
        page = browser.new_page()
        page.add_init_script(_OBSERVE)
        page.goto("about:blank")
        # Busy for a known time, on whatever machine.
        page.evaluate("setTimeout(() => { const end = performance.now() + 120; while (performance.now() < end); })")
        page.wait_for_function("window.longTasks.length > 0")
        assert page.evaluate("Math.max(...window.longTasks)") >= 120
