"""Making a declaration: who and what, complaints in order, the record, and who else sees it (rules 5.8, 3.3 and 4)."""

from typing import Any, Final

from mock_server.harness.check.bench import OWN, PEER
from mock_server.harness.check.probes import probe
from mock_server.harness.check.transport import UNKNOWN_ID
from mock_server.harness.v3.check.behaviour.acts import DEFER, RESCHEDULE, act
from mock_server.harness.v3.check.behaviour.shown import compare_everything
from mock_server.harness.v3.check.bench import (
    COHORTS,
    COURSES,
    DECLARE,
    SINCE_2025,
    VOID,
    Bench,
    Sender,
    declaration,
    late_in,
)
from mock_server.harness.v3.check.expected import Expected

_P, _C, _T, _D = "participant_id", "course_identifier", "declaration_type", "declaration_date"
_E = "evidence_held"
_LISTS: Final = ("getDeclarations", "getParticipants")
_RETAINED: Final = {_T: "retained-1", _D: "2025-12-01T09:00:00Z"}


def _refuse(sender: Sender, rules: list[str], id: Any, role: str = "ect", **attributes: Any) -> None:
    sender.refused_whole(_LISTS, rules, DECLARE, body=declaration(id, role, **attributes))


# What is given instead of a good declaration, and the rules that refuse it, in order (rules 5.8).
_COMPLAINTS: Final[tuple[tuple[dict[str, Any], list[str]], ...]] = (
    (dict.fromkeys((_P, _C, _T, _D, _E), ""), ["declaration-participant-given"]),
    (dict.fromkeys((_P, _C, _T, _D, _E)), ["declaration-participant-given"]),
    ({_P: UNKNOWN_ID}, ["declaration-participant-exists"]),
    ({_P: "abc"}, ["declaration-participant-exists"]),
    ({_P: UNKNOWN_ID, _D: "abc"}, ["declaration-participant-exists", "declaration-date-well-formed"]),
    ({_P: None, _D: "2025-09-15"}, ["declaration-participant-given", "declaration-date-well-formed"]),
    ({_C: None}, ["declaration-course-listed"]),
    ({_C: "ecf-npq"}, ["declaration-course-listed"]),
    ({_C: "ecf-npq", _D: None, _T: None}, ["declaration-course-listed"]),
    ({_D: None}, ["declaration-date-given"]),
    ({_D: "", _T: ""}, ["declaration-date-given"]),
    ({_T: None}, ["declaration-type-given"]),
    ({_T: "finished"}, ["declaration-type-listed"]),
    ({_T: "Started"}, ["declaration-type-listed"]),
    ({_T: "retained-5"}, ["declaration-type-listed"]),
    ({_D: "2026-02-10T09:00:01Z"}, ["declaration-date-not-future"]),
    ({_D: "2025-05-31T22:59:59Z"}, ["declaration-date-in-milestone"]),
    ({_E: None}, ["declaration-evidence-held"]),
    ({_C: COURSES["mentor"]}, ["declaration-course-of-participant"]),
)


@probe("What is wrong is named attribute by attribute, and no more than that.", DECLARE)
def complaints(bench: Bench, operation: str) -> None:
    id = bench.trained()
    for other, rules in _COMPLAINTS:
        given = {_P: id, **other}
        _refuse(bench.own, rules, given.pop(_P), **given)
    # Another provider's participant, and somebody whom no provider sees yet (row 19).
    foreign = bench.trained(provider=PEER)
    interested = bench.control.v3.register(role="ect", provider=OWN, started_on="2025-09-01").id
    for unseen in (foreign, interested):
        _refuse(bench.own, ["declaration-participant-yours"], unseen)
        _refuse(bench.own, ["declaration-course-listed", "declaration-participant-yours"], unseen, course_identifier="")


@probe("The answer is the record: submitted, or eligible on a statement, with the moment of now.", DECLARE)
def recorded(bench: Bench, operation: str) -> None:
    """The effects of rules 5.8. The participant's `updated_at` stays."""
    own = bench.own
    statement = own.records("getStatements", filter__cohort="2025")[1]
    for eligible in (False, True):
        id = bench.trained()
        if eligible:
            bench.eligible(id)
        before = own.participant(id)
        now = bench.tick()
        made = own.declare(id.upper(), declaration_date="2025-09-15T10:00:00+01:00")
        wanted = {
            _P: id,
            _T: "started",
            _C: "ecf-induction",
            _D: "2025-09-15T09:00:00Z",
            "mentor_id": None,
            "state": "eligible" if eligible else "submitted",
            "updated_at": now,
            "created_at": now,
            "delivery_partner_id": before["ecf_enrolments"][0]["delivery_partner_id"],
            # The next deadline is 31 March 2026, which the statement of April has.
            "statement_id": own.ids("getStatements", filter__cohort="2025")[2] if eligible else None,
            "clawback_statement_id": None,
            "ineligible_for_funding_reason": None,
            "uplift_paid": False,
            _E: "training-event-attended",
            "lead_provider_name": made["attributes"]["lead_provider_name"],
        }
        own.expect(made["attributes"] == wanted, f"the record is {wanted}", f"it is {made['attributes']}")
        own.expect(own.declaration(made["id"]) == wanted, "reading it shows the same", "it shows something else")
        own.expect(own.participant(id) == before, "the participant hasn't changed", "it has")
    own.expect(statement["attributes"]["paid"] is False, "nothing is paid yet", "it is")
    compare_everything(bench)


