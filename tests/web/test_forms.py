"""The forms: each makes its call of the control API, and says what came of it where it stands."""

from typing import Any

import pytest

from mock_server.app import Application
from mock_server.control.contract import control_contract
from mock_server.http.contract import operations
from mock_server.services import SERVICES
from mock_server.web.contents import contents_for
from mock_server.web.forms import FAULTS
from tests.web.conftest import ORIGIN, ROOT, Site, text_of

CONTENTS = contents_for(SERVICES)


def test_each_form_belongs_to_an_operation_and_a_view() -> None:
    known = {operation.id for operation in operations(control_contract(SERVICES))}
    for form in CONTENTS.forms.values():
        assert form.operation_id in known
        assert form.view in CONTENTS.views


# -- the clock -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "fields", "now", "running"),
    [
        ("advance", {"by": "P30D"}, "2021-12-20T09:00:00Z", False),
        ("jump", {"now": "2022-03-01T12:30"}, "2022-03-01T12:30:00Z", False),
        ("jump", {"now": "2022-03-01T12:30:15"}, "2022-03-01T12:30:15Z", False),
        ("jump", {"now": "2022-02-01T00:00:00+00:00"}, "2022-02-01T00:00:00Z", False),
        ("run", {}, "2021-11-20T09:00:00Z", True),
        ("stop", {}, "2021-11-20T09:00:00Z", False),
    ],
)
async def test_the_clock_goes_where_it_is_told(
    site: Site, form: str, fields: dict[str, str], now: str, running: bool
) -> None:
    answer = await site.press(form, fields)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{site.at('clock')}?done={form}")
    assert await site.control("GET", "/clock") == {"now": now, "running": running}
    said = await site.http.get(answer.headers["location"])
    assert CONTENTS.forms[form].done in said.text


async def test_the_clock_follows_the_machine_again(site: Site) -> None:
    await site.press("follow")
    assert "follows the machine" in (await site.see("clock")).text


async def test_payment_runs_happen_on_the_way(site: Site) -> None:
    before = text_of(await site.see("clock"))
    assert "1 Dec 2021" in before
    await site.press("advance", {"by": "P1Y"})
    assert "1 Dec 2021" not in text_of(await site.see("clock"))


@pytest.mark.parametrize(
    ("form", "fields", "name", "detail"),
    [
        ("advance", {"by": "soon"}, "by", "ISO 8601"),
        ("advance", {}, "", "by"),
        ("jump", {"now": "tomorrow"}, "now", "2021-11-20T09:00:00Z"),
    ],
)
async def test_what_the_control_api_refuses_is_said_at_its_field(
    site: Site, form: str, fields: dict[str, str], name: str, detail: str
) -> None:
    answer = await site.press(form, fields)
    assert answer.status_code == 422
    page = text_of(answer)
    assert "That can't be done." in page
    assert detail in page
    assert await site.control("GET", "/clock") == {"now": "2021-11-20T09:00:00Z", "running": False}
    if name:
        assert f'id="{name}" name="{name}"' in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert f'value="{fields[name]}"' in answer.text


# -- faults --------------------------------------------------------------------------------------

STRUCK = {
    "unavailable": (503, {}),
    "error": (500, {}),
    "too-many": (429, {"retry-after": "7"}),
    "lost": (504, {}),
    "slow": (200, {}),
}


@pytest.mark.parametrize("kind", FAULTS)
async def test_a_common_fault_is_a_choice_away(site: Site, kind: str) -> None:
    fields = {"kind": kind, "times": "1", "percent": "100", "retry_after": "7", "delay_ms": "1"}
    answer = await site.press("add-fault", {**fields, "operation_id": "listEcfParticipants"})
    assert answer.status_code == 303, answer.text
    status, headers = STRUCK[kind]
    struck = await site.call("GET", "/api/v1/participants/ecf")
    assert struck.status_code == status
    assert headers.items() <= dict(struck.headers).items()
    assert (await site.call("GET", "/api/v1/participants/ecf")).status_code == 200
    page = text_of(await site.see("faults"))
    assert "1 of 1 request got it" in page
    assert "used up" in page


