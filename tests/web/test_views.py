"""Every view, as it comes from the server: what it shows, and that it shows all of it as text."""

import re
from html import escape

import httpx
import pytest

from mock_server.services import SERVICES
from mock_server.web.contents import contents_for
from mock_server.web.views import MAX_IN_BAR
from tests.web.conftest import ORIGIN, ROOT, Site, text_of
from tests.web.v1.requests import DECLARATIONS, PARTICIPANTS, add, declare

CONTENTS = contents_for(SERVICES)
LISTS = [view.key for view in CONTENTS.views.values() if not view.below]
SCRIPT = '<script>alert("x")</script>'


# -- all of them ---------------------------------------------------------------------------------


@pytest.mark.parametrize("key", LISTS)
async def test_a_view_names_itself_and_leads_to_the_others(site: Site, key: str) -> None:
    view = CONTENTS.views[key]
    answer = await site.see(view.path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert f"<title>{view.label} · {site.id} · ecf-mock</title>" in answer.text
    for tab in CONTENTS.tabs:
        current = ' aria-current="page"' if tab.name == view.tab else ""
        assert f'id="tab-{tab.name}" href="{site.at(tab.path)}"{current}>' in answer.text
    for other in CONTENTS.siblings(view):
        assert f'href="{site.at(other.path)}"' in answer.text


@pytest.mark.parametrize("key", LISTS)
async def test_a_view_allows_nothing_of_elsewhere_and_nothing_written_into_it(site: Site, key: str) -> None:
    answer = await site.see(CONTENTS.views[key].path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert " style=" not in answer.text
    assert " onclick=" not in answer.text
    assert "<script>" not in answer.text
    assert 'src="http' not in answer.text


async def test_the_short_address_leads_to_the_journal_of_the_default_sandbox(site: Site) -> None:
    for path in (ROOT, f"{ROOT}/", f"{ROOT}/sandboxes/default"):
        answer = await site.http.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{ROOT}/sandboxes/default/journal")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/sandboxes/none/journal", "There is no sandbox 'none'"),
        ("/sandboxes/<script>/journal", "There is no sandbox '<script>'"),
        ("/sandboxes/default/nothing", "no view of that name"),
        ("/sandboxes/default/v1.participants", "no view of that name"),
        ("/sandboxes/default/v1/participant", "no such address"),
        ("/sandboxes/default/v1", "no view of that name"),
        ("/sandboxes/default/v1/participants/nobody", "no participant of that id"),
        ("/sandboxes/default/events/nothing", "no view of that name"),
        ("/static/nothing.js", "no file of that name"),
        ("/static/..%2fapp.py", "Nothing here"),
        ("/nothing/at/all", "no such address"),
        ("/sandboxes/default/v1/participants/x/y", "no such address"),
    ],
)
async def test_what_is_not_there_is_said_to_be_missing(site: Site, path: str, said: str) -> None:
    answer = await site.http.get(ROOT + path)
    assert answer.status_code == 404
    assert said in text_of(answer)
    assert "content-security-policy" in answer.headers


async def test_the_files_of_the_page_can_be_kept_for_good_under_their_hash(site: Site) -> None:
    page = (await site.see("journal")).text
    for name, kind in (("ui.css", "text/css"), ("ui.js", "text/javascript"), ("htmx.min.js", "text/javascript")):
        address = next(part for part in page.split('"') if f"/static/{name}?" in part)
        answer = await site.http.get(address)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(kind)
        assert "immutable" in answer.headers["cache-control"]


async def test_a_mock_without_control_api_has_no_page() -> None:
    from mock_server.app import build_app
    from mock_server.settings import Settings

    transport = httpx.ASGITransport(build_app(Settings(control=False, seed="empty")))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
        answer = await http.get(f"{ROOT}/sandboxes/default/journal")
    assert (answer.status_code, answer.json()) == (404, {"error": "Resource not Found"})


