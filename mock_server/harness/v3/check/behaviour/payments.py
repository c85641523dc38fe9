"""The way of a declaration to payment and back, statements, and the completion of mentors (rules 5.9, 6.1 and 6.2)."""

from collections.abc import Iterator
from typing import Any, Final

from mock_server.harness.check.bench import OWN
from mock_server.harness.check.probes import probe
from mock_server.harness.v3.check.behaviour.acts import shows
from mock_server.harness.v3.check.behaviour.shown import compare_everything
from mock_server.harness.v3.check.bench import DECLARE, VOID, Bench, Sender, declaration

_GET: Final = "getDeclaration"
# The roads to each state, and what a void makes of it. None: it is refused (rules 5.9 and 6.1).
_STATES: Final[dict[str, tuple[tuple[str, ...], str | None]]] = {
    "submitted": ((), "voided"),
    "eligible": (("eligible",), "voided"),
    "payable": (("eligible", "payable"), "voided"),
    "paid": (("eligible", "payable", "paid"), "awaiting-clawback"),
    "voided": (("voided",), None),
    "awaiting-clawback": (("eligible", "payable", "paid", "awaiting-clawback"), None),
    "clawed-back": (("eligible", "payable", "paid", "awaiting-clawback", "clawed-back"), None),
}
_BLOCKING: Final = ("submitted", "eligible", "payable", "paid")


def _is(sender: Sender, id: str, **wanted: Any) -> None:
    shown = sender.declaration(id)
    came = {name: shown[name] for name in wanted}
    sender.expect(came == wanted, f"it shows {wanted}", f"it shows {came}")


@probe("A void follows the table of states, is saved, and frees the type.", VOID)
def voids(bench: Bench, operation: str) -> None:
    own = bench.own
    for state, (road, becomes) in _STATES.items():
        id = bench.trained()
        made = own.declare(id)["id"]
        for step in road:
            bench.control.v3.set_declaration_state(made, step)
        before = own.declaration(made)
        own.expect(before["state"] == state, f"the state is {state}", f"it is {before['state']}")
        if state in _BLOCKING:
            own.refused(["declaration-type-free"], DECLARE, body=declaration(id))
        now = bench.tick()
        if becomes is None:
            own.refused_whole(
                ("getDeclarations",),
                ["void-not-voided" if state == "voided" else "void-not-clawed-back"],
                operation,
                made,
            )
        else:
            answered = own.accepted(operation, made).json["data"]["attributes"]
            _is(own, made, state=becomes, updated_at=now)
            own.expect(answered == own.declaration(made), "the answer is the record", f"{answered}")
            # A voided one is on no statement any more; a paid one stays on its own.
            kept = None if becomes == "voided" else before["statement_id"]
            _is(own, made, statement_id=kept, evidence_held=before["evidence_held"])
        now_is = own.declaration(made)["state"]
        own.send(DECLARE, body=declaration(id))
        own.status(200, f"the type is free when the first is {now_is}")
    compare_everything(bench)


# Statements of 2025 by rules and schedules 5: deadline, payment date and the moments around them (rules 6.1, 6.5).
_RUNS: Final = (
    ("2026-03-31T23:59:59Z", "eligible", False),
    ("2026-04-01T00:00:00Z", "payable", False),
    ("2026-04-24T23:59:59Z", "payable", False),
    ("2026-04-25T00:00:00Z", "paid", True),
)


