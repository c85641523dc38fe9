"""What v3 shows of its records, attribute by attribute, as far as no domain test shows it (rules 3)."""

from typing import Any

import pytest

from tests.specifications import Document
from tests.v3.app.mock import Mock, ids, record

V3 = Document("v3")
MONTHS = "January February March April May June July August September October November December".split()


async def entry(mock: Mock, id: str, provider: str = "alder", **options: Any) -> dict[str, Any]:
    """The provider's one enrolment of the participant."""
    [found] = (await mock.participant(id, provider, **options))["ecf_enrolments"]
    return dict(found)


async def the_partner(mock: Mock, name: str, cohort: str = "2025") -> dict[str, str]:
    """What makes a registration use a partnership with a delivery partner of this name."""
    made = await mock.control(
        "POST", "/delivery-partners", {"name": name, "works_with": {"alder": [cohort]}}, expect=201
    )
    return {"partnership": "new", "delivery_partner_id": made["id"]}


# -- participants (rules 3.1) ----------------------------------------------------------------------


async def test_an_ect_is_shown_with_everything_that_ects_have(mock: Mock) -> None:
    school = await mock.school(urn="123456")
    mentor = await mock.trained("mentor", school_urn=school["urn"])
    ect = await mock.trained(
        full_name="Rosa Lindqvist",
        teacher_reference_number="7654321",
        school_urn=school["urn"],
        email="rosa@hillside.example",
        working_pattern="part_time",
        mentor_id=mentor["id"],
        partnership="existing",
    )
    await mock.control("PUT", f"/participants/{ect['id']}/induction", {"started_on": "2025-09-01"})
    shown = await mock.participant(ect["id"])
    assert (shown["full_name"], shown["teacher_reference_number"]) == ("Rosa Lindqvist", "7654321")
    assert (shown["updated_at"], shown["participant_id_changes"]) == ("2026-02-10T09:00:00Z", [])
    [partnership] = (await mock.control("GET", "/partnerships"))["partnerships"]
    assert shown["ecf_enrolments"] == [
        {
            "training_record_id": ect["training_record_ids"]["ect"],
            "email": "rosa@hillside.example",
            "mentor_id": mentor["id"],
            "school_urn": "123456",
            "participant_type": "ect",
            "cohort": "2025",
            "training_status": "active",
            "participant_status": "active",
            "eligible_for_funding": True,
            "pupil_premium_uplift": False,
            "sparsity_uplift": False,
            "schedule_identifier": "ecf-standard-september",
            "delivery_partner_id": partnership["delivery_partner_id"],
            "withdrawal": None,
            "deferral": None,
            "created_at": "2026-02-10T09:00:00Z",
            "induction_end_date": None,
            "most_recent_induction_period_end_date": None,
            "overall_induction_start_date": "2025-09-01",
            "mentor_funding_end_date": None,
            "cohort_changed_after_payments_frozen": False,
            "mentor_ineligible_for_funding_reason": None,
            "working_pattern": "part_time",
        }
    ]


async def test_a_mentor_is_shown_with_everything_that_mentors_have(mock: Mock) -> None:
    mentor = await mock.trained("mentor")
    body = {
        "role": "mentor",
        "mentor_funding_end_date": "2026-01-31",
        "mentor_ineligible_for_funding_reason": "started_not_completed",
    }
    await mock.control("PUT", f"/participants/{mentor['id']}/funding", body)
    shown = await entry(mock, mentor["id"])
    assert shown["training_record_id"] == mentor["training_record_ids"]["mentor"]
    assert (shown["mentor_funding_end_date"], shown["mentor_ineligible_for_funding_reason"]) == (
        "2026-01-31",
        "started_not_completed",
    )
    only_ects = (
        *("mentor_id", "induction_end_date", "most_recent_induction_period_end_date"),
        *("overall_induction_start_date", "working_pattern"),
    )
    assert {name: shown[name] for name in only_ects} == dict.fromkeys(only_ects)


async def test_a_person_in_both_roles_is_one_participant(mock: Mock) -> None:
    """The ECT entry comes first, whichever role began first."""
    mentor = await mock.trained("mentor")
    await mock.trained("ect", participant_id=mentor["id"])
    shown = await mock.participant(mentor["id"])
    assert [each["participant_type"] for each in shown["ecf_enrolments"]] == ["ect", "mentor"]


