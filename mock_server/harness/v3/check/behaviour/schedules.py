"""Changes of schedule and cohort: the rows of rules 5.6, and what a change does to training and partnership."""

from typing import Any, Final

from mock_server.harness.check.bench import OWN, PEER
from mock_server.harness.check.probes import Values, probe
from mock_server.harness.v3.check.behaviour.acts import DEFER, RESCHEDULE, RULES, WITHDRAW, act, refuse, shows
from mock_server.harness.v3.check.behaviour.shown import compare_everything
from mock_server.harness.v3.check.bench import Bench

_TERMS: Final = ("september", "january", "april")
_FAMILIES: Final = ("standard", "extended", "reduced", "replacement")
SCHEDULES: Final = tuple(f"ecf-{family}-{term}" for family in _FAMILIES for term in _TERMS)
_FORBIDDEN: Final = {"ect": "replacement", "mentor": "reduced"}
_FORBIDDEN_BY: Final = {"ect": "schedule-no-replacement-for-ect", "mentor": "schedule-no-reduced-for-mentor"}


@probe("Every schedule can be chosen but an ECT's replacement and a mentor's reduced one, and not twice.", RESCHEDULE)
def choices(bench: Bench, operation: str) -> None:
    """Rows 2, 4, 5 and 6; the new period starts today, and defer and withdraw wait for tomorrow."""
    own = bench.own
    for role in ("ect", "mentor"):
        id = bench.trained(role)
        # Everybody is on the first one to begin with.
        for identifier in (*SCHEDULES[1:], SCHEDULES[0]):
            if _FORBIDDEN[role] in identifier:
                refuse(own, [_FORBIDDEN_BY[role]], operation, id, role, schedule_identifier=identifier)
                continue
            now = bench.tick()
            act(own, operation, id, role, schedule_identifier=identifier)
            shows(own, id, role, schedule_identifier=identifier, cohort="2025", updated_at=now)
            shows(own, id, role, training_status="active", participant_status="active")
            refuse(own, ["schedule-differs"], operation, id, role, schedule_identifier=identifier)
        for report in (DEFER, WITHDRAW):
            refuse(own, [f"{RULES[report]}-not-on-first-day"], report, id, role)
        bench.tomorrow()
        act(own, DEFER, id, role)
        bench.to("2026-02-10T09:00:00Z")
    compare_everything(bench)


_UNKNOWN: Final[Values] = (None, "", " ", "standard-september", "ecf-standard-may", "ECF-STANDARD-APRIL", 7, True)


@probe("A schedule must be one of the twelve.", RESCHEDULE)
def unknown(bench: Bench, operation: str) -> None:
    """Rows 1 to 3. An unknown cohort is ignored."""
    own, id = bench.own, bench.trained()
    for odd in _UNKNOWN:
        rule = "schedule-listed" if str(odd or "").strip() else "schedule-given"
        refuse(own, [rule], operation, id, schedule_identifier=odd)
    odd_cohorts: Values = ("1999", "2031", "abc", "", None, 0)
    for number, cohort in enumerate(odd_cohorts):
        identifier = ("ecf-extended-january", "ecf-extended-april")[number % 2]
        act(own, operation, id, schedule_identifier=identifier, cohort=cohort)
        shows(own, id, cohort="2025", schedule_identifier=identifier)


@probe("To change the cohort takes a partnership with the school there, and the delivery partner follows.", RESCHEDULE)
def cohorts(bench: Bench, operation: str) -> None:
    """Row 9 and the effects: the one with the same delivery partner, else the newest."""
    own, school = bench.own, bench.control.v3
    first, second = bench.partners()
    identifier = "ecf-standard-september"
    for there, wanted in (((second,), second), ((second, first), first), ((first, second), first)):
        urn = school.add_school().urn
        id = bench.trained(school_urn=urn, delivery_partner_id=first)
        made = own.declare(id)
        refuse(own, ["schedule-partnership-in-cohort"], operation, id, schedule_identifier=identifier, cohort="2024")
        # Another provider's partnership doesn't help.
        theirs = bench.partners(PEER, "2024")[0]
        school.partnership(provider=PEER, school_urn=urn, cohort="2024", delivery_partner_id=theirs)
        refuse(own, ["schedule-partnership-in-cohort"], operation, id, schedule_identifier=identifier, cohort="2024")
        for partner in there:
            school.partnership(provider=OWN, school_urn=urn, cohort="2024", delivery_partner_id=partner)
            bench.tick()
        act(own, operation, id, schedule_identifier=identifier, cohort=2024)
        shows(own, id, cohort="2024", delivery_partner_id=wanted, schedule_identifier=identifier)
        shows(own, id, cohort_changed_after_payments_frozen=False)
        kept = own.declaration(made["id"])
        own.expect(kept == made["attributes"], "the declaration stays with the old period", f"{kept}")
    compare_everything(bench)