@probe("One live declaration of a type in a role, whoever made it; an exact copy is refused too.", DECLARE)
def one_of_a_type(bench: Bench, operation: str) -> None:
    """Row 8."""
    own, other, id = bench.own, bench.other, bench.trained()
    made = own.declare(id)["id"]
    _refuse(own, ["declaration-type-free"], id)
    _refuse(own, ["declaration-type-free"], id, declaration_date="2025-10-15T09:00:00Z")
    # The role is another matter.
    bench.trained("mentor", participant_id=id)
    own.declare(id, "mentor")
    own.accepted(VOID, made)
    again = own.declare(id)["id"]
    own.expect(again != made, "a new record takes the place of a voided one", "it is the old one")
    bench.control.v3.change_training(id, role="ect", provider=PEER, partnership="new")
    _refuse(other, ["declaration-type-free"], id)
    # The old provider may still declare what happened in its time.
    own.declare(id, **_RETAINED)
    _refuse(other, ["declaration-type-free"], id, **_RETAINED)
    compare_everything(bench)


@probe("A declaration is about the latest training, and not about the one that its date falls into.", DECLARE)
def latest_training(bench: Bench, operation: str) -> None:
    """Rules 5.7."""
    own, school = bench.own, bench.control.v3
    urn, (first, second) = school.add_school().urn, bench.partners()
    id = bench.trained(cohort="2024", started_on="2024-09-01", school_urn=urn, delivery_partner_id=first)
    school.partnership(provider=OWN, school_urn=urn, cohort="2025", delivery_partner_id=second)
    act(own, RESCHEDULE, id, schedule_identifier="ecf-standard-september", cohort="2025")
    # The schedule of 2024 would accept this, that of 2025 doesn't.
    _refuse(own, ["declaration-date-in-milestone"], id, declaration_date="2024-10-01T09:00:00Z")
    made = own.declare(id)["attributes"]
    own.expect(made["delivery_partner_id"] == second, "the delivery partner is that of 2025", f"{made}")
    found = own.ids("getDeclarations", filter__cohort="2025")
    own.expect(len(found) == 1, "it is a declaration of 2025", f"the cohort has {len(found)}")


@probe("Nobody in a frozen cohort can be declared for, from the moment of the freeze on.", DECLARE)
def frozen(bench: Bench, operation: str) -> None:
    """Row 15. It is where the person trains today that counts, with whichever provider."""
    own, control = bench.own, bench.control.v3
    id, left = bench.trained(), bench.trained()
    control.depart(left, role="ect", on="2026-01-31")
    control.change_cohort("2025", payments_frozen_at="2026-02-10T12:00:00Z")
    bench.to("2026-02-10T11:59:59Z")
    made = own.declare(id)["id"]
    bench.to("2026-02-10T12:00:00Z")
    _refuse(own, ["declaration-cohort-not-frozen"], id, **_RETAINED)
    # Who trains nowhere today isn't in a frozen cohort, and an unpaid declaration can be voided.
    own.declare(left)
    own.accepted(VOID, made)
    elsewhere = bench.trained(cohort="2024", started_on="2024-09-01")
    control.change_training(elsewhere, role="ect", provider=PEER, partnership="new")
    old: Any = {"declaration_date": "2024-10-01T09:00:00Z"}
    own.declare(elsewhere, **old)
    own.accepted(VOID, own.ids("getDeclarations", filter__participant_id=elsewhere)[0])
    control.change_cohort("2024", payments_frozen_at="2026-01-01T00:00:00Z")
    _refuse(own, ["declaration-cohort-not-frozen"], elsewhere, **old)


@probe("Whoever has left, finished, paused or not begun yet can be declared for.", DECLARE)
def whatever_the_status(bench: Bench, operation: str) -> None:
    """Rules 5.8: no rule looks at `participant_status`, a deferral, or a mentor's funding end."""
    own, control = bench.own, bench.control.v3
    gone, passed, deferred = (bench.trained() for _ in range(3))
    joining = bench.trained(started_on="2026-03-01", schedule_identifier="ecf-standard-september")
    mentor = bench.trained("mentor")
    control.depart(gone, role="ect", on="2026-01-31")
    control.change_induction(passed, started_on="2025-09-01", finished_on="2026-02-01", outcome="pass")
    act(own, DEFER, deferred)
    control.change_funding(mentor, role="mentor", mentor_funding_end_date="2026-01-31")
    for id in (gone, passed, deferred, joining):
        own.declare(id)
    own.declare(mentor, "mentor")


