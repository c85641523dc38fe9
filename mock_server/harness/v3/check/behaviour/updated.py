"""What moves which `updated_at`, and what doesn't: every row of rules 3.9, as a table of changes.

A bench has one of each record. Each change happens a minute after the one before, and then exactly the records that
the table names must bear its moment.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from mock_server.harness.check.bench import OWN, PEER
from mock_server.harness.check.probes import probe
from mock_server.harness.v3.check.behaviour.acts import DEFER, RESCHEDULE, RESUME, WITHDRAW, sent
from mock_server.harness.v3.check.bench import VOID, Bench, body


@dataclass(slots=True)
class OneOfEach:
    """One of each record, on a bench. `ids` has the records' ids by name."""

    bench: Bench
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def control(self) -> Any:
        return self.bench.control.v3

    def report(self, operation: str, name: str = "ect") -> None:
        role = "mentor" if name == "mentor" else "ect"
        self.bench.own.accepted(operation, self.ids[name], body=sent(operation, role))

    def moments(self) -> dict[str, str]:
        """When each record was updated, as the lists of the provider say."""
        own, shown = self.bench.own, dict[str, str]()
        lists = {
            "participant": "getParticipants",
            "transfer": "getTransfers",
            "declaration": "getDeclarations",
            "partnership": "getPartnerships",
            "school": "getSchools",
            "delivery partner": "getDeliveryPartners",
            "statement": "getStatements",
            "unfunded mentor": "getUnfundedMentors",
        }
        names = {id: name for name, id in self.ids.items()}
        for kind, operation in lists.items():
            for record in own.records(operation):
                if name := names.get(record["id"]):
                    shown[f"{kind}: {name}"] = record["attributes"]["updated_at"]
        return shown


def _one_of_each(bench: Bench) -> OneOfEach:
    """An ECT with a mentor of another provider and a declaration, and somebody who left: a transfer."""
    made, control = OneOfEach(bench), bench.control.v3
    school = control.add_school(induction_tutor_name="Iris Bell", induction_tutor_email="i@example.org")
    first, second = bench.partners()
    mentor = bench.trained("mentor", PEER, school_urn=school.urn)
    ect = bench.trained(school_urn=school.urn, mentor_id=mentor, delivery_partner_id=first)
    gone = bench.trained()
    own_mentor = bench.trained("mentor")
    control.depart(gone, role="ect", on="2026-01-31")
    declared = bench.own.declare(ect)["id"]
    [partnership] = [
        each.id for each in control.partnerships() if (each.school_urn, each.provider) == (school.urn, OWN)
    ]
    statement = bench.own.ids("getStatements", filter__cohort="2025")[2]
    made.ids = {
        "ect": ect,
        "mentor": own_mentor,
        "unfunded": mentor,
        "gone": gone,
        "declaration": declared,
        "partnership": partnership,
        "school": school.id,
        "first": first,
        "second": second,
        "statement": statement,
    }
    made.ids["urn"] = school.urn
    return made


@dataclass(frozen=True, slots=True)
class ChangeCase:
    """A change, and the records that it moves as this provider sees them, as `kind: name`."""

    what: str
    change: Callable[[OneOfEach], object]
    moves: tuple[str, ...] = ()


_ECT, _GONE, _MENTOR = "participant: ect", "participant: gone", "participant: mentor"
_DECLARATION, _PARTNERSHIP, _SCHOOL = "declaration: declaration", "partnership: partnership", "school: school"
_TRANSFER, _UNFUNDED = "transfer: gone", "unfunded mentor: unfunded"


def _uplift(made: OneOfEach) -> object:
    return made.control.change_school(made.ids["urn"], uplifts={"2025": {"pupil_premium": True, "sparsity": True}})


def _other_partner(made: OneOfEach) -> object:
    sent_ = body(delivery_partner_id=made.ids["second"])
    return made.bench.own.accepted("updatePartnership", made.ids["partnership"], body=sent_)


def _new_mentor(made: OneOfEach) -> object:
    urn = made.ids["urn"]
    new = made.bench.trained("mentor", PEER, school_urn=urn, partnership="existing", email=None)
    return made.control.change_mentor(made.ids["ect"], new)


def _merge(made: OneOfEach) -> object:
    extra = made.control.register(role="mentor", started_on="2025-09-01").id
    return made.control.merge(extra, made.ids["gone"])