async def test_one_fault_is_removed_and_the_others_go_on(site: Site) -> None:
    for kind in ("unavailable", "error"):
        await site.press("add-fault", {"kind": kind})
    assert (await site.press("remove-fault", {"fault_id": "fault-1"})).status_code == 303
    assert [fault["id"] for fault in (await site.control("GET", "/faults"))["faults"]] == ["fault-2"]
    await site.press("clear-faults")
    assert (await site.control("GET", "/faults"))["faults"] == []
    assert (await site.press("remove-fault", {"fault_id": "fault-2"})).status_code == 404


@pytest.mark.parametrize("bad", [{"times": "0"}, {"times": "many"}, {"percent": "101"}, {"kind": "slow"}, {}])
async def test_a_fault_that_makes_no_sense_is_refused(site: Site, bad: dict[str, str]) -> None:
    answer = await site.press("add-fault", {"kind": "unavailable", **bad} if bad and "kind" not in bad else bad)
    assert answer.status_code == 422
    assert (await site.control("GET", "/faults"))["faults"] == []


# -- the journal and sandboxes -------------------------------------------------------------------


async def test_the_journal_is_cleared(site: Site) -> None:
    await site.call("GET", "/api/v1/participants/ecf")
    await site.press("clear-journal")
    assert (await site.control("GET", "/requests"))["requests"] == []


async def test_a_sandbox_is_made_changed_reset_and_deleted(site: Site, application: Application) -> None:
    fields = {"id": "new", "seed": "empty", "now": "2021-09-01T08:00", "still": "yes", "requests": "3", "seconds": "60"}
    fields["statements"] = "by_hand"
    answer = await site.press("create", fields)
    assert answer.headers["location"] == site.at("journal?done=create", "new")
    made = (await site.http.get("/_mock/sandboxes/new")).json()
    assert (made["seed"], made["rate_limit"]) == ("empty", {"requests": 3, "seconds": 60})
    sandbox = application.registry.get("new")
    assert sandbox is not None
    assert sandbox.settings.statements == "by_hand"
    assert made["clock"] == {"now": "2021-09-01T08:00:00Z", "running": False}

    await site.press("settings", {"replay": "refuse", "rate": "off", "requests": "3"}, "new")
    changed = (await site.http.get("/_mock/sandboxes/new")).json()
    assert (changed["replay"], changed["rate_limit"]) == ("refuse", None)

    await site.press("reset", sandbox="new")
    assert (await site.http.get("/_mock/sandboxes/new")).json() == made

    answer = await site.press("delete", sandbox="new")
    assert answer.headers["location"] == site.at("sandboxes?done=delete", "default")
    assert (await site.http.get("/_mock/sandboxes/new")).status_code == 404
    assert (await site.press("delete", sandbox="default")).status_code == 409
    assert (await site.press("reset", sandbox="new")).status_code == 404


async def test_a_sandbox_without_any_choice_is_like_the_server_s_own(site: Site) -> None:
    answer = await site.press("create")
    id = answer.headers["location"].split("/")[4]
    assert (await site.http.get(f"/_mock/sandboxes/{id}")).json()["seed"] == "guide"


async def test_a_name_that_is_taken_is_refused_on_the_view_of_the_sandboxes(site: Site) -> None:
    answer = await site.press("create", {"id": "default", "view": "sandboxes"})
    assert answer.status_code == 409
    assert "<h1>Sandboxes</h1>" in answer.text
    assert "there is a sandbox" in text_of(answer)


async def test_an_unknown_form_is_none(site: Site) -> None:
    assert (await site.press("explode")).status_code == 404
    assert (await site.press("jump", sandbox="none")).status_code == 404


async def test_a_form_can_t_point_at_another_sandbox(site: Site) -> None:
    await site.http.post("/_mock/sandboxes", json={"id": "other"})
    await site.press("delete", {"sandbox": "other"})
    assert (await site.http.get("/_mock/sandboxes/other")).status_code == 200


