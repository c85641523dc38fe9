"""Rules 5 over HTTP: what a write answers, what a refusal looks like, and that it changes nothing."""

import asyncio
from typing import Any

import pytest

from mock_server.v3.domain.commands import CATALOGUE
from tests.v3.app.mock import Mock, ids, record, titles

GUIDE = "http://127.0.0.1/_mock/docs/v3/usage/"


async def everything(mock: Mock) -> list[bytes]:
    """What the provider sees, and what the control API shows."""
    own = [
        (await mock.get(path)).content
        for path in (
            "/participants",
            "/participants/transfers",
            "/participant-declarations",
            "/partnerships",
            "/schools?filter[cohort]=2025",
            "/delivery-partners",
            "/statements",
            "/unfunded-mentors",
        )
    ]
    return [*own, str(await mock.control("GET", "/participants")).encode()]


async def test_a_story_from_registration_to_clawback(mock: Mock) -> None:
    """An ECT with an expression of interest appears, is fundable, is declared for, paid for and clawed back."""
    ect = await mock.register(provider="alder", school_urn="100001")
    assert ids(await mock.get("/participants")) == []
    (school,) = (await mock.get("/schools?filter[cohort]=2025")).json()["data"]
    assert school["attributes"]["expression_of_interest"] is True
    await mock.advance("P1D")
    partner = await mock.delivery_partner()
    made = await mock.write(
        "POST", "/partnerships", {"cohort": "2025", "school_id": school["id"], "delivery_partner_id": partner}
    )
    assert record(made)["participants_currently_training"] == 1
    assert made.headers["content-type"] == "application/json; charset=utf-8"
    (shown,) = (await mock.get("/participants")).json()["data"]
    assert shown["attributes"]["updated_at"] == "2026-02-11T09:00:00Z"
    assert shown["attributes"]["ecf_enrolments"][0]["delivery_partner_id"] == partner
    await mock.control("PUT", f"/participants/{ect['id']}/induction", {"started_on": "2026-02-11"})
    declared = await mock.declare(ect["id"], declaration_date="2026-02-11T08:00:00Z")
    assert record(declared)["state"] == "eligible"
    id, statement = declared.json()["data"]["id"], record(declared)["statement_id"]
    await mock.jump("2026-05-01T09:00:00Z")
    assert record(await mock.get(f"/participant-declarations/{id}"))["state"] == "paid"
    assert record(await mock.get(f"/statements/{statement}"))["paid"] is True
    voided = record(await mock.call("PUT", f"/participant-declarations/{id}/void"))
    assert (voided["state"], voided["statement_id"]) == ("awaiting-clawback", statement)
    await mock.jump("2026-09-01T09:00:00Z")
    assert record(await mock.get(f"/participant-declarations/{id}"))["state"] == "clawed-back"


async def test_every_action_answers_with_the_participant_as_it_then_stands(mock: Mock) -> None:
    person = (await mock.trained())["id"]
    shown = record(await mock.act("defer", person, reason="career-break"))["ecf_enrolments"][0]
    assert (shown["training_status"], shown["participant_status"]) == ("deferred", "left")
    assert shown["deferral"] == {"reason": "career-break", "date": "2026-02-10T09:00:00Z"}
    await mock.advance("P1D")
    shown = record(await mock.act("resume", person))["ecf_enrolments"][0]
    assert (shown["training_status"], shown["participant_status"], shown["deferral"]) == ("active", "active", None)
    await mock.advance("P1D")
    answer = await mock.act("change-schedule", person, schedule_identifier="ecf-extended-april")
    assert record(answer)["ecf_enrolments"][0]["schedule_identifier"] == "ecf-extended-april"
    await mock.advance("P1D")
    shown = record(await mock.act("withdraw", person, reason="other"))["ecf_enrolments"][0]
    assert shown["withdrawal"] == {"reason": "other", "date": "2026-02-13T09:00:00Z"}
    assert record(await mock.get(f"/participants/{person}"))["ecf_enrolments"][0] == shown


async def test_a_refusal_has_an_entry_for_each_complaint_and_names_its_rules(mock: Mock) -> None:
    """rules 2.7."""
    school = await mock.school(eligible=False)
    before = await everything(mock)
    given = {"cohort": "2026", "school_id": school["id"], "delivery_partner_id": await mock.delivery_partner("birch")}
    answer = await mock.write("POST", "/partnerships", given)
    assert titles(answer) == ["cohort", "school_id", "delivery_partner_id"]
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    rules = answer.headers["x-mock-rule"].split(", ")
    assert rules == [
        "partnership-cohort-started",
        "partnership-school-eligible",
        "partnership-delivery-partner-yours",
    ]
    assert [CATALOGUE[rule].title for rule in rules] == titles(answer)
    assert answer.headers["link"].startswith(f"<{GUIDE}partnerships/#partnership-")
    assert all("#/" in error["detail"] for error in answer.json()["errors"])
    assert await everything(mock) == before


