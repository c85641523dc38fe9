"""What schools, the department and the appropriate body do, as providers see it (rules 5.10, 3.1, 3.2 and 4)."""

from itertools import product
from typing import Any, Final

from mock_server.harness.check.bench import OWN, PEER
from mock_server.harness.check.probes import probe
from mock_server.harness.v3.check.behaviour.acts import shows
from mock_server.harness.v3.check.behaviour.shown import compare_everything
from mock_server.harness.v3.check.bench import Bench, Sender

READ: Final = "getParticipant"
_TRANSFER: Final = "getTransfer"


def _transfers(sender: Sender, id: str) -> list[dict[str, Any]]:
    """The participant's transfers without what is the same in all of them."""
    sender.send(_TRANSFER, id)
    if sender.answered.status == 404:
        return []
    sender.status(200, "the participant has transfers")
    shown = sender.answered.json["data"]["attributes"]["transfers"]
    listed = [each for each in sender.records("getTransfers") if each["id"] == id]
    sender.expect(len(listed) == 1, "the list of transfers has the participant once", f"{len(listed)} times")
    return [
        {
            "type": each["transfer_type"],
            "status": each["status"],
            "leaving": each["leaving"]["date"],
            "joining": each["joining"] and each["joining"]["date"],
            "to": each["joining"] and each["joining"]["provider"],
        }
        for each in shown
    ]


def _has(sender: Sender, id: str, **wanted: Any) -> None:
    found = _transfers(sender, id)
    came = [{name: each[name] for name in wanted} for each in found]
    sender.expect(came == [wanted], f"there is one transfer, {wanted}", f"there are {came}")


@probe("A move to another school is a transfer: with the same provider, to another, to none, or unknown.", _TRANSFER)
def transfers(bench: Bench, operation: str) -> None:
    """Rules 3.2."""
    own, other, control = bench.own, bench.other, bench.control.v3
    names = {each.slug: each.name for each in control.providers()}
    moves: tuple[tuple[str | None, dict[str, Any], str, str | None], ...] = (
        (OWN, {"partnership": "new"}, "new_school", names[OWN]),
        (PEER, {"partnership": "new"}, "new_provider", names[PEER]),
        # Only an expression of interest counts as nobody's, and so does school-led training.
        (PEER, {}, "new_provider", None),
        (None, {}, "new_provider", None),
    )
    for provider, given, kind, to in moves:
        id = bench.trained()
        control.register(participant_id=id, role="ect", provider=provider, started_on="2026-01-05", **given)
        _has(own, id, type=kind, status="complete", leaving="2026-01-04", joining="2026-01-05", to=to)
        sees = provider == PEER and bool(given)
        found = bool(_transfers(other, id))
        other.expect(found is sees, f"the other provider {'sees' if sees else 'does not see'} it", f"{found}")
    stays = bench.trained()
    other_role = bench.trained("mentor")
    for id in (stays, other_role):
        own.expect(_transfers(own, id) == [], "who stays has none", "there is one")
    control.depart(other_role, role="mentor", on="2026-01-31")
    _has(own, other_role, type="unknown", status="complete", leaving="2026-01-31", joining=None, to=None)
    compare_everything(bench)


@probe("A transfer is incomplete until both its dates have come, in London.", _TRANSFER)
def incomplete(bench: Bench, operation: str) -> None:
    own, control, id = bench.own, bench.control.v3, bench.trained()
    control.depart(id, role="ect", on="2026-06-09")
    _has(own, id, type="unknown", status="incomplete", leaving="2026-06-09", joining=None)
    control.register(participant_id=id, role="ect", provider=PEER, partnership="new", started_on="2026-06-15")
    for moment, status in (
        ("2026-06-08T23:00:00Z", "incomplete"),
        ("2026-06-14T22:59:59Z", "incomplete"),
        ("2026-06-14T23:00:00Z", "complete"),
    ):
        bench.to(moment)
        _has(own, id, type="new_provider", status=status, leaving="2026-06-09", joining="2026-06-15")
        _has(bench.other, id, type="new_provider", status=status)
    compare_everything(bench)


@probe("Who has passed leaves no transfer, and who left before passing has none any more.", _TRANSFER)
def passed(bench: Bench, operation: str) -> None:
    own, control = bench.own, bench.control.v3
    gone = bench.trained()
    control.depart(gone, role="ect", on="2026-01-31")
    _has(own, gone, type="unknown")
    for id in (gone, bench.trained()):
        control.change_induction(id, started_on="2025-09-01", finished_on="2026-02-01", outcome="pass")
        own.expect(_transfers(own, id) == [], "there is no transfer", "there is one")
    compare_everything(bench)