@probe("Deadline and payment date move the declarations of a statement, and the statement.", _GET)
def payment_runs(bench: Bench, operation: str) -> None:
    own = bench.own
    made = own.declare(bench.eligible(bench.trained()))["id"]
    waiting = own.declare(bench.trained())["id"]
    statement = own.declaration(made)["statement_id"]
    wanted = {"month": "April", "year": "2026", "cut_off_date": "2026-03-31", "payment_date": "2026-04-25"}
    shown = own.shown("getStatement", statement)
    came = {name: shown[name] for name in wanted}
    own.expect(came == wanted, f"it is on the statement {wanted}", f"it is on {came}")
    moved = shown["updated_at"]
    for moment, state, paid in _RUNS:
        bench.to(moment)
        _is(own, made, state=state, statement_id=statement)
        _is(own, waiting, state="submitted", statement_id=None)
        shown = own.shown("getStatement", statement)
        own.expect(shown["paid"] is paid, f"paid is {paid} at {moment}", f"it is {shown['paid']}")
        changes = state != "eligible" and moment.endswith("00:00:00Z")
        moved = moment if changes else moved
        own.expect(shown["updated_at"] == moved, f"the statement moved at {moved}", f"at {shown['updated_at']}")
    _is(own, made, updated_at="2026-04-25T00:00:00Z")
    compare_everything(bench)


@probe("A statement without declarations is never paid.", "getStatements")
def empty_statements(bench: Bench, operation: str) -> None:
    """Rules 6.2. The seed's own are paid two months after their payment date (schedules 5)."""

    def paid() -> list[str]:
        return [each["id"] for each in bench.own.records(operation) if each["attributes"]["paid"]]

    before = paid()
    bench.to("2027-01-01T09:00:00Z")
    bench.own.expect(paid() == before, f"{len(before)} statements are paid, as before", f"{len(paid())} are")


@probe("A paid declaration is clawed back by the next statement, and not without one.", VOID)
def clawback(bench: Bench, operation: str) -> None:
    """Rules 5.9 and 6.1."""
    own, control = bench.own, bench.control
    people = [bench.eligible(bench.trained()) for _ in range(3)]
    made, other, third = (own.declare(id)["id"] for id in people)
    first = own.declaration(made)["statement_id"]
    bench.to("2026-04-25T00:00:00Z")
    now = bench.tick()
    own.accepted(operation, made)
    second = own.declaration(made)["clawback_statement_id"]
    _is(own, made, state="awaiting-clawback", statement_id=first, updated_at=now)
    shown = own.shown("getStatement", second)
    own.expect(shown["cut_off_date"] == "2026-07-31", "the next statement takes it back", f"{shown}")
    for moment, state in (
        ("2026-08-01T00:00:00Z", "awaiting-clawback"),
        ("2026-08-24T23:59:59Z", "awaiting-clawback"),
        ("2026-08-25T00:00:00Z", "clawed-back"),
    ):
        bench.to(moment)
        _is(own, made, state=state, statement_id=first, clawback_statement_id=second)
    # The last deadline of 2025 is 31 July 2028, in London.
    bench.to("2028-07-31T22:59:59Z")
    own.accepted(operation, third)
    bench.to("2028-07-31T23:00:00Z")
    own.refused_whole(("getDeclarations",), ["void-clawback-statement"], operation, other)
    control.v3.add_statement(provider=OWN, cohort="2025", month=11, year=2028)
    own.accepted(operation, other)
    compare_everything(bench)


@probe("A submitted declaration becomes eligible when the role does, and stays so.", _GET)
def funding_confirmed(bench: Bench, operation: str) -> None:
    """Rules 6.1: attached to the next output statement."""
    own, id = bench.own, bench.trained()
    made = own.declare(id)["id"]
    _is(own, made, state="submitted", statement_id=None)
    now = bench.tick()
    # An induction that runs today makes an ECT eligible (rules 3.1).
    bench.control.v3.change_induction(id, started_on="2025-09-01")
    statement = own.ids("getStatements", filter__cohort="2025")[2]
    _is(own, made, state="eligible", statement_id=statement, updated_at=now)
    shows(own, id, eligible_for_funding=True, overall_induction_start_date="2025-09-01", updated_at=now)
    # A mentor is eligible from the registration on.
    mentor = bench.trained("mentor")
    _is(own, own.declare(mentor, "mentor")["id"], state="eligible", statement_id=statement)
    compare_everything(bench)