async def test_a_mistake_of_ours_is_said_and_logged(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("mock_server.web.app.render", lambda name, context: 1 / 0 if name == "clock" else "sorry")
    answer = await site.see("clock")
    assert (answer.status_code, answer.text) == (500, "sorry")
    assert "ZeroDivisionError" in caplog.text


# -- the journal ---------------------------------------------------------------------------------


async def test_an_empty_journal_shows_how_to_fill_it(site: Site) -> None:
    page = text_of(await site.see("journal"))
    assert "No request has come to this sandbox yet." in page
    assert f"curl -H 'Authorization: Bearer alder-token.{site.id}' \\ '{ORIGIN}/api/v1/participants/ecf" in page


async def some_requests(site: Site) -> None:
    await site.call("GET", PARTICIPANTS, params={"page[page]": "2"})
    await declare(site, declaration_typ="started")
    await site.call("GET", "/api/v1/nowhere", "birch")
    await site.call("GET", PARTICIPANTS, "nobody")
    fault = {"match": {"method": "GET"}, "respond": {"status": 503}, "times": 1}
    await site.control("PUT", "/faults", {"faults": [fault]})
    await site.call("GET", f"{PARTICIPANTS}/x")


def rows(answer: httpx.Response) -> list[int]:
    return [int(part.split('"')[0]) for part in answer.text.split('id="request-')[1:]]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [5, 4, 3, 2, 1]),
        ({"method": "POST"}, [2]),
        ({"path": "nowhere"}, [3]),
        ({"path": "/api/v1/participants/*"}, [5, 4, 1]),
        ({"status": "422"}, [2]),
        ({"status": "4xx"}, [4, 3, 2]),
        ({"status": "odd"}, [5, 4, 3, 2, 1]),
        ({"operation_id": "listEcfParticipants"}, [4, 1]),
        ({"provider": "birch"}, [3]),
        ({"api": "v1"}, [5, 4, 3, 2, 1]),
        ({"api": "v3"}, []),
        ({"provider": "nobody"}, [4]),
        ({"mark": "contract"}, [5, 3, 2]),
        ({"mark": "rules"}, [2]),
        ({"mark": "fault"}, [5]),
        ({"method": "GET", "status": "404"}, [3]),
        ({"before": "3"}, [2, 1]),
        ({"method": "PATCH"}, []),
    ],
)
async def test_filters_choose_what_the_journal_shows(site: Site, filters: dict[str, str], expected: list[int]) -> None:
    await some_requests(site)
    answer = await site.see("journal", params=filters)
    assert rows(answer) == expected
    assert ("this filter is left out" in answer.text) == (filters.get("status") == "odd")
    assert ("No request fits the filters." in answer.text) == (not expected)


async def test_a_row_says_what_happened_and_how_it_went(site: Site) -> None:
    await some_requests(site)
    shown = (await site.see("journal")).text.split('id="request-')
    said = [" ".join(text_of(httpx.Response(200, text=part)).split()[1:]) for part in shown[1:]]
    assert "POST /api/v1/participant-declarations 422" in said[3]
    assert "alder contract 4 rules" in said[3]
    assert "GET /api/v1/participants/ecf ?page[page]=2 200" in said[4]
    assert "401 " in said[1]
    assert "nobody" in said[1]
    assert "fault" in said[0]


async def test_only_the_part_that_is_asked_for_is_made(site: Site) -> None:
    await some_requests(site)
    entry = await site.see(
        "journal", params={"entry": "2"}, headers={"hx-request": "true", "hx-target": "section#entry"}
    )
    assert entry.text.lstrip().startswith('<section id="entry"')
    assert 'id="list"' not in entry.text
    found = await site.see("journal", params={"method": "POST"}, headers={"hx-target": "section#list"})
    assert found.text.lstrip().startswith('<section id="list"')
    assert rows(found) == [2]
    assert "<html" not in found.text


async def test_an_opened_entry_shows_request_answer_contract_rules_and_their_paragraph(site: Site) -> None:
    await declare(site, declaration_typ="<b>started</b>")
    answer = await site.see("journal", params={"entry": "1"})
    page = text_of(answer)
    assert "It breaks the contract /data/attributes" in page
    assert "It breaks 4 rules declaration-date-present (opens in a new tab)" in page
    assert "What to do:" in page
    guide = "/_mock/docs/ecf-usage/declaring-that-an-ecf-participant-has-started-their-course/#"
    assert f'href="{guide}declare-started-incomplete' in answer.text
    assert 'href="/_mock/docs/errors/#declaration-date-present"' in answer.text
    assert '"declaration_typ" : "<b>started</b>"' in page
    assert '"title" : "declaration_date"' in page
    assert "alder-token" not in page
    assert "authorization: Bearer $TOKEN" in page
    assert "createParticipantDeclaration" in page


async def test_an_entry_leads_to_the_participant_it_is_about(site: Site) -> None:
    id = await add(site, full_name="Ada Example")
    await site.call("GET", f"{PARTICIPANTS}/{id}")
    answer = await site.see("journal", params={"entry": "1"})
    assert f'href="{site.at("v1/participants/" + id)}">Ada Example</a>' in answer.text


async def test_a_lost_answer_is_told_with_what_was_done(site: Site) -> None:
    await site.press("add-fault", {"kind": "lost", "times": "1"})
    await site.call("GET", PARTICIPANTS)
    page = text_of(await site.see("journal", params={"entry": "1"}))
    assert "the mock carried the request out and answered 200 , but the client didn't get that answer" in page


async def test_an_entry_that_isn_t_kept_any_more_says_so(site: Site) -> None:
    for id in ("7", "x", "-1", "9" * 50):
        answer = await site.see("journal", params={"entry": id})
        assert answer.status_code == 200
        assert "no longer has this request" in text_of(answer)