@probe("When dates conflict, the old stay ends the day before the new one begins.", READ)
def conflicting_dates(bench: Bench, operation: str) -> None:
    own, id = bench.own, bench.trained()
    bench.control.v3.depart(id, role="ect", on="2026-01-20")
    bench.control.v3.register(participant_id=id, role="ect", provider=PEER, partnership="new", started_on="2026-01-10")
    _has(own, id, type="new_provider", leaving="2026-01-09", joining="2026-01-10")
    shows(own, id, participant_status="left", training_status="active")
    shows(bench.other, id, participant_status="active")


@probe("A departure ends what runs, on its day, and the provider keeps seeing the person.", READ)
def departures(bench: Bench, operation: str) -> None:
    own, control = bench.own, bench.control.v3
    for on, now, later in (
        ("2026-01-31", "left", "left"),
        ("2026-02-10", "left", "left"),
        ("2026-02-11", "leaving", "left"),
        ("2026-07-20", "leaving", "leaving"),
    ):
        id = bench.trained()
        moment = bench.tick()
        control.depart(id, role="ect", on=on)
        shows(own, id, participant_status=now, training_status="active", updated_at=moment)
        shown = own.enrolment(id, headers={"x-with-server-date": "2026-02-11"})["participant_status"]
        own.expect(shown == later, f"who leaves on {on} is {later} on 11 February", f"it is {shown}")
    # Before a start that is still to come, everything of it goes.
    joining = bench.trained(started_on="2026-03-01")
    shows(own, joining, participant_status="joining")
    control.depart(joining, role="ect", on="2026-02-20")
    own.send(operation, joining)
    own.status(404, "nothing is left of the registration")
    compare_everything(bench)


@probe("A change of provider or programme ends the training yesterday, and starts another today.", READ)
def changed(bench: Bench, operation: str) -> None:
    own, other, control = bench.own, bench.other, bench.control.v3
    id, led, interested = bench.trained(), bench.trained(), bench.trained()
    before = own.enrolment(id)
    now = bench.tick()
    control.change_training(id, role="ect", provider=PEER, partnership="new")
    shows(own, id, participant_status="left", training_status="active", updated_at=now)
    shows(other, id, participant_status="active", training_status="active", updated_at=now, cohort="2025")
    shows(other, id, schedule_identifier=before["schedule_identifier"])
    kept = {name: value for name, value in own.enrolment(id).items() if name != "participant_status"}
    wanted = {name: value for name, value in before.items() if name != "participant_status"}
    own.expect(kept == wanted, "the old provider sees the person as they were", f"{kept}")
    control.change_training(led, role="ect", provider=None)
    shows(own, led, participant_status="left", training_status="active")
    # The other provider sees nobody whom it doesn't train yet.
    control.change_training(interested, role="ect", provider=PEER, partnership="none")
    other.send(operation, interested)
    other.status(404, "there is only an expression of interest")
    for each in (id, led, interested):
        [stay] = control.participant(each).stays
        came = [(f"{t.started_on}", t.finished_on and f"{t.finished_on}") for t in stay.training]
        periods = [("2025-09-01", "2026-02-09"), ("2026-02-10", None)]
        own.expect(came == periods, f"the periods are {periods}", f"they are {came}")
    compare_everything(bench)


@probe("An ECT of a frozen cohort who is given another provider or school goes to 2024.", READ)
def from_a_frozen_cohort(bench: Bench, operation: str) -> None:
    """Schedules 4 and rules 5.10 and 9.25."""
    own, other, control = bench.own, bench.other, bench.control.v3
    for cohort, move in product(("2021", "2022"), ("provider", "school")):
        id = bench.trained(cohort=cohort, started_on=f"{cohort}-09-01")
        if move == "provider":
            control.change_training(id, role="ect", provider=PEER, partnership="new")
        else:
            control.register(participant_id=id, role="ect", provider=PEER, partnership="new", started_on="2026-02-10")
        shows(own, id, cohort=cohort, cohort_changed_after_payments_frozen=True)
        shows(other, id, cohort="2024", schedule_identifier="ecf-extended-september")
        shows(other, id, cohort_changed_after_payments_frozen=True)
    compare_everything(bench)


# The day of a registration, and what the service assigns (schedules 4).
_ASSIGNED: Final = (
    ("2025-06-01", "2025", "ecf-standard-september"),
    ("2025-10-31", "2025", "ecf-standard-september"),
    ("2025-11-01", "2025", "ecf-standard-january"),
    ("2026-02-28", "2025", "ecf-standard-january"),
    ("2026-03-01", "2025", "ecf-standard-april"),
    ("2026-05-31", "2025", "ecf-standard-april"),
    ("2026-06-01", "2026", "ecf-standard-september"),
    ("2021-06-01", "2021", "ecf-standard-september"),
    ("2022-05-31", "2021", "ecf-standard-april"),
    ("2022-06-01", "2022", "ecf-standard-september"),
    ("2023-05-31", "2022", "ecf-standard-april"),
    ("2023-11-01", "2023", "ecf-standard-january"),
    ("2024-05-31", "2023", "ecf-standard-april"),
    ("2024-12-01", "2024", "ecf-standard-january"),
)


