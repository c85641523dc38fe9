"""What both providers read after a move: in every list, CSV, filter, and alone (rules 5.4, 6.3 and 8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mock_server.harness.check.bench import OWN, PEER, noticed
from mock_server.harness.check.probes import probe
from mock_server.harness.v1.check.bench import Bench, Sender
from mock_server.harness.v1.check.oracle import (
    ALONE,
    DECLARATIONS,
    LISTS,
    PARTICIPANTS,
    in_order,
    rows_of,
    same_records,
    same_rows,
)

_SCHOOL, _ELSEWHERE = "123456", "654321"


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a provider's lists and single reads must show, by the JSON list: ids in order, and those readable alone."""

    listed: Mapping[str, Sequence[str]]
    alone: Mapping[str, Sequence[str]]


def _reads(sender: Sender, provider: str, seen: _Seen, promise: str, after: str) -> None:
    """Every way of reading shows these records, each the same everywhere."""
    for name in LISTS:
        ids = seen.listed[name]
        where = f"{after}, {{}} of {provider}"
        shown: dict[str, dict[str, Any]] = {}
        with noticed(sender.traffic, name, promise):
            records = sender.records(name)
            in_order(sender, [record["id"] for record in records], ids, where.format(name))
            shown = {record["id"]: record["attributes"] for record in records}
            early = {"filter__updated_since": "2020-01-01T00:00:00Z"}
            since = {record["id"] for record in sender.records(name, **early)}
            sender.expect(since == set(ids), f"{after}, all are changed since 2020: {len(ids)}", f"{len(since)} came")
        with noticed(sender.traffic, f"{name}Csv", promise):
            text = sender.accepted(f"{name}Csv").content
            in_order(sender, [cells[0] for cells in rows_of(text)], ids, where.format(f"{name}Csv"))
            same_rows(sender, text, shown, where.format(f"{name}Csv"))
        with noticed(sender.traffic, ALONE[name], promise):
            _alone(sender, ALONE[name], seen.alone[name], shown, where.format(ALONE[name]))


def _alone(sender: Sender, operation: str, known: Sequence[str], shown: Mapping[str, Any], where: str) -> None:
    for id in shown:
        answer = sender.send(operation, id)
        if id in known:
            sender.status(200, f"{where}: {id} is its own")
            same_records(sender, [answer.json["data"]], {id: shown[id]}, f"{where}: the record is as in the list")
        else:
            sender.status(404, f"{where}: only the list shows {id}, which another provider made (rules 6.3)")


def _of(participants: Sequence[str], declarations: Sequence[str], own: Sequence[str]) -> _Seen:
    listed = {**dict.fromkeys(PARTICIPANTS, participants), DECLARATIONS[0]: declarations}
    return _Seen(listed, {**listed, DECLARATIONS[0]: own})


_PROMISE = "After a move, each provider reads what the rules leave it, in every list, CSV and alone."


@probe(_PROMISE, *PARTICIPANTS[:1])
def both_providers(bench: Bench, operation: str) -> None:
    own, other, school = bench.own, bench.other, bench.control.v1
    stays, moves, taken = (bench.ect(school_urn=_SCHOOL, eligible_for_funding=True) for _ in range(3))
    made = [own.declare(participant_id=id)["id"] for id in (stays, moves, taken)]
    dead = own.declare(
        participant_id=moves,
        declaration_type="retained-1",
        declaration_date="2022-01-15T09:00:00Z",
        evidence_held="other",
    )["id"]
    own.accepted("voidParticipantDeclaration", dead)
    # Read everything once, so that a server which keeps answers has kept them.
    _reads(own, OWN, _of([stays, moves, taken], [*made, dead], [*made, dead]), _PROMISE, "before the moves")
    _reads(other, PEER, _of([], [], []), _PROMISE, "before the moves")
    bench.control.advance("PT1H")
    school.transfer(moves, provider=PEER, school_urn=_ELSEWHERE)
    after = f"after {moves} moved to a school of {PEER}"
    _reads(own, OWN, _of([stays, moves, taken], [*made, dead], [*made, dead]), _PROMISE, after)
    _reads(other, PEER, _of([moves], [made[1]], []), _PROMISE, after)
    bench.control.advance("PT1H")
    school.transfer(taken, provider=PEER, school_urn=_SCHOOL)
    after = f"after {PEER} took over {taken} at the same school"
    _reads(own, OWN, _of([stays, moves], [*made, dead], [*made, dead]), _PROMISE, after)
    _reads(other, PEER, _of([moves, taken], made[1:3], []), _PROMISE, after)
    _filters(other, taken, made[2])
    bench.control.advance("PT1H")
    school.set_status(moves, "withdrawn")
    after = f"after the new school removed {moves}"
    _reads(other, PEER, _of([moves, taken], [made[2]], []), _PROMISE, after)
    _reads(own, OWN, _of([stays, moves], [*made, dead], [*made, dead]), _PROMISE, after)


def _filters(sender: Sender, participant: str, made: str) -> None:
    """A declaration that was taken over is found by its participant, in JSON and in CSV."""
    query = {"filter[participant_id]": participant}
    where = f"rules 6.3: {PEER} took over the declaration of {participant}, and filters by them"
    with noticed(sender.traffic, DECLARATIONS[0], _PROMISE):
        found = [record["id"] for record in sender.accepted(DECLARATIONS[0], query=query).json["data"]]
        in_order(sender, found, [made], where)
    with noticed(sender.traffic, f"{DECLARATIONS[0]}Csv", _PROMISE):
        found = [cells[0] for cells in rows_of(sender.accepted(f"{DECLARATIONS[0]}Csv", query=query).content)]
        in_order(sender, found, [made], where)


_COHORTS = "An amended cohort moves the participant from one filter to the other, for every provider that sees them."


@probe(_COHORTS, *PARTICIPANTS)
def amended_cohorts(bench: Bench, operation: str) -> None:
    first, moved, last = (bench.ect(cohort="2021") for _ in range(3))
    other = bench.ect(cohort="2022")
    bench.control.v1.transfer(moved, provider=PEER)
    for sender in (bench.own, bench.other):
        sender.records(operation, filter__cohort="2021")
    bench.control.v1.amend_cohort(moved, "2022")
    for sender, cohort, wanted in (
        (bench.own, "2021", [first, last]),
        (bench.own, "2022", [moved, other]),
        (bench.own, "2021,2022", [first, moved, last, other]),
        (bench.other, "2021", []),
        (bench.other, "2022", [moved]),
    ):
        query = {"filter[cohort]": cohort}
        found = [record["id"] for record in sender.accepted(operation, query=query).json["data"]]
        in_order(sender, found, wanted, f"after the cohort of {moved} became 2022, filter[cohort]={cohort}")
        text = sender.accepted(f"{operation}Csv", query=query).content
        in_order(sender, [cells[0] for cells in rows_of(text)], wanted, f"filter[cohort]={cohort} in CSV")


PROBES = (both_providers, amended_cohorts)
