"""Drills that the mock runs itself: over plain HTTP, and as a fixture of pytest."""

import time
from collections.abc import Iterator

import httpx
import pytest

from mock_server.client import ControlClient
from mock_server.control.connection import ControlError
from mock_server.own_server import own_server

pytest_plugins = ["pytester"]
PAGES = ("/api/v1/participants/ecf", "/api/v1/participant-declarations")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with own_server() as url:
        yield url


def read(url: str, token: str, query: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    for path in PAGES:
        # The first three times a list of declarations fails.
        for _ in range(5):
            if httpx.get(f"{url}{path}{query}", headers=headers).status_code == 200:
                break
            time.sleep(0.3)


def test_three_calls_are_enough_for_any_language(url: str) -> None:
    begun = httpx.post(f"{url}/_mock/drills", json={"name": "pages"}, timeout=30)
    assert begun.status_code == 201
    drill = begun.json()
    assert (drill["ended"], drill["api"], drill["name"]) == (False, "v1", "pages")
    assert "sync.full-pull" in drill["missing"]
    read(url, drill["token"], "?page[per_page]=500")
    looked = httpx.get(f"{url}/_mock/drills/{drill['id']}").json()
    assert looked["ended"] is False
    ended = httpx.post(f"{url}/_mock/drills/{drill['id']}/end").json()
    assert (ended["ended"], ended["missing"]) == (True, [])
    # The sandbox stays for reports.
    assert httpx.get(f"{url}/_mock/sandboxes/{drill['sandbox']}/readiness").status_code == 200
    assert httpx.post(f"{url}/_mock/drills/{drill['id']}/end").json() == ended


def test_what_is_missing_is_named(url: str) -> None:
    with ControlClient(url, timeout=30) as control:
        drill = control.begin_drill(name="pages")
        read(url, drill.token, "")
        assert "sync.pages-followed" in control.end_drill(drill.id).missing


def test_a_drill_of_v3_and_what_schools_did(url: str) -> None:
    with ControlClient(url, timeout=30) as control:
        drill = control.begin_drill(name="changes", api="v3")
        headers = {"Authorization": f"Bearer {drill.token}"}
        httpx.get(f"{url}/api/v3/participants?page[per_page]=3000", headers=headers)
        deadline = time.monotonic() + 30
        while not control.drill(drill.id).happened and time.monotonic() < deadline:
            time.sleep(0.2)
        ended = control.end_drill(drill.id)
    assert "Rosa Lindqvist" in ended.happened[0]
    assert "sync.polls" in ended.missing


@pytest.mark.parametrize(
    ("given", "why"),
    [({"name": "fire"}, "no drill is called 'fire'; there are full, pages"), ({"api": "v2"}, "no clients of 'v2'")],
)
def test_a_drill_that_there_is_not_is_refused(url: str, given: dict[str, str], why: str) -> None:
    with ControlClient(url) as control, pytest.raises(ControlError, match=why):
        control.begin_drill(**given)


def test_an_unknown_drill_is_404(url: str) -> None:
    assert httpx.get(f"{url}/_mock/drills/nothing").status_code == 404
    assert httpx.post(f"{url}/_mock/drills/nothing/end").status_code == 404


def test_a_fixture_fails_the_test_of_a_client_that_misses_something(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import time
        import httpx
        import pytest

        def read(drill, query):
            for path in ("/api/v1/participants/ecf", "/api/v1/participant-declarations"):
                for _ in range(5):
                    headers = {"Authorization": f"Bearer {drill.token}"}
                    if httpx.get(f"{drill.base_url}{path}{query}", headers=headers).status_code == 200:
                        break
                    time.sleep(0.3)

        @pytest.mark.ecf_drill("pages")
        def test_good(ecf_drill):
            read(ecf_drill, "?page[per_page]=500")

        @pytest.mark.ecf_drill("pages")
        def test_bad(ecf_drill):
            read(ecf_drill, "")
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*sync.pages-followed: failed. A page as long as*"])