# -- who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9999", ""])
async def test_a_form_of_another_site_is_refused(site: Site, origin: str) -> None:
    answer = await site.press("clear-journal", origin=origin)
    assert answer.status_code == 403
    assert "Not from here" in answer.text


async def test_a_form_without_an_origin_is_refused(site: Site) -> None:
    answer = await site.http.post(f"{ROOT}/sandboxes/default/actions/reset")
    assert answer.status_code == 403


async def test_a_foreign_name_for_this_machine_is_refused(site: Site) -> None:
    answer = await site.see("journal", headers={"host": "rebound.example"})
    assert answer.status_code == 403


async def test_another_method_is_refused(site: Site) -> None:
    assert (await site.http.get(f"{ROOT}/sandboxes/default/actions/reset")).status_code == 405


async def test_a_form_of_any_size_is_bounded(site: Site) -> None:
    answer = await site.press("jump", {"now": "x" * 1_100_000})
    assert answer.status_code == 413


# -- a page that is locked -----------------------------------------------------------------------

PATHS = ["", "/sandboxes/default/journal", "/sandboxes/default/events/journal", "/sandboxes/default/v1/participants/x"]


@pytest.mark.parametrize("path", PATHS)
async def test_a_locked_page_shows_nothing_but_its_form(locked: Site, path: str) -> None:
    answer = await locked.http.get(f"{ROOT}{path}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{ROOT}/login")
    answer = await locked.http.get(f"{ROOT}{path}", headers={"cookie": "ecf_mock_ui=wrong"})
    assert answer.status_code == 303
    part = await locked.http.get(f"{ROOT}{path}", headers={"hx-request": "true"})
    assert (part.status_code, part.headers["hx-redirect"], part.content) == (401, f"{ROOT}/login", b"")
    assert (await locked.press("reset")).headers["location"] == f"{ROOT}/login"


async def log_in(site: Site, token: str) -> Any:
    return await site.http.post(f"{ROOT}/login", data={"token": token}, headers={"origin": ORIGIN})


async def test_the_token_opens_it_until_one_logs_out(locked: Site) -> None:
    login = await locked.http.get(f"{ROOT}/login")
    assert 'type="password"' in login.text
    assert (await locked.http.get(f"{ROOT}/static/ui.css")).status_code == 200

    wrong = await log_in(locked, "open barley")
    assert wrong.status_code == 403
    assert "That isn't the token." in text_of(wrong)
    assert "set-cookie" not in wrong.headers

    right = await log_in(locked, "open sesame")
    assert (right.status_code, right.headers["location"]) == (303, ROOT)
    cookie = right.headers["set-cookie"].lower()
    for part in ("httponly", "samesite=strict", f"path={ROOT}"):
        assert part in cookie
    assert "sesame" not in cookie

    assert (await locked.see("journal")).status_code == 200
    assert (await locked.press("stop")).status_code == 303
    assert "stands still" in (await locked.see("clock")).text
    assert (await locked.http.get(f"{ROOT}/login")).status_code == 303

    out = await locked.http.post(f"{ROOT}/logout", headers={"origin": ORIGIN})
    assert out.status_code == 303
    assert (await locked.see("journal")).status_code == 303


async def test_the_cookie_of_the_page_opens_nothing_else(locked: Site) -> None:
    await log_in(locked, "open sesame")
    assert (await locked.http.get("/_mock/sandboxes")).status_code == 401


async def test_a_login_from_another_site_is_refused(locked: Site) -> None:
    answer = await locked.http.post(
        f"{ROOT}/login", data={"token": "open sesame"}, headers={"origin": "http://evil.example"}
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_an_open_page_asks_for_no_token(site: Site) -> None:
    assert (await site.http.get(f"{ROOT}/login")).headers["location"] == ROOT
    assert "Log out" not in (await site.see("journal")).text