async def test_a_withdrawal_hides_the_deferral_before_it(mock: Mock) -> None:
    id = (await mock.trained())["id"]
    await mock.act("defer", id, reason="parental-leave")
    shown = await entry(mock, id)
    assert (shown["training_status"], shown["withdrawal"]) == ("deferred", None)
    assert shown["deferral"] == {"reason": "parental-leave", "date": "2026-02-10T09:00:00Z"}
    await mock.advance("PT1H")
    await mock.act("withdraw", id, reason="changed-lead-provider")
    shown = await entry(mock, id)
    assert (shown["training_status"], shown["deferral"]) == ("withdrawn", None)
    assert shown["withdrawal"] == {"reason": "changed-lead-provider", "date": "2026-02-10T10:00:00Z"}


async def test_uplifts_are_those_of_the_school_in_cohorts_that_pay_them(mock: Mock) -> None:
    row = {"pupil_premium": True, "sparsity": True}
    for cohort, start, uplift in (("2024", "2024-09-02", True), ("2025", "2025-09-01", False)):
        school = await mock.school(uplifts={"2024": row, "2025": row})
        for role in ("ect", "mentor"):
            trained = await mock.trained(
                role,
                cohort=cohort,
                started_on=start,
                school_urn=school["urn"],
                partnership=("new" if role == "ect" else "existing"),
            )
            shown = await entry(mock, trained["id"])
            assert (shown["pupil_premium_uplift"], shown["sparsity_uplift"]) == (uplift, uplift)


async def test_an_induction_shows_its_end_only_with_an_outcome(mock: Mock) -> None:
    id = (await mock.trained())["id"]
    path = f"/participants/{id}/induction"
    await mock.control("PUT", path, {"started_on": "2025-09-01", "finished_on": "2025-12-19"})
    shown = await entry(mock, id)
    assert (shown["induction_end_date"], shown["most_recent_induction_period_end_date"]) == (None, "2025-12-19")
    await mock.control("PUT", path, {"started_on": "2026-01-05"})
    assert (await entry(mock, id))["most_recent_induction_period_end_date"] is None
    await mock.control("PUT", path, {"finished_on": "2026-02-06", "outcome": "pass"})
    shown = await entry(mock, id)
    assert (shown["induction_end_date"], shown["overall_induction_start_date"]) == ("2026-02-06", "2025-09-01")
    assert shown["participant_status"] == "active"


async def test_the_status_follows_london_s_calendar_and_the_rendering_with_it(mock: Mock) -> None:
    """The same record, asked for again after the clock alone has moved; `updated_at` stays."""
    id = (await mock.trained(started_on="2026-04-01"))["id"]
    await mock.control("POST", f"/participants/{id}/departures", {"role": "ect", "on": "2026-07-01"}, expect=201)
    seen = []
    for now in ("2026-03-31T22:59:59Z", "2026-03-31T23:00:00Z", "2026-06-30T22:59:59Z", "2026-06-30T23:00:00Z"):
        await mock.jump(now)
        shown = await mock.participant(id)
        seen.append((shown["ecf_enrolments"][0]["participant_status"], shown["updated_at"]))
    assert [status for status, _ in seen] == ["leaving", "leaving", "leaving", "left"]
    assert {moment for _, moment in seen} == {"2026-02-10T09:00:00Z"}


async def test_a_merged_id_is_told_and_found_by_its_filter(mock: Mock) -> None:
    gone, into = await mock.trained(), await mock.trained("mentor")
    await mock.control("POST", f"/participants/{gone['id']}/merge", {"into": into["id"]})
    assert (await mock.get(f"/participants/{gone['id']}")).status_code == 404
    [change] = (await mock.participant(into["id"]))["participant_id_changes"]
    assert change == {
        "from_participant_id": gone["id"],
        "to_participant_id": into["id"],
        "changed_at": "2026-02-10T09:00:00Z",
    }
    assert ids(await mock.get(f"/participants?filter[from_participant_id]={gone['id']}")) == [into["id"]]


# -- transfers (rules 3.2) -------------------------------------------------------------------------