async def test_the_journal_is_shown_a_window_at_a_time(site: Site) -> None:
    for _ in range(120):
        await site.call("GET", PARTICIPANTS)
    first = await site.see("journal")
    assert rows(first) == list(range(120, 20, -1))
    assert f'href="{site.at("journal")}?before=21"' in first.text
    second = await site.see("journal", params={"before": "21"})
    assert rows(second) == list(range(20, 0, -1))
    assert 'id="older" hidden' not in first.text
    assert 'id="older" hidden' in second.text
    assert "live=off" in second.text


async def test_whatever_a_client_sends_is_shown_as_text(site: Site) -> None:
    id = await add(site, full_name=SCRIPT, email="x'y@example.org")
    headers = {"x-odd": SCRIPT, "accept": '"><img src=x onerror=alert(1)>'}
    await site.call("GET", f"{PARTICIPANTS}/{id}", headers=headers)
    await site.call("GET", f"/{SCRIPT}", params={"q": SCRIPT})
    await site.call("POST", DECLARATIONS, content=SCRIPT)
    await declare(site, declaration_type=SCRIPT, participant_id=id)
    # A fault may answer anything, a link that runs included.
    respond = {"status": 422, "headers": {"Link": '<javascript:alert(1)>; rel="help"', "X-Mock-Rule": SCRIPT}}
    await site.control("PUT", "/faults", {"faults": [{"match": {}, "respond": respond}]})
    await site.call("GET", PARTICIPANTS)
    pages = [
        await site.see(path) for path in ("journal", "v1/participants", f"v1/participants/{id}", "faults", "readiness")
    ]
    pages += [await site.see("journal", params={"entry": str(entry)}) for entry in range(1, 6)]
    pages += [await site.see("journal", params={"path": SCRIPT, "operation_id": SCRIPT, "status": SCRIPT})]
    pages += [await site.see("v1/participants", params={"q": SCRIPT})]
    for page in pages:
        assert page.status_code == 200
        assert "<script>" not in page.text
        assert "<img src=x" not in page.text
        assert 'href="javascript:' not in page.text
    assert escape(SCRIPT, quote=False) in pages[1].text.replace("&#34;", '"')


# -- clock, faults, sandboxes, readiness ---------------------------------------------------------


async def test_the_clock_tells_the_time_and_the_payment_runs_ahead(site: Site) -> None:
    page = text_of(await site.see("clock"))
    assert "20 Nov 2021 09:00:00 stands still" in page
    assert "1 Dec 2021, 00:00:00" in page
    assert "become payable" in page


async def test_sandboxes_are_shown_with_their_tokens_the_newest_first(site: Site) -> None:
    for name in ("one", "two"):
        await site.http.post("/_mock/sandboxes", json={"id": name, "rate_limit": {"requests": 3, "seconds": 60}})
    answer = await site.see("sandboxes")
    assert [part.split('"')[0] for part in answer.text.split('id="sandbox-')[1:]] == ["default", "two", "one", site.id]
    page = text_of(answer)
    assert "birch-token.two" in page
    assert "3 in 60 s" in page
    assert 'id="delete-one"' in answer.text
    assert 'id="delete-default"' not in answer.text


async def test_the_menu_names_the_newest_of_many_sandboxes_and_the_one_that_is_open(site: Site) -> None:
    for number in range(MAX_IN_BAR + 5):
        await site.http.post("/_mock/sandboxes", json={"id": f"many-{number}", "seed": "empty"})
    menu = (await site.see("faults")).text.partition("</details>")[0]
    named = re.findall(r"/sandboxes/([^/]+)/faults", menu)
    newest = [f"many-{number}" for number in range(MAX_IN_BAR + 4, 6, -1)]
    assert named == ["default", *newest, site.id]


async def test_the_menu_switches_to_the_same_view_of_another_sandbox(site: Site) -> None:
    await site.http.post("/_mock/sandboxes", json={"id": "other"})
    answer = await site.see("faults")
    assert f'href="{ROOT}/sandboxes/other/faults">other</a>' in answer.text
    assert (await site.see("faults", "other")).status_code == 200


async def test_the_board_shows_each_requirement_with_its_verdict_and_evidence(site: Site) -> None:
    await site.call("GET", PARTICIPANTS)
    answer = await site.see("readiness")
    page = text_of(answer)
    record = await site.control("GET", "/readiness")
    for requirement in record["requirements"]:
        assert f'id="need-{requirement["id"].replace(".", "-")}"' in answer.text
        assert requirement["id"] in page
    assert f"{record['summary']['passed']} passed" in page
    assert f'href="{site.at("journal")}?entry=1"' in answer.text