@probe("Nobody is moved into a frozen cohort, or inside it, but who came from it can go back.", RESCHEDULE)
def frozen(bench: Bench, operation: str) -> None:
    """Row 10 and the effects on `cohort_changed_after_payments_frozen`."""
    own, school = bench.own, bench.control.v3
    urn, partner = school.add_school().urn, bench.partners()[0]
    given: Any = {"school_urn": urn, "delivery_partner_id": partner}
    for cohort in ("2021", "2024"):
        school.partnership(provider=OWN, cohort=cohort, **given)
    # 2022 has been frozen since June 2025.
    id = bench.trained(cohort="2022", started_on="2022-09-01", **given)
    refuse(own, ["schedule-cohort-not-frozen"], operation, id, schedule_identifier="ecf-extended-january")
    refuse(
        own, ["schedule-cohort-not-frozen"], operation, id, schedule_identifier="ecf-standard-september", cohort="2021"
    )
    act(own, operation, id, schedule_identifier="ecf-extended-september", cohort="2024")
    shows(own, id, cohort="2024", cohort_changed_after_payments_frozen=True)
    refuse(
        own, ["schedule-cohort-not-frozen"], operation, id, schedule_identifier="ecf-extended-september", cohort="2021"
    )
    act(own, operation, id, schedule_identifier="ecf-extended-september", cohort="2022")
    shows(own, id, cohort="2022", cohort_changed_after_payments_frozen=False)
    # A freeze begins at its moment and not with its day.
    other = bench.trained(cohort="2023", started_on="2023-09-01")
    school.change_cohort("2023", payments_frozen_at="2026-02-10T12:00:00Z")
    bench.to("2026-02-10T11:59:59Z")
    act(own, operation, other, schedule_identifier="ecf-extended-january")
    bench.to("2026-02-10T12:00:00Z")
    refuse(own, ["schedule-cohort-not-frozen"], operation, other, schedule_identifier="ecf-extended-april")


@probe("Who has finished, left, or is due elsewhere keeps the schedule.", RESCHEDULE)
def too_late(bench: Bench, operation: str) -> None:
    """Rows 11 to 14."""
    own, school = bench.own, bench.control.v3
    passed, registered, gone, due, deferred, withdrawn = (bench.trained() for _ in range(6))
    school.change_induction(passed, started_on="2025-09-01", finished_on="2026-02-01", outcome="pass")
    # The register's days don't count here; but such a person counts as finished in `participant_status`.
    school.change_induction(registered, register={"completed_on": "2026-02-01"})
    school.depart(gone, role="ect", on="2026-02-10")
    school.register(participant_id=due, role="ect", provider=PEER, partnership="new", started_on="2026-05-01")
    act(own, DEFER, deferred)
    act(own, WITHDRAW, withdrawn)
    for id, rule in (
        (passed, "schedule-not-finished"),
        (gone, "schedule-not-left"),
        (due, "schedule-nothing-planned"),
        (deferred, "schedule-not-left"),
        (withdrawn, "schedule-not-left"),
    ):
        refuse(own, [rule], operation, id)
    act(own, operation, registered)
    # An ECT who has passed can still go to a reduced schedule, in place.
    act(own, operation, passed, schedule_identifier="ecf-reduced-september")
    mentor = bench.trained("mentor")
    school.change_funding(mentor, role="mentor", mentor_funding_end_date="2026-01-31")
    refuse(own, ["schedule-not-finished"], operation, mentor, "mentor")
    # Several complaints at once, in the order of the rows.
    refuse(
        own,
        ["schedule-listed", "schedule-partnership-in-cohort", "schedule-not-left"],
        operation,
        gone,
        schedule_identifier="nonsense",
        cohort="2024",
    )
    compare_everything(bench)


@probe("On the first day of a period its declarations must fit the new schedule, voided ones too.", RESCHEDULE)
def same_day(bench: Bench, operation: str) -> None:
    """Rows 7 and 8. Dates lie in milestones by London days."""
    own, id = bench.own, bench.trained(cohort="2024", started_on="2024-09-01")
    act(own, operation, id, schedule_identifier="ecf-extended-september")
    made = own.declare(id, declaration_date="2024-10-01T09:00:00Z")["id"]
    # Standard January accepts `started` from 2025-01-01.
    refuse(own, ["schedule-keeps-declarations"], operation, id, schedule_identifier="ecf-standard-january")
    own.accepted("voidDeclaration", made)
    refuse(own, ["schedule-keeps-declarations"], operation, id, schedule_identifier="ecf-standard-january")
    act(own, operation, id, schedule_identifier="ecf-standard-september")
    bench.tomorrow()
    act(own, operation, id, schedule_identifier="ecf-standard-january")


@probe("A change starts a period today, and ends the old one yesterday; before the start it changes that.", RESCHEDULE)
def periods(bench: Bench, operation: str) -> None:
    """The effects of rules 5.6, as the control API tells them."""
    own, school = bench.own, bench.control.v3
    running, leaving, joining = bench.trained(), bench.trained(), bench.trained(started_on="2026-03-01")
    school.depart(leaving, role="ect", on="2026-07-20")
    for id in (running, leaving, joining):
        act(own, operation, id)
    for id, wanted in (
        (running, [("2025-09-01", "2026-02-09"), ("2026-02-10", None)]),
        (leaving, [("2025-09-01", "2026-02-09"), ("2026-02-10", "2026-07-20")]),
        (joining, [("2026-03-01", None)]),
    ):
        [stay] = school.participant(id).stays
        came = [(f"{each.started_on}", each.finished_on and f"{each.finished_on}") for each in stay.training]
        own.expect(came == wanted, f"the training periods are {wanted}", f"they are {came}")
    shows(own, leaving, participant_status="leaving")
    shows(own, joining, participant_status="joining")
    compare_everything(bench)


PROBES: Final = (choices, unknown, cohorts, frozen, too_late, same_day, periods)
