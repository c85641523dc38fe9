"""The forms of v3: each makes its call of the control API, and leads back to what it changed."""

import pytest

from tests.web.conftest import Site, text_of
from tests.web.v3.acts import URN, done, person, press, register


async def test_an_ect_is_registered_partnered_and_becomes_fundable(site: Site) -> None:
    id = await register(site, full_name="Rosa Lindqvist", provider="alder", started_on="2025-09-01")
    [stay] = (await person(site, id))["stays"]
    assert stay["training"][0]["expression_of_interest"] is True
    partner = (await site.control("GET", "/v3/delivery-partners"))["delivery_partners"][0]["id"]
    form = {"provider": "alder", "cohort": "2025", "delivery_partner_id": partner}
    assert await done(site, "add-partnership", URN, school_urn=URN, **form) == f"v3/schools/{URN}"
    assert await done(site, "induction", id, id=id, started_on="2026-02-09") == f"v3/people/{id}"
    shown = await person(site, id)
    assert shown["stays"][0]["training"][0]["partnership_id"] is not None
    assert shown["inductions"] == [{"started_on": "2026-02-09", "finished_on": None, "outcome": None}]
    assert shown["eligibility"]["ect"]["eligible_from"] is not None


async def test_what_is_known_of_a_person_is_corrected(site: Site) -> None:
    id = await register(site, teacher_reference_number="1234567")
    await done(site, "details", id, id=id, full_name="Ada Newname", working_pattern="part_time")
    await done(site, "email", id, id=id, role="ect", value="ada@example.org")
    await done(site, "teacher-register", id, id=id, started_on="2025-09-01", exempt="yes")
    shown = await person(site, id)
    # The emptied field means that there is no TRN.
    assert (shown["full_name"], shown["teacher_reference_number"]) == ("Ada Newname", None)
    assert (shown["stays"][0]["working_pattern"], shown["stays"][0]["email"]) == ("part_time", "ada@example.org")
    assert shown["register"] == {"started_on": "2025-09-01", "completed_on": None, "exempt": True}
    await done(site, "email", id, id=id, role="ect")
    assert (await person(site, id))["stays"][0]["email"] is None


async def test_a_mentor_is_chosen_and_loses_their_funding(site: Site) -> None:
    ect, mentor = await register(site), await register(site, role="mentor", full_name="Mo Mentor", provider="alder")
    page = (await site.see(f"v3/people/{ect}")).text
    assert f'<option value="{mentor}">Mo Mentor</option>' in page
    await done(site, "mentor", ect, id=ect, mentor_id=mentor, from_="2026-02-12")
    [mentorship] = (await person(site, ect))["stays"][0]["mentorships"]
    assert mentorship == {"mentor_id": mentor, "started_on": "2026-02-12", "finished_on": None}
    funding = {"role": "mentor", "mentor_ineligible_for_funding_reason": "started_not_completed"}
    await done(site, "funding", mentor, id=mentor, mentor_funding_end_date="2026-01-31", **funding)
    shown = (await person(site, mentor))["eligibility"]["mentor"]
    assert (shown["ineligible_from"], shown["ineligible_reason"]) == ("2026-01-31", "started_not_completed")
    await done(site, "funding", mentor, id=mentor, role="mentor", no_end="yes")
    assert (await person(site, mentor))["eligibility"]["mentor"]["ineligible_from"] is None


async def test_an_ect_changes_provider_leaves_and_is_registered_elsewhere(site: Site) -> None:
    id = await register(site, provider="alder", started_on="2025-09-01")
    await done(site, "training", id, id=id, role="ect", provider="birch")
    await done(site, "training", id, id=id, role="ect", provider="none")
    providers = [training["provider"] for training in (await person(site, id))["stays"][0]["training"]]
    assert providers[-1] is None
    await done(site, "departure", id, id=id, role="ect", on="2026-02-10")
    assert (await person(site, id))["stays"][0]["finished_on"] == "2026-02-10"
    path = await done(site, "register", id, participant_id=id, role="ect", school_urn="654321", started_on="2026-02-11")
    assert path == f"v3/people/{id}"
    assert len((await person(site, id))["stays"]) == 2
    assert await done(site, "undo", id, id=id, role="ect") == f"v3/people/{id}"
    assert len((await person(site, id))["stays"]) == 1


async def test_of_an_undone_registration_nothing_is_left(site: Site) -> None:
    id = await register(site)
    assert await done(site, "undo", id, id=id, role="ect") == "v3/people"
    assert (await site.see(f"v3/people/{id}")).status_code == 404


async def test_a_duplicate_is_merged_and_its_address_leads_to_who_stays(site: Site) -> None:
    one, other = await register(site, full_name="Ada Twice"), await register(site, role="mentor")
    assert await done(site, "merge", other, id=other, into=one) == f"v3/people/{one}"
    assert "Ada Twice" in (await site.see(f"v3/people/{other}")).text


async def test_a_declaration_moves_on(guide: Site) -> None:
    declarations = (await guide.control("GET", "/v3/declarations"))["declarations"]
    declaration = next(each for each in declarations if each["state"] == "eligible")
    id, about = declaration["id"], declaration["participant_id"]
    assert await done(guide, "set-state", about, id=id, state="payable") == f"v3/people/{about}"
    assert (await guide.control("GET", f"/v3/declarations/{id}"))["state"] == "payable"
    refused = await press(guide, "set-state", about, id=id, state="clawed-back")
    assert refused.status_code == 409