async def test_a_transfer_tells_who_trained_and_who_will(mock: Mock) -> None:
    ect = await mock.trained()
    await mock.trained(participant_id=ect["id"], provider="birch", started_on="2026-03-02")
    places = [stay["school_urn"] for stay in (await mock.control("GET", f"/participants/{ect['id']}"))["stays"]]
    expected = {
        "training_record_id": ect["training_record_ids"]["ect"],
        "transfer_type": "new_provider",
        "status": "incomplete",
        "created_at": "2026-02-10T09:00:00Z",
        "leaving": {"school_urn": places[0], "provider": "Alder Teaching Network", "date": "2026-03-01"},
        "joining": {"school_urn": places[1], "provider": "Birch Learning Partnership", "date": "2026-03-02"},
    }
    for provider in ("alder", "birch"):
        assert record(await mock.get(f"/participants/{ect['id']}/transfers", provider))["transfers"] == [expected]
        assert ids(await mock.get("/participants/transfers", provider)) == [ect["id"]]
    assert (await mock.get(f"/participants/{ect['id']}/transfers", "cedar")).status_code == 404
    seen = []
    for now in ("2026-03-01T23:59:59Z", "2026-03-02T00:00:00Z"):
        await mock.jump(now)
        [transfer] = record(await mock.get(f"/participants/{ect['id']}/transfers"))["transfers"]
        seen.append(transfer["status"])
    assert seen == ["incomplete", "complete"]


async def test_whoever_left_joins_nobody_knows_where(mock: Mock) -> None:
    id = (await mock.trained())["id"]
    assert (await mock.get(f"/participants/{id}/transfers")).status_code == 404
    await mock.control("POST", f"/participants/{id}/departures", {"role": "ect", "on": "2026-02-09"}, expect=201)
    [transfer] = record(await mock.get(f"/participants/{id}/transfers"))["transfers"]
    assert (transfer["transfer_type"], transfer["status"], transfer["joining"]) == ("unknown", "complete", None)


@pytest.mark.parametrize("provider", [None, "cedar"])
async def test_a_school_led_or_only_interested_school_has_no_provider(mock: Mock, provider: str | None) -> None:
    id = (await mock.trained())["id"]
    await mock.register("ect", participant_id=id, provider=provider, started_on="2026-01-05")
    [transfer] = record(await mock.get(f"/participants/{id}/transfers"))["transfers"]
    assert (transfer["transfer_type"], transfer["joining"]["provider"]) == ("new_provider", None)


# -- declarations (rules 3.3) ----------------------------------------------------------------------


async def test_a_declaration_keeps_what_was_so_when_it_was_made(mock: Mock) -> None:
    first = await the_partner(mock, "Meadow Training Hub")
    mentor = await mock.trained("mentor", **first)
    urn = mentor["stays"][0]["school_urn"]
    ect = await mock.trained(school_urn=urn, mentor_id=mentor["id"], partnership="existing")
    made = await mock.declare(ect["id"], declaration_date="2025-09-15T09:00:00.987Z")
    [partnership] = ids(await mock.get("/partnerships"))
    await mock.write("PUT", f"/partnerships/{partnership}", {"delivery_partner_id": await mock.delivery_partner()})
    shown = record(await mock.get(f"/participant-declarations/{made.json()['data']['id']}"))
    assert shown == {
        "participant_id": ect["id"],
        "declaration_type": "started",
        "course_identifier": "ecf-induction",
        "declaration_date": "2025-09-15T09:00:00Z",
        "mentor_id": mentor["id"],
        "state": "submitted",
        "updated_at": "2026-02-10T09:00:00Z",
        "created_at": "2026-02-10T09:00:00Z",
        "delivery_partner_id": first["delivery_partner_id"],
        "statement_id": None,
        "clawback_statement_id": None,
        "ineligible_for_funding_reason": None,
        "uplift_paid": False,
        "evidence_held": "training-event-attended",
        "lead_provider_name": "Alder Teaching Network",
    }