@probe("Statements are those of January, April, August and November, by payment date.", "getStatements")
def statements(bench: Bench, operation: str) -> None:
    """Schedules 5, and 4: service fees are never shown."""
    for cohort in range(2021, 2027):
        shown = [each["attributes"] for each in bench.own.records(operation, filter__cohort=cohort)]
        came = [(each["month"], each["year"], each["cut_off_date"], each["payment_date"]) for each in shown]
        wanted = list(_published(cohort))
        bench.own.expect(came == wanted, f"{cohort} has {wanted}", f"it has {came}")
    everything = [each["attributes"]["payment_date"] for each in bench.own.records(operation)]
    bench.own.expect(everything == sorted(everything), "they are ordered by payment date", "they aren't")
    service = next(each for each in bench.control.v3.statements() if each.fee_type == "service")
    bench.own.send("getStatement", service.id)
    bench.own.status(404, "a statement for service fees is unknown")


# Month, its name and the last day of the month before.
_OUTPUT: Final = ((11, "November", "10-31"), (1, "January", "12-31"), (4, "April", "03-31"), (8, "August", "07-31"))


def _published(cohort: int) -> Iterator[tuple[str, str, str, str]]:
    """The twelve output statements of a cohort, from November of its year on."""
    for later in range(3):
        for month, name, before in _OUTPUT:
            year = cohort + later + (month != 11)
            deadline = year - 1 if month == 1 else year
            yield name, str(year), f"{deadline}-{before}", f"{year}-{month:02}-25"


_COMPLETED: Final[dict[str, Any]] = {
    "declaration_type": "completed",
    "declaration_date": "2026-01-20T09:00:00Z",
    "evidence_held": "75-percent-engagement-met",
}


@probe("A mentor's completion ends funding and training on its date, and a void undoes both.", VOID)
def mentor_completes(bench: Bench, operation: str) -> None:
    """Rules 5.9, mentor completion."""
    own, id = bench.own, bench.trained("mentor")
    before = own.participant(id)["updated_at"]
    shows(own, id, "mentor", mentor_funding_end_date=None, eligible_for_funding=True)
    now = bench.tick()
    made = own.declare(id, "mentor", **_COMPLETED)["id"]
    shows(
        own,
        id,
        "mentor",
        updated_at=now,
        mentor_funding_end_date="2026-01-20",
        mentor_ineligible_for_funding_reason="completed_declaration_received",
        participant_status="active",
        training_status="active",
        eligible_for_funding=True,
    )
    own.expect(before != now, "the participant moved", "it didn't")
    compare_everything(bench)
    now = bench.tick()
    own.accepted(operation, made)
    shows(
        own,
        id,
        "mentor",
        updated_at=now,
        mentor_funding_end_date=None,
        mentor_ineligible_for_funding_reason=None,
        participant_status="active",
    )
    [stay] = bench.control.v3.participant(id).stays
    came = [(f"{each.started_on}", each.finished_on and f"{each.finished_on}") for each in stay.training]
    wanted = [("2025-09-01", "2026-01-20"), ("2026-01-21", None)]
    own.expect(came == wanted, f"training goes on: {wanted}", f"it is {came}")
    # An ECT's completion ends nothing.
    ect = bench.trained()
    own.declare(ect, **_COMPLETED)
    shows(own, ect, participant_status="active", mentor_funding_end_date=None)
    compare_everything(bench)


@probe("A completion that is clawed back is undone like one that is voided.", VOID)
def completion_clawed_back(bench: Bench, operation: str) -> None:
    own, id = bench.own, bench.trained("mentor")
    made = own.declare(id, "mentor", **_COMPLETED)["id"]
    for state in ("payable", "paid"):
        bench.control.v3.set_declaration_state(made, state)
    shows(own, id, "mentor", mentor_funding_end_date="2026-01-20")
    own.accepted(operation, made)
    _is(own, made, state="awaiting-clawback")
    shows(own, id, "mentor", mentor_funding_end_date=None, mentor_ineligible_for_funding_reason=None)
    compare_everything(bench)


PROBES: Final = (
    voids,
    payment_runs,
    empty_statements,
    clawback,
    funding_confirmed,
    statements,
    mentor_completes,
    completion_clawed_back,
)