# The last moment before the payments of a cohort are frozen, and the first after it (schedules 1): midnight in London.
_FROZEN: Final = (
    ("2021", "2024-06-17T22:59:59Z", "2024-06-17T23:00:00Z"),
    ("2022", "2025-06-15T22:59:59Z", "2025-06-15T23:00:00Z"),
)


@probe("The payments of 2021 and 2022 are frozen from their days on, in London.", DECLARE, clock=_FROZEN[0][1])
def frozen_by_day(bench: Bench, operation: str) -> None:
    """Schedules 1 and row 15, for both roles."""
    for cohort, before, after in _FROZEN:
        given: Any = {"cohort": cohort, "started_on": f"{cohort}-09-01"}
        people = [(role, bench.trained(role, **given)) for role in COURSES]
        started = {_D: f"{cohort}-10-01T09:00:00Z"}
        bench.to(before)
        made = [bench.own.declare(id, role, **started)["id"] for role, id in people]
        bench.to(after)
        for role, id in people:
            later: Any = {_T: "retained-1", _D: f"{int(cohort) + 1}-01-15T09:00:00Z"}
            _refuse(bench.own, ["declaration-cohort-not-frozen"], id, role, **later)
        for each in made:
            bench.own.accepted(VOID, each)


@probe("Whose role is eligible needs an open statement of the cohort; others can always be declared for.", DECLARE)
def statements_end(bench: Bench, operation: str) -> None:
    """Row 16: a deadline of today or later, in London. The last one of 2023 is on 31 July 2026."""
    own = bench.own
    facts: Any = {"cohort": "2023", "started_on": "2023-09-01", "schedule_identifier": "ecf-extended-september"}
    people = [bench.eligible(bench.trained(**facts)) for _ in range(3)]
    unfunded = bench.trained(**facts)
    old: Any = {"declaration_date": "2024-01-10T09:00:00Z"}
    bench.to("2026-07-31T22:59:59Z")
    made = own.declare(people[0], **old)["attributes"]
    last = own.ids("getStatements", filter__cohort="2023")[-1]
    own.expect(made["statement_id"] == last, f"it is on the last statement, {last}", f"it is on {made['statement_id']}")
    bench.to("2026-07-31T23:00:00Z")
    _refuse(own, ["declaration-statement-open"], people[1], **old)
    made = own.declare(unfunded, **old)["attributes"]
    own.expect((made["state"], made["statement_id"]) == ("submitted", None), "it is submitted", f"{made}")
    # A statement that is added opens the way again.
    bench.control.v3.add_statement(provider=OWN, cohort="2023", month=11, year=2026)
    own.declare(people[1], **old)
    # Statements for service fees don't count.
    bench.to("2026-11-01T09:00:00Z")
    bench.control.v3.add_statement(provider=OWN, cohort="2023", month=12, year=2026, fee_type="service")
    _refuse(own, ["declaration-statement-open"], people[2], **old)


# Days of the mentorships, a declaration's date, and the mentor whose mentorship is nearest (rules 5.8, effects).
_NEAREST: Final = (
    ("2025-09-20T09:00:00Z", 0),
    ("2025-11-28T09:00:00Z", 0),
    ("2025-12-02T09:00:00Z", 1),
    # Inside the second mentorship, yet nearer to the end of the first.
    ("2025-12-01T00:00:00Z", 1),
)


@probe("A declaration keeps the mentor of the nearest mentorship, and mentors have none.", DECLARE)
def mentor_of_the_time(bench: Bench, operation: str) -> None:
    own, control = bench.own, bench.control.v3
    urn = control.add_school().urn
    mentors = [bench.trained("mentor", school_urn=urn) for _ in range(2)]
    for date, wanted in _NEAREST:
        id = bench.trained(school_urn=urn, mentor_id=mentors[0])
        control.change_mentor(id, mentors[1], "2025-12-01")
        made = own.declare(id, declaration_date=date)["attributes"]
        own.expect(made["mentor_id"] == mentors[wanted], f"the mentor at {date} is {mentors[wanted]}", f"{made}")
        control.change_mentor(id, None)
    shown = own.declare(mentors[0], "mentor")["attributes"]["mentor_id"]
    own.expect(shown is None, "a mentor's declaration has no mentor", f"it has {shown}")