async def test_a_school_is_added_changed_and_gets_uplifts(site: Site) -> None:
    path = await done(site, "add-school", name="Hillside", urn=URN, eligible="yes", induction_tutor_name="Iris Bell")
    assert path == f"v3/schools/{URN}"
    await done(site, "school", URN, urn=URN, eligible="no", contact_email="office@hillside.example")
    await done(site, "uplift", URN, urn=URN, cohort="2024", pupil_premium="yes", sparsity="no")
    shown = await site.control("GET", f"/v3/schools/{URN}")
    assert (shown["eligible"], shown["induction_tutor_name"]) == (False, None)
    assert shown["contact_email"] == "office@hillside.example"
    assert shown["uplifts"] == {"2024": {"pupil_premium": True, "sparsity": False}}


async def test_a_statement_is_made_dated_moved_on_and_deleted(site: Site) -> None:
    form = {"provider": "alder", "cohort": "2025", "month": "2", "year": "2031", "fee_type": "output"}
    path = await done(site, "add-statement", **form)
    id = path.rpartition("/")[2]
    assert path == f"v3/statements/{id}"
    await done(site, "statement", id, id=id, deadline_date="2031-01-30", payment_date="2031-02-20")
    await done(site, "statement-status", id, id=id, status="payable")
    statements = (await site.control("GET", "/v3/statements"))["statements"]
    [made] = [each for each in statements if each["id"] == id]
    assert (made["deadline_date"], made["payment_date"], made["status"]) == ("2031-01-30", "2031-02-20", "payable")
    refused = await press(site, "statement-status", id, id=id, status="paid")
    assert refused.status_code == 409
    assert "can be paid" in text_of(refused)
    assert await done(site, "delete-statement", id, id=id) == "v3/statements"


async def test_a_cohort_s_flags_change_and_it_closes(site: Site) -> None:
    flags = {"enabled": "yes", "mentor_funding": "no", "detailed_evidence": "no", "uplift_fees": "yes"}
    assert await done(site, "cohort", year="2025", **flags) == "v3/cohorts"
    await done(site, "close-cohort", year="2024", payments_frozen_at="2026-02-10T09:00:00")
    await done(site, "cohort", year="2027")
    cohorts = {each["cohort"]: each for each in (await site.control("GET", "/v3/cohorts"))["cohorts"]}
    assert [cohorts["2025"][flag] for flag in flags] == [True, False, False, True]
    assert (cohorts["2024"]["enabled"], cohorts["2024"]["payments_frozen_at"]) == (False, "2026-02-10T09:00:00Z")
    assert "2027" in cohorts


async def test_a_delivery_partner_is_added(site: Site) -> None:
    await done(site, "add-delivery-partner", name="Meadow Hub", provider="alder", cohort="2025")
    [made] = [
        each
        for each in (await site.control("GET", "/v3/delivery-partners"))["delivery_partners"]
        if each["name"] == "Meadow Hub"
    ]
    assert made["works_with"] == {"alder": ["2025"]}


@pytest.mark.parametrize(
    ("action", "form", "field", "said"),
    [
        ("details", {"full_name": "Ada Kept", "teacher_reference_number": "12"}, "teacher_reference_number", "pattern"),
        ("teacher-register", {"completed_on": "later", "exempt": "no"}, "completed_on", "day"),
        ("induction", {"started_on": "soon", "outcome": "pass"}, "started_on", "day"),
        ("training", {"role": "ect", "provider": "birch", "partnership": "existing", "cohort": "2024"}, None, "birch"),
        ("merge", {"into": "00000000-0000-4000-8000-000000000000"}, "into", "no participant"),
        ("departure", {"role": "ect", "on": "2020-01-01"}, None, "can't have left before"),
    ],
)
async def test_what_is_refused_is_said_at_its_form_and_nothing_is_lost(
    site: Site, action: str, form: dict[str, str], field: str | None, said: str
) -> None:
    id = await register(site, provider="alder", started_on="2025-09-01")
    before = await person(site, id)
    answer = await press(site, action, id, id=id, **form)
    assert answer.status_code in (409, 422)
    assert said in text_of(answer)
    assert await person(site, id) == before
    opened = answer.text.split('<details class="card" open>')
    assert len(opened) == 2
    inside = opened[1].partition("</details>")[0]
    assert f"/actions/v3.{action}?about={id}" in inside
    for value in form.values():
        assert f'value="{value}"' in inside
    assert ('aria-invalid="true"' in inside) == (field is not None)


async def test_a_refused_registration_stays_in_the_list_of_people(site: Site) -> None:
    answer = await press(site, "register", view="v3.people", role="mentor", full_name="Mo", working_pattern="part_time")
    assert answer.status_code == 422
    assert "<h1>People</h1>" in answer.text
    assert "is for an ECT only" in text_of(answer)
    assert 'value="Mo"' in answer.text
    assert '<option value="mentor" selected>' in answer.text


async def test_people_by_the_number_come_at_once(site: Site) -> None:
    form = {"provider": "alder", "count": "5", "cohorts": "2025", "roles": "mentor", "training_statuses": "deferred"}
    before = [each["id"] for each in (await site.control("GET", "/v3/participants"))["participants"]]
    assert await done(site, "add-people", **form) == "v3/people"
    there = (await site.control("GET", "/v3/participants"))["participants"]
    new = [each["stays"] for each in there if each["id"] not in before]
    assert [[stay["role"] for stay in stays] for stays in new] == [["mentor"]] * 5
    refused = await press(site, "add-people", provider="alder", count="0")
    assert refused.status_code == 422
