"""The forms of v1: each does what a school or the department does, and leads back to the participant."""

from tests.web.conftest import Site, text_of


async def test_a_participant_is_added_registered_removed_moved_and_paid(site: Site) -> None:
    answer = await site.press("v1.add-participant", {"provider": "alder", "participant_type": "ect", "cohort": "2021"})
    id = answer.headers["location"].partition("?")[0].rpartition("/")[2]
    about = {"participant_id": id}
    registration = {
        "email": "ada@example.org",
        "teacher_reference_number": "1234567",
        "teacher_reference_number_validated": "yes",
        "eligible_for_funding": "yes",
    }
    assert (await site.press("v1.register", {**about, **registration})).status_code == 303
    attributes = {
        **about,
        "declaration_type": "started",
        "declaration_date": "2021-11-19T09:00:00Z",
        "course_identifier": "ecf-induction",
    }
    body = {"data": {"type": "participant-declaration", "attributes": attributes}}
    declared = (await site.call("POST", "/api/v1/participant-declarations", json=body)).json()["data"]["id"]
    answer = await site.press("v1.set-state", {**about, "declaration_id": declared, "state": "payable"})
    assert answer.headers["location"].startswith(site.at(f"v1/participants/{id}?"))
    assert (await site.press("v1.set-status", {**about, "status": "withdrawn"})).status_code == 303
    assert (await site.press("v1.transfer", {**about, "provider": "birch"})).status_code == 303
    shown = await site.control("GET", f"/v1/participants/{id}")
    assert (shown["provider"], shown["email"], shown["eligible_for_funding"]) == ("birch", "ada@example.org", True)
    page = text_of(await site.see(f"v1/participants/{id}"))
    for title in (
        "Registered",
        "Declared started",
        "Payable: started",
        "Removed by the school",
        "Moved to another provider",
    ):
        assert title in page


async def test_a_school_corrects_and_chooses_a_mentor_and_the_department_amends(site: Site) -> None:
    """Rules 5.5."""
    ids = {}
    for kind in ("mentor", "ect"):
        new = {"provider": "alder", "participant_type": kind, "cohort": "2021", "school_urn": "123456"}
        made = await site.press("v1.add-participant", {**new, "full_name": f"The {kind}"})
        ids[kind] = made.headers["location"].partition("?")[0].rpartition("/")[2]
    about = {"participant_id": ids["ect"]}
    page = (await site.see(f"v1/participants/{ids['ect']}")).text
    assert f'<option value="{ids["mentor"]}">The mentor</option>' in page
    details = {"full_name": "Ada Newname", "email": "ada@example.org", "sparsity_uplift": "yes"}
    for action, form in (
        ("v1.details", details),
        ("v1.mentor", {"mentor_id": ids["mentor"]}),
        ("v1.cohort", {"cohort": "2022", "schedule_identifier": "ecf-extended-april"}),
    ):
        answer = await site.press(action, {**about, **form})
        assert answer.status_code == 303, text_of(answer)
        assert answer.headers["location"].startswith(site.at(f"v1/participants/{ids['ect']}?")), answer.text
    shown = await site.control("GET", f"/v1/participants/{ids['ect']}")
    assert (shown["full_name"], shown["email"], shown["sparsity_uplift"]) == ("Ada Newname", "ada@example.org", True)
    assert (shown["mentor_id"], shown["pupil_premium_uplift"]) == (ids["mentor"], False)
    assert (shown["cohort"], shown["schedule_identifier"]) == ("2022", "ecf-extended-april")
    told = text_of(await site.see(f"v1/participants/{ids['ect']}"))
    for title in ("Details changed", "Mentor changed", "Moved to another cohort"):
        assert title in told
    await site.press("v1.set-status", {"participant_id": ids["mentor"], "status": "withdrawn"})
    assert (await site.control("GET", f"/v1/participants/{ids['ect']}"))["mentor_id"] is None
    # A mentor has no mentor to choose.
    assert "Choose the mentor" not in (await site.see(f"v1/participants/{ids['mentor']}")).text
    refused = await site.press("v1.mentor", {**about, "mentor_id": ids["mentor"]}, about=ids["ect"])
    assert refused.status_code == 409


async def test_a_refused_registration_keeps_what_was_typed(site: Site) -> None:
    made = await site.press("v1.add-participant", {"provider": "alder", "participant_type": "mentor"})
    id = made.headers["location"].partition("?")[0].rpartition("/")[2]
    answer = await site.press(
        "v1.register", {"participant_id": id, "email": "ada@example.org", "teacher_reference_number": "12"}, about=id
    )
    assert answer.status_code == 422
    assert 'value="12"' in answer.text
    assert 'id="teacher_reference_number-wrong"' in answer.text
    missing = await site.press("v1.register", {"participant_id": "nobody", "email": "x@example.org"})
    assert missing.status_code == 404


async def test_people_by_the_number_come_at_once_and_what_was_typed_stays(site: Site) -> None:
    before = [each["id"] for each in (await site.control("GET", "/v1/participants"))["participants"]]
    chosen = {"cohorts": "2021", "statuses": "withdrawn", "declarations": "paid"}
    answer = await site.press("v1.add-people", {"provider": "birch", "count": "7", **chosen})
    assert answer.headers["location"] == site.at("v1/participants?done=v1.add-people"), text_of(answer)
    there = (await site.control("GET", "/v1/participants"))["participants"]
    new = [(each["provider"], each["cohort"], each["status"]) for each in there if each["id"] not in before]
    assert new == [("birch", "2021", "withdrawn")] * 7
    refused = await site.press("v1.add-people", {"provider": "birch", "count": "many"})
    assert refused.status_code == 422
    assert 'value="many"' in refused.text
    # The other form of this view has a provider, too. It stays as it was.
    assert refused.text.count('<option value="birch" selected>') == 1