@probe("A started declaration carries the school's uplift, and shows it once paid.", DECLARE, clock=late_in(COHORTS[0]))
def uplifts(bench: Bench, operation: str) -> None:
    """Rules 3.3 and 5.8: only `started`, only in cohorts that pay uplifts."""
    own, control = bench.own, bench.control.v3
    for cohort in COHORTS:
        bench.to(late_in(cohort))
        wanted = cohort not in SINCE_2025
        urn = control.add_school(uplifts={cohort: {"pupil_premium": False, "sparsity": True}}).urn
        for role in ("ect", "mentor"):
            id = bench.eligible(bench.trained(role, cohort=cohort, started_on=f"{cohort}-09-01", school_urn=urn), role)
            made = own.declare(id, role, declaration_date=f"{cohort}-10-01T09:00:00Z")
            own.expect(made["attributes"]["uplift_paid"] is False, "nothing is paid yet", f"{made}")
            for state in ("payable", "paid"):
                control.set_declaration_state(made["id"], state)
            shown = own.declaration(made["id"])["uplift_paid"]
            own.expect(shown is wanted, f"uplift_paid is {wanted} in {cohort} for the {role}", f"it is {shown}")
            entry = own.enrolment(id, role)
            came = entry["pupil_premium_uplift"], entry["sparsity_uplift"]
            says = "pupil_premium_uplift and sparsity_uplift are"
            own.expect(came == (False, wanted), f"{says} {(False, wanted)}", f"they are {came}")


@probe("Another provider's live declarations are seen, dated before one's own training ends, and only live.")
def others(bench: Bench, operation: str) -> None:
    """Rules 4. The day boundary is 00:00 UTC of the last day."""
    own, other, control = bench.own, bench.other, bench.control.v3
    id = bench.trained()
    live, dead = own.declare(id)["id"], own.declare(id, **_RETAINED)["id"]
    own.accepted(VOID, dead)
    other.send("getDeclaration", live)
    other.status(404, "the other provider doesn't train the person")
    control.change_training(id, role="ect", provider=PEER, partnership="new")
    found = other.ids("getDeclarations")
    other.expect(found == [live], "the new provider sees the live one alone", f"it sees {found}")
    other.expect(
        other.declaration(live) == own.declaration(live), "both see the same record", "they see different ones"
    )
    other.send(VOID, live)
    other.status(404, "only its owner voids it")
    # The old provider's training ended on 9 February.
    early = other.declare(id, declaration_type="retained-3", declaration_date="2026-02-09T00:00:00Z")["id"]
    late = other.declare(id, declaration_type="retained-4", declaration_date="2026-02-09T00:00:01Z")["id"]
    found = own.ids("getDeclarations")
    own.expect(found == [live, dead, early], f"the old one sees {[live, dead, early]}", f"it sees {found}")
    own.send("getDeclaration", late)
    own.status(404, "it is dated on the last day of the own training")
    other.accepted(VOID, early)
    own.send("getDeclaration", early)
    own.status(404, "it is voided")
    compare_everything(bench)
    # Only who trains the person in the role sees them.
    mentor = bench.trained("mentor", participant_id=id, provider=OWN)
    own.expect(mentor == id, "the person has both roles", f"{mentor}")
    wanted = [name for name, _ in Expected.of(bench.control).declarations(OWN)]
    found = own.ids("getDeclarations")
    own.expect(found == wanted, f"the list is {wanted}", f"it is {found}")


@probe("After a merge the declarations show who remains, under the same ids.")
def merged(bench: Bench, operation: str) -> None:
    """Rules 3.9: a merge moves no declaration's `updated_at`, and 3.3."""
    own, control = bench.own, bench.control.v3
    gone = bench.trained(cohort="2024", started_on="2024-09-01")
    made = own.declare(gone, declaration_date="2024-10-01T09:00:00Z")
    control.depart(gone, role="ect", on="2025-07-20")
    survivor = bench.trained()
    now = bench.tick()
    control.merge(gone, survivor)
    own.send("getParticipant", gone)
    own.status(404, "the merged-away id is unknown")
    shown = own.declaration(made["id"])
    wanted = {**made["attributes"], _P: survivor}
    own.expect(shown == wanted, "only participant_id has changed", f"{shown}")
    changes = own.participant(survivor)["participant_id_changes"]
    told = [{"from_participant_id": gone, "to_participant_id": survivor, "changed_at": now}]
    own.expect(changes == told, f"the change is told: {told}", f"{changes}")
    _refuse(own, ["declaration-participant-exists"], gone, **_RETAINED)
    compare_everything(bench)


PROBES: Final = (
    complaints,
    recorded,
    one_of_a_type,
    latest_training,
    whatever_the_status,
    frozen,
    frozen_by_day,
    statements_end,
    mentor_of_the_time,
    uplifts,
    others,
    merged,
)