@probe("Cohort and schedule follow from the day on which training starts.", READ)
def assigned(bench: Bench, operation: str) -> None:
    for day, cohort, identifier in _ASSIGNED:
        for role in ("ect", "mentor"):
            id = bench.trained(role, started_on=day)
            shows(bench.own, id, role, cohort=cohort, schedule_identifier=identifier)
    # They stay with the person who goes to another school.
    id = bench.trained(schedule_identifier="ecf-extended-january")
    bench.control.v3.register(participant_id=id, role="ect", provider=PEER, partnership="new", started_on="2026-02-10")
    shows(bench.other, id, cohort="2025", schedule_identifier="ecf-extended-january")


@probe("An induction makes eligible, and pass or fail ends the training today.", READ)
def inductions(bench: Bench, operation: str) -> None:
    """Rules 3.1, 5.10: release ends nothing else; true stays true."""
    own, control = bench.own, bench.control.v3
    dates = ("overall_induction_start_date", "induction_end_date", "most_recent_induction_period_end_date")
    outcomes: tuple[Any, ...] = ("pass", "fail", None)
    for outcome in outcomes:
        id = bench.trained()
        shows(own, id, eligible_for_funding=None, **dict.fromkeys(dates))
        control.change_induction(id, started_on="2025-09-08")
        shows(own, id, eligible_for_funding=True, overall_induction_start_date="2025-09-08")
        shows(own, id, most_recent_induction_period_end_date=None, induction_end_date=None)
        now = bench.tick()
        control.change_induction(id, finished_on="2026-02-09", outcome=outcome)
        end = "2026-02-09" if outcome else None
        shows(own, id, eligible_for_funding=True, participant_status="active", updated_at=now, induction_end_date=end)
        shows(own, id, most_recent_induction_period_end_date="2026-02-09")
        [stay] = control.participant(id).stays
        ends = stay.training[-1].finished_on
        wanted = "2026-02-10" if outcome else None
        own.expect((ends and f"{ends}") == wanted, f"the training ends on {wanted}", f"it ends on {ends}")
        if outcome is None:
            # Another period runs, so there is no last end yet.
            control.change_induction(id, started_on="2026-02-10")
            shows(own, id, most_recent_induction_period_end_date=None, overall_induction_start_date="2025-09-08")
    exempt = bench.trained()
    control.change_induction(exempt, register={"exempt": True})
    shows(own, exempt, eligible_for_funding=False)
    compare_everything(bench)


@probe("The mentor whom an ECT has is shown, or the next one to come, and moves the participant.", READ)
def mentors(bench: Bench, operation: str) -> None:
    """Rules 3.1, `mentor_id`, and 6.5: what the calendar changes is noticed at 01:00."""
    own, control = bench.own, bench.control.v3
    urn = control.add_school().urn
    first, second = (bench.trained("mentor", PEER, school_urn=urn) for _ in range(2))
    id = bench.trained(school_urn=urn)
    shows(own, id, mentor_id=None)
    now = bench.tick()
    control.change_mentor(id, first)
    shows(own, id, mentor_id=first, updated_at=now)
    bench.tick()
    control.change_mentor(id, second, "2026-02-20")
    shows(own, id, mentor_id=first, updated_at=now)
    bench.to("2026-02-20T00:59:59Z")
    shows(own, id, updated_at=now)
    bench.to("2026-02-20T01:00:00Z")
    shows(own, id, mentor_id=second, updated_at="2026-02-20T01:00:00Z")
    compare_everything(bench)
    control.change_mentor(id, None)
    shows(own, id, mentor_id=None)
    # The old provider sees the mentor only while the stay is the same.
    control.change_mentor(id, first)
    control.change_training(id, role="ect", provider=PEER, partnership="existing")
    shows(own, id, mentor_id=first)
    compare_everything(bench)