async def test_a_declaration_shows_its_statements_as_it_is_paid_and_taken_back(mock: Mock) -> None:
    school = await mock.school(uplifts={"2024": {"pupil_premium": True, "sparsity": False}})
    ect = await mock.trained(school_urn=school["urn"], cohort="2024", started_on="2024-09-02")
    await mock.control("PUT", f"/participants/{ect['id']}/induction", {"started_on": "2024-09-02"})
    id = (await mock.declare(ect["id"], declaration_date="2024-09-16T09:00:00Z")).json()["data"]["id"]
    path = f"/participant-declarations/{id}"
    seen = [record(await mock.get(path))]
    for state in ("payable", "paid"):
        await mock.control("PUT", f"/declarations/{id}/state", {"state": state})
        seen.append(record(await mock.get(path)))
    seen.append(record(await mock.call("PUT", f"{path}/void")))
    assert [each["state"] for each in seen] == ["eligible", "payable", "paid", "awaiting-clawback"]
    assert len({each["statement_id"] for each in seen}) == 1
    assert [each["clawback_statement_id"] is None for each in seen] == [True, True, True, False]
    assert [each["uplift_paid"] for each in seen] == [False, False, True, True]
    assert {each["evidence_held"] for each in seen} == {None}


# -- partnerships, schools, delivery partners (rules 3.4 to 3.6) -----------------------------------


async def test_a_partnership_counts_who_trains_today_the_last_day_included(mock: Mock) -> None:
    school = await mock.school(induction_tutor_name="Iris Bell", contact_email="office@hillside.example")
    partner = await the_partner(mock, "Meadow Training Hub")
    ect = await mock.trained(school_urn=school["urn"], **partner)
    [id] = ids(await mock.get("/partnerships"))
    await mock.act("withdraw", ect["id"], reason="other")
    shown = record(await mock.get(f"/partnerships/{id}"))
    assert shown == {
        "cohort": "2025",
        "urn": school["urn"],
        "school_id": school["id"],
        "delivery_partner_id": partner["delivery_partner_id"],
        "delivery_partner_name": "Meadow Training Hub",
        "induction_tutor_name": "Iris Bell",
        # Without an address of the tutor, the school's own.
        "induction_tutor_email": "office@hillside.example",
        "participants_currently_training": 1,
        "created_at": "2026-02-10T09:00:00Z",
        "updated_at": "2026-02-10T09:00:00Z",
    }
    tomorrow = await mock.get(f"/partnerships/{id}", headers={"X-With-Server-Date": "2026-02-11"})
    assert record(tomorrow)["participants_currently_training"] == 0
    await mock.advance("P1D")
    shown = record(await mock.get(f"/partnerships/{id}"))
    assert (shown["participants_currently_training"], shown["updated_at"]) == (0, "2026-02-11T00:01:00Z")


async def test_a_school_shows_its_tutor_to_the_provider_it_is_interested_in(mock: Mock) -> None:
    school = await mock.school(name="Hillside School", induction_tutor_name="Iris Bell", contact_email="o@h.example")
    await mock.register("ect", provider="alder", school_urn=school["urn"])
    path = f"/schools/{school['id']}?filter[cohort]=2025"
    shown = record(await mock.get(path))
    assert shown == {
        "name": "Hillside School",
        "urn": school["urn"],
        "cohort": "2025",
        "in_partnership": False,
        "induction_programme_choice": "provider_led",
        "expression_of_interest": True,
        "induction_tutor_name": "Iris Bell",
        "induction_tutor_email": "o@h.example",
        "created_at": "2026-02-10T09:00:00Z",
        "updated_at": "2026-02-10T09:00:00Z",
    }
    hidden = {"expression_of_interest": False, "induction_tutor_name": None, "induction_tutor_email": None}
    assert record(await mock.get(path, "birch")) == {**shown, **hidden}
    # And again, from what the mock has kept.
    assert record(await mock.get(path)) == shown
    other = record(await mock.get(path.replace("2025", "2024")))
    assert (other["cohort"], other["induction_programme_choice"]) == ("2024", "not_yet_known")