ROWS: Final = (
    # Participants: what moves them.
    ChangeCase("an ECT's name", lambda s: s.control.change_details(s.ids["ect"], full_name="New Name"), (_ECT,)),
    ChangeCase("a TRN", lambda s: s.control.change_details(s.ids["ect"], teacher_reference_number="1234567"), (_ECT,)),
    ChangeCase(
        "the address at the school",
        lambda s: s.control.change_details(s.ids["ect"], email={"role": "ect", "value": "new@example.org"}),
        (_ECT,),
    ),
    # What doesn't.
    ChangeCase("the working pattern", lambda s: s.control.change_details(s.ids["ect"], working_pattern="part_time")),
    ChangeCase("an uplift row", _uplift),
    ChangeCase("cohort flags", lambda s: s.control.change_cohort("2025", uplift_fees=True, detailed_evidence=False)),
    ChangeCase(
        "a refused report",
        lambda s: s.bench.own.refused(["resume-not-active"], RESUME, s.ids["ect"], body=sent(RESUME)),
    ),
    ChangeCase(
        "a start of the induction",
        lambda s: s.control.change_induction(s.ids["ect"], started_on="2025-09-01"),
        (_ECT, _DECLARATION),
    ),
    ChangeCase(
        "the register's completed day",
        lambda s: s.control.change_induction(s.ids["mentor"], register={"completed_on": "2026-02-01"}),
        (_MENTOR,),
    ),
    ChangeCase(
        "a mentor's funding end",
        lambda s: s.control.change_funding(s.ids["mentor"], role="mentor", mentor_funding_end_date="2026-01-31"),
        (_MENTOR,),
    ),
    ChangeCase(
        "the reason of a mentor's funding end",
        lambda s: s.control.change_funding(
            s.ids["mentor"], role="mentor", mentor_ineligible_for_funding_reason="started_not_completed"
        ),
        (_MENTOR,),
    ),
    ChangeCase(
        "a frozen year", lambda s: s.control.change_funding(s.ids["gone"], role="ect", frozen_year="2021"), (_GONE,)
    ),
    # Organisations.
    ChangeCase(
        "the tutor's name",
        lambda s: s.control.change_school(s.ids["urn"], induction_tutor_name="Max Hall"),
        (_PARTNERSHIP, _SCHOOL),
    ),
    ChangeCase(
        "the tutor's address",
        lambda s: s.control.change_school(s.ids["urn"], induction_tutor_email="m@example.org"),
        (_PARTNERSHIP, _SCHOOL),
    ),
    ChangeCase(
        "the school's address",
        lambda s: s.control.change_school(s.ids["urn"], contact_email="office@example.org"),
        (_PARTNERSHIP, _SCHOOL),
    ),
    ChangeCase("the school's name", lambda s: s.control.change_school(s.ids["urn"], name="New School"), (_SCHOOL,)),
    ChangeCase(
        "a delivery partner's name",
        lambda s: s.control.change_delivery_partner(s.ids["first"], name="New Hub"),
        (_PARTNERSHIP, "delivery partner: first"),
    ),
    ChangeCase(
        "the cohorts of a delivery partner",
        lambda s: s.control.change_delivery_partner(s.ids["second"], works_with={OWN: ["2024", "2025"]}),
        ("delivery partner: second",),
    ),
    ChangeCase("another delivery partner", _other_partner, (_PARTNERSHIP, _ECT, _DECLARATION)),
    ChangeCase(
        "a statement's days",
        lambda s: s.control.change_statement(s.ids["statement"], payment_date="2026-04-26"),
        ("statement: statement",),
    ),
    # Unfunded mentors have a clock of their own.
    ChangeCase(
        "an unfunded mentor's name",
        lambda s: s.control.change_details(s.ids["unfunded"], full_name="New Mentor"),
        (_UNFUNDED,),
    ),
    ChangeCase(
        "an unfunded mentor's TRN",
        lambda s: s.control.change_details(s.ids["unfunded"], teacher_reference_number="7654321"),
        (_UNFUNDED,),
    ),
    ChangeCase(
        "an unfunded mentor's address",
        lambda s: s.control.change_details(s.ids["unfunded"], email={"role": "mentor", "value": "m@example.org"}),
        (_UNFUNDED,),
    ),
    # Transfers move with the dates of their periods, and with a provider's name.
    ChangeCase("a provider's name", lambda s: s.control.change_provider(OWN, name="Another Name"), (_TRANSFER,)),
    ChangeCase(
        "the last day at a school",
        lambda s: s.control.register(
            participant_id=s.ids["gone"], role="ect", provider=PEER, partnership="new", started_on="2026-01-15"
        ),
        (_TRANSFER, _GONE),
    ),
    # Training, and the mentor whom a provider sees.
    ChangeCase("another mentor", _new_mentor, (_ECT,)),
    ChangeCase("a deferral", lambda s: s.report(DEFER), (_ECT,)),
    ChangeCase("a withdrawal", lambda s: s.report(WITHDRAW), (_ECT,)),
    ChangeCase("a change of schedule", lambda s: s.report(RESCHEDULE, "other"), ("participant: other",)),
    ChangeCase("a void", lambda s: s.bench.own.accepted(VOID, s.ids["declaration"]), (_DECLARATION,)),
    ChangeCase(
        "another provider's training of the person",
        lambda s: s.control.change_training(s.ids["other"], role="ect", provider=PEER, partnership="new"),
        ("participant: other",),
    ),
    ChangeCase(
        "the school's last word on the person",
        lambda s: s.control.depart(s.ids["other"], role="ect", on="2026-07-20"),
        ("participant: other",),
    ),
    ChangeCase("a merge of somebody into the person", _merge, (_GONE,)),
)