@probe("A mentor whom the provider never trained is its unfunded mentor, while an ECT has them.", "getUnfundedMentors")
def unfunded(bench: Bench, operation: str) -> None:
    """Rules 4 and 3.8."""
    own, other, control = bench.own, bench.other, bench.control.v3
    urn = control.add_school().urn
    theirs = bench.trained("mentor", PEER, school_urn=urn)
    nobodys = control.register(role="mentor", school_urn=urn, started_on="2025-09-01").id
    mine = bench.trained("mentor", school_urn=urn)
    id = bench.trained(school_urn=urn, mentor_id=theirs)

    def sees(*wanted: str) -> None:
        found = own.ids(operation)
        own.expect(found == list(wanted), f"the unfunded mentors are {wanted}", f"they are {found}")
        other.expect(other.ids(operation) == [], "the other provider has none", "it has some")
        for each in (theirs, nobodys, mine):
            own.send("getUnfundedMentor", each)
            own.status(200 if each in wanted else 404, "single reads agree with the list")

    sees(theirs)
    before = own.shown("getUnfundedMentor", theirs)["updated_at"]
    own.send(READ, theirs)
    own.status(404, "an unfunded mentor is no participant")
    bench.tick()
    control.change_mentor(id, mine)
    sees()
    control.change_mentor(id, theirs)
    sees(theirs)
    shown = own.shown("getUnfundedMentor", theirs)["updated_at"]
    own.expect(shown == before, "an assignment moves nothing", f"it moved at {shown}")
    control.change_training(theirs, role="mentor", provider=OWN, partnership="existing")
    sees()
    compare_everything(bench)


@probe("Schools are shown while they are eligible, or have a partnership with anybody in the cohort.", "getSchools")
def schools_shown(bench: Bench, operation: str) -> None:
    """Rules 4."""
    own, control = bench.own, bench.control.v3
    plain, partnered, never = control.add_school(), control.add_school(), control.add_school(eligible=False)
    partner = bench.partners(PEER)[0]
    control.partnership(provider=PEER, school_urn=partnered.urn, cohort="2025", delivery_partner_id=partner)
    for school in (plain, partnered):
        control.change_school(school.urn, eligible=False)
    for school, cohort, status in (
        (plain, "2025", 404),
        (never, "2025", 404),
        (partnered, "2025", 200),
        (partnered, "2024", 404),
    ):
        own.send("getSchool", school.id, query={"filter[cohort]": cohort})
        own.status(status, "the school isn't eligible")
        listed = school.id in own.ids(operation, filter__cohort=cohort)
        own.expect(listed is (status == 200), "the list agrees with the single read", f"listed: {listed}")
    control.change_school(never.urn, eligible=True)
    own.accepted("getSchool", never.id)
    compare_everything(bench)


@probe("A registration that is undone goes, unless something is paid for it.", READ)
def undone(bench: Bench, operation: str) -> None:
    """Rules 5.10."""
    own, control = bench.own, bench.control.v3
    submitted, eligible = bench.trained(), bench.eligible(bench.trained())
    for id in (submitted, eligible):
        own.declare(id)
        control.undo_registration(id, "ect")
    own.send(operation, submitted)
    own.status(404, "nothing was to be paid")
    shows(own, eligible, participant_status="left")
    compare_everything(bench)


@probe("Who becomes a mentor keeps one id, with an entry and a training record for each role.", READ)
def both_roles(bench: Bench, operation: str) -> None:
    own, id = bench.own, bench.trained(cohort="2024", started_on="2024-09-01")
    bench.trained("mentor", participant_id=id)
    entries = own.participant(id)["ecf_enrolments"]
    roles = [each["participant_type"] for each in entries]
    own.expect(roles == ["ect", "mentor"], "there are two entries, the ECT's first", f"{roles}")
    records = {each["training_record_id"] for each in entries}
    own.expect(len(records) == 2 and id not in records, "each role has a training record of its own", f"{records}")
    shows(own, id, "mentor", mentor_id=None, working_pattern=None, eligible_for_funding=True)
    # The ECT's working pattern is that of the latest stay anywhere.
    bench.control.v3.register(
        participant_id=id,
        role="ect",
        provider=PEER,
        partnership="new",
        started_on="2026-01-05",
        working_pattern="part_time",
    )
    shows(own, id, "ect", working_pattern="part_time", participant_status="left")
    compare_everything(bench)


@probe("A rolled-over partnership is made in passing, with the old delivery partner.", "getPartnerships")
def rolled_over(bench: Bench, operation: str) -> None:
    """Rules 5.10."""
    own, control = bench.own, bench.control.v3
    urn, second = control.add_school().urn, bench.partners()[1]
    control.partnership(provider=OWN, school_urn=urn, cohort="2024", delivery_partner_id=second)
    id = control.register(role="ect", provider=OWN, school_urn=urn, started_on="2025-09-01", partnership="rollover").id
    shows(own, id, cohort="2025", delivery_partner_id=second)
    found = [each["attributes"]["cohort"] for each in own.records(operation)]
    own.expect(found == ["2024", "2025"], "there are two partnerships", f"of {found}")
    compare_everything(bench)


PROBES: Final = (
    transfers,
    incomplete,
    passed,
    conflicting_dates,
    departures,
    changed,
    from_a_frozen_cohort,
    assigned,
    inductions,
    mentors,
    unfunded,
    schools_shown,
    undone,
    both_roles,
    rolled_over,
)