@pytest.mark.parametrize(
    ("action", "attributes", "title", "rule"),
    [
        ("withdraw", {"reason": "bored"}, "reason", "withdraw-reason-listed"),
        ("defer", {"reason": "bored"}, "reason", "defer-reason-listed"),
        ("resume", {}, "participant_id", "resume-not-active"),
        ("change-schedule", {}, "schedule_identifier", "schedule-given"),
    ],
)
async def test_a_refused_action_changes_nothing(
    mock: Mock, action: str, attributes: dict[str, Any], title: str, rule: str
) -> None:
    person = (await mock.trained())["id"]
    before = await everything(mock)
    answer = await mock.act(action, person, **attributes)
    assert titles(answer) == [title]
    assert answer.headers["link"].startswith(f"<{GUIDE}updating-participants/#")
    assert await everything(mock) == before


async def test_a_refused_declaration_or_void_changes_nothing(mock: Mock) -> None:
    person = (await mock.trained())["id"]
    id = (await mock.declare(person)).json()["data"]["id"]
    await mock.call("PUT", f"/participant-declarations/{id}/void")
    before = await everything(mock)
    assert titles(await mock.declare(person, evidence_held=None)) == ["evidence_held"]
    voided = await mock.call("PUT", f"/participant-declarations/{id}/void")
    assert titles(voided) == ["participant_declaration_id"]
    assert voided.headers["x-mock-rule"] == "void-not-voided"
    assert await everything(mock) == before


async def test_of_a_hundred_copies_of_a_declaration_sent_at_once_one_is_taken(mock: Mock) -> None:
    """rules 5.8: twice the same."""
    person = (await mock.trained())["id"]
    answers = await asyncio.gather(*(mock.declare(person) for _ in range(100)))
    assert sorted(answer.status_code for answer in answers) == [200] + [422] * 99
    assert {tuple(titles(answer)) for answer in answers if answer.status_code == 422} == {("declaration_type",)}
    assert len(ids(await mock.get("/participant-declarations"))) == 1


async def test_a_write_under_a_server_date_bears_that_moment(mock: Mock) -> None:
    """rules 2.9."""
    person = (await mock.trained())["id"]
    headers = {"X-With-Server-Date": "2027-01-10T10:42:00Z"}
    late = {"declaration_date": "2027-01-10T10:42:00Z", "evidence_held": "other"}
    assert titles(await mock.declare(person, **late)) == ["declaration_date"]
    declared = record(await mock.declare(person, headers=headers, **late))
    assert (declared["created_at"], declared["updated_at"]) == ("2027-01-10T10:42:00Z", "2027-01-10T10:42:00Z")


async def test_who_declared_is_seen_by_the_next_provider(mock: Mock) -> None:
    """rules 4: others' declarations, in the list and alone."""
    ect = await mock.trained(school_urn="100001")
    id = (await mock.declare(ect["id"])).json()["data"]["id"]
    moved = {"role": "ect", "participant_id": ect["id"], "provider": "birch", "partnership": "new"}
    await mock.control("POST", "/registrations", {**moved, "school_urn": "100002"}, 201)
    assert ids(await mock.get("/participant-declarations", "birch")) == [id]
    seen = record(await mock.get(f"/participant-declarations/{id}", "birch"))
    assert seen["lead_provider_name"] == "Alder Teaching Network"
    assert (await mock.call("PUT", f"/participant-declarations/{id}/void", "birch")).status_code == 404
    assert titles(await mock.declare(ect["id"], provider="birch")) == ["declaration_type"]
    await mock.call("PUT", f"/participant-declarations/{id}/void")
    assert ids(await mock.get("/participant-declarations", "birch")) == []


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_partnership_gets_another_delivery_partner(mock: Mock, method: str) -> None:
    """rules 2.1 and 5.2: PATCH works too."""
    await mock.trained()
    (id,) = ids(await mock.get("/partnerships"))
    other = ids(await mock.get("/delivery-partners"))[1]
    answer = await mock.write(method, f"/partnerships/{id}", {"delivery_partner_id": other})
    assert record(answer)["delivery_partner_id"] == other
    assert (await mock.write(method, f"/partnerships/{id}", {"delivery_partner_id": other})).status_code == 422
    assert (await mock.write(method, f"/partnerships/{id}", {}, "birch")).status_code == 404
    assert (await mock.write(method, f"/partnerships/{id}", {})).status_code == 400


async def test_an_action_on_an_unknown_participant_is_not_found_once_its_body_is_sound(mock: Mock) -> None:
    """rules 2.3: 400 comes before 404."""
    unknown = "00000000-0000-4000-8000-000000000000"
    for action in ("withdraw", "defer", "resume", "change-schedule"):
        assert (await mock.act(action, unknown)).status_code == 404
        assert (await mock.write("PUT", f"/participants/{unknown}/{action}", {"foo": 1})).status_code == 400