@probe("Exactly what rules 3.9 name moves when something changes, and nothing else.")
def table(bench: Bench, operation: str) -> None:
    made = _one_of_each(bench)
    made.ids["other"] = bench.trained()
    before = made.moments()
    for row in ROWS:
        now = bench.tick()
        row.change(made)
        blamed, after = bench.own.last, made.moments()
        moved = sorted(name for name, moment in after.items() if name in before and moment != before[name])
        wanted = sorted(row.moves)
        bench.own.last = bench.own.last or blamed
        bench.own.expect(moved == wanted, f"{row.what} moves {wanted or 'nothing'}", f"it moves {moved or 'nothing'}")
        wrong = {name: after[name] for name in moved if after[name] != now}
        bench.own.expect(not wrong, f"{row.what} moves them to {now}", f"it moves them to {wrong}")
        before = after


@probe("An expression of interest of any provider moves the school's records of all cohorts.")
def interests(bench: Bench, operation: str) -> None:
    """Rules 3.9: the row of school × cohort."""
    own, control = bench.own, bench.control.v3
    school = control.add_school()
    cohorts = ("2023", "2024", "2025")

    def moments() -> list[str]:
        return [own.shown("getSchool", school.id, query={"filter[cohort]": cohort})["updated_at"] for cohort in cohorts]

    before = moments()
    now = bench.tick()
    person = control.register(role="ect", provider=PEER, school_urn=school.urn, started_on="2026-03-02").id
    own.expect(moments() == [now] * 3, f"all of them moved at {now}", f"they moved at {moments()}")
    # A second person with the same provider and cohort changes nothing.
    bench.tick()
    control.register(role="ect", provider=PEER, school_urn=school.urn, started_on="2026-03-02")
    own.expect(moments() == [now] * 3, f"they still show {now}", f"they moved at {moments()}")
    # A partnership changes one cohort's record alone.
    later = bench.tick()
    partner = bench.partners(PEER, "2024")[0]
    control.partnership(provider=PEER, school_urn=school.urn, cohort="2024", delivery_partner_id=partner)
    wanted = [now, later, now]
    own.expect(moments() == wanted, f"they show {wanted}", f"they show {moments()}")
    own.expect(before != moments(), f"{person} was noticed", "nothing moved")


@probe("Time alone moves no participant, and what is the same for all providers is so.")
def time_passes(bench: Bench, operation: str) -> None:
    """Rules 3.1 and 3.9."""
    own, other, id = bench.own, bench.other, bench.trained()
    bench.control.v3.depart(id, role="ect", on="2026-02-12")
    joining = bench.trained(started_on="2026-02-11")
    moved = {each: own.participant(each)["updated_at"] for each in (id, joining)}
    for moment, statuses in (
        ("2026-02-10T23:59:59Z", ("leaving", "joining")),
        ("2026-02-11T00:00:00Z", ("leaving", "active")),
        ("2026-02-11T23:59:59Z", ("leaving", "active")),
        ("2026-02-12T00:00:00Z", ("left", "active")),
    ):
        bench.to(moment)
        came = tuple(own.enrolment(each)["participant_status"] for each in (id, joining))
        own.expect(came == statuses, f"at {moment} they are {statuses}", f"they are {came}")
        shown = {each: own.participant(each)["updated_at"] for each in (id, joining)}
        own.expect(shown == moved, "nothing moved", f"{shown}")
    bench.control.v3.register(participant_id=id, role="ect", provider=PEER, partnership="new", started_on="2026-02-13")
    mine, theirs = own.participant(id)["updated_at"], other.participant(id)["updated_at"]
    own.expect(mine == theirs == bench.now, "both providers see one moment", f"they see {mine} and {theirs}")


PROBES: Final = (table, interests, time_passes)