async def test_a_delivery_partner_lists_the_cohorts_of_the_provider_who_asks(mock: Mock) -> None:
    works_with = {"alder": ["2025", "2024"], "birch": ["2023"]}
    made = await mock.control("POST", "/delivery-partners", {"name": "Hub", "works_with": works_with}, expect=201)
    path = f"/delivery-partners/{made['id']}"
    moment = "2026-02-10T09:00:00Z"
    expected = {"name": "Hub", "created_at": moment, "updated_at": moment, "cohort": ["2024", "2025"]}
    shown = record(await mock.get(path))
    assert (shown, list(shown)) == (expected, list(expected))
    assert record(await mock.get(path, "birch"))["cohort"] == ["2023"]
    assert (await mock.get(path, "cedar")).status_code == 404
    assert made["id"] in ids(await mock.get("/delivery-partners?filter[cohort]=2024,2026"))
    assert made["id"] not in ids(await mock.get("/delivery-partners?filter[cohort]=2023"))


# -- statements, unfunded mentors (rules 3.7 and 3.8) ----------------------------------------------


async def test_a_statement_names_its_month_in_english(mock: Mock) -> None:
    made = [
        await mock.control(
            "POST", "/statements", {"provider": "alder", "cohort": "2021", "month": month, "year": 2030}, expect=201
        )
        for month in range(1, 13)
    ]
    shown = [record(await mock.get(f"/statements/{each['id']}")) for each in made]
    assert [each["month"] for each in shown] == MONTHS
    assert shown[10] == {
        "month": "November",
        "year": "2030",
        "cohort": "2021",
        "cut_off_date": "2030-10-31",
        "payment_date": "2030-11-25",
        "paid": False,
        "created_at": "2026-02-10T09:00:00Z",
        "updated_at": "2026-02-10T09:00:00Z",
    }


async def test_a_statement_of_service_fees_is_hidden(mock: Mock) -> None:
    """Rules 4."""
    body = {"provider": "alder", "cohort": "2021", "month": 2, "year": 2030, "fee_type": "service"}
    made = await mock.control("POST", "/statements", body, expect=201)
    assert (await mock.get(f"/statements/{made['id']}")).status_code == 404
    assert made["id"] not in ids(await mock.get("/statements?page[per_page]=3000"))


async def test_an_unfunded_mentor_is_one_whom_the_provider_never_trained(mock: Mock) -> None:
    mentor = await mock.trained(
        "mentor",
        provider="birch",
        full_name="Owen Farrow",
        teacher_reference_number="3456789",
        email="owen@hillside.example",
    )
    ect = await mock.trained(school_urn=mentor["stays"][0]["school_urn"], mentor_id=mentor["id"])
    path = f"/unfunded-mentors/{mentor['id']}"
    assert record(await mock.get(path)) == {
        "full_name": "Owen Farrow",
        "email": "owen@hillside.example",
        "teacher_reference_number": "3456789",
        "created_at": "2026-02-10T09:00:00Z",
        "updated_at": "2026-02-10T09:00:00Z",
    }
    assert ids(await mock.get("/unfunded-mentors")) == [mentor["id"]]
    assert (await entry(mock, ect["id"]))["mentor_id"] == mentor["id"]
    assert (await mock.get(path, "birch")).status_code == 404


# -- all of them -----------------------------------------------------------------------------------


async def test_every_record_keeps_the_contract(mock: Mock) -> None:
    """Each list, and each record by itself, in a world with some of everything."""
    mentor = await mock.trained("mentor", provider="birch")
    ect = await mock.trained(school_urn=mentor["stays"][0]["school_urn"], mentor_id=mentor["id"])
    await mock.control("PUT", f"/participants/{ect['id']}/induction", {"started_on": "2025-09-01"})
    await mock.declare(ect["id"])
    moved = await mock.trained()
    await mock.trained(participant_id=moved["id"], started_on="2026-01-05")
    for operation in V3.operations.values():
        if operation.method == "get" and "{id}" not in operation.path:
            query = "?filter[cohort]=2025" if operation.id == "getSchools" else ""
            path = operation.path.removeprefix("/api/v3")
            listed = (await mock.get(path + query)).json()
            assert listed["data"], operation.id
            assert V3.complaints(operation.responses["200"]["content"]["application/json"]["schema"], listed) == []
            for each in listed["data"][:3]:
                alone = f"/participants/{each['id']}/transfers" if "transfers" in path else f"{path}/{each['id']}"
                assert (await mock.get(alone + query)).json() == {"data": each}
