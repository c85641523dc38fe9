"""What v1 must show of the records that the control API reports, in JSON and in CSV (rules 5.1, 5.3, 6.1, 6.3)."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from mock_server.harness.check.bench import noticed
from mock_server.harness.v1.check.bench import Bench, Sender
from mock_server.rules.moments import format_moment
from mock_server.v1.control.models import Declaration, Participant

PARTICIPANTS: Final = ("listEcfParticipants", "listParticipants")
DECLARATIONS: Final = ("listParticipantDeclarations",)
LISTS: Final = (*PARTICIPANTS, *DECLARATIONS)
# The JSON list with the same records, by the CSV list.
JSON_OF_CSV: Final = {f"{name}Csv": name for name in LISTS}
# The operation that reads one record, by the list that has it.
ALONE: Final = {**dict.fromkeys(PARTICIPANTS, "getEcfParticipant"), DECLARATIONS[0]: "getParticipantDeclaration"}

Attributes = Mapping[str, Any]

# The attributes of a participant that the control API calls by the same name, in the order of the CSV's columns.
_SHARED: Final = (
    "email",
    "full_name",
    "mentor_id",
    "school_urn",
    "participant_type",
    "cohort",
    "status",
    "teacher_reference_number",
    "teacher_reference_number_validated",
    "eligible_for_funding",
    "pupil_premium_uplift",
    "sparsity_uplift",
    "training_status",
    "schedule_identifier",
)


def participant_attributes(kept: Participant) -> dict[str, Any]:
    """What the participant's present provider must see."""
    return {name: getattr(kept, name) for name in _SHARED} | {"updated_at": format_moment(kept.updated_at)}


def declaration_attributes(kept: Declaration) -> dict[str, Any]:
    return {
        "participant_id": kept.participant_id,
        "declaration_type": kept.declaration_type,
        "course_identifier": kept.course_identifier,
        "eligible_for_payment": kept.state in ("eligible", "payable"),
        "declaration_date": format_moment(kept.declaration_date),
        "updated_at": format_moment(kept.updated_at),
        "voided": kept.state == "voided",
        "state": kept.state,
        "has_passed": None,
    }


def expected(bench: Bench, operation: str, provider: str) -> dict[str, dict[str, Any]]:
    """The attributes that a list must show, by id and in order of creation. Nobody in this world may have moved."""
    control = bench.control.v1
    if operation in DECLARATIONS:
        made = sorted(control.declarations(), key=lambda kept: kept.created_at)
        return {each.id: declaration_attributes(each) for each in made if each.provider == provider}
    added = sorted(control.participants(), key=lambda kept: kept.created_at)
    return {each.id: participant_attributes(each) for each in added if each.provider == provider}


def cell(value: object) -> str:
    """The value as a CSV reader gets it."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def rows_of(text: str) -> list[list[str]]:
    """The rows of a CSV list, without its header."""
    return list(csv.reader(io.StringIO(text, newline="")))[1:]


def row(id: str, attributes: Attributes) -> list[str]:
    return [id, *map(cell, attributes.values())]


def same_records(
    sender: Sender, shown: Sequence[Mapping[str, Any]], wanted: Mapping[str, Attributes], where: str
) -> None:
    """Raises Broken unless `shown`, the records of the last answer, are exactly those wanted, in their order.

    `where` says which list or page it is and what happened before, for the reader of the finding.
    """
    ids, expected_ids = [record["id"] for record in shown], list(wanted)
    in_order(sender, ids, expected_ids, where)
    for record in shown:
        same_attributes(sender, record["id"], record["attributes"], wanted[record["id"]], where)


def in_order(sender: Sender, ids: Sequence[str], wanted: Sequence[str], where: str) -> None:
    """Raises Broken, and names the first wrong place, unless the ids are those wanted, in their order."""
    if ids == wanted:
        return
    says = f"{where}: {len(wanted)} records, in this order: {_few(wanted)}"
    sender.expect(False, says, _first_difference(ids, wanted))


def _first_difference(ids: Sequence[str], wanted: Sequence[str]) -> str:
    if len(set(ids)) < len(ids):
        twice = next(id for number, id in enumerate(ids) if id in ids[:number])
        return f"{twice} comes twice, among {len(ids)} records"
    missing, added = set(wanted) - set(ids), set(ids) - set(wanted)
    if missing or added:
        lost = f"{len(missing)} are missing, the first is {_first(wanted, missing)}" if missing else "none is missing"
        more = f"{len(added)} don't belong there, the first is {_first(ids, added)}" if added else "none is too many"
        return f"{len(ids)} records: {lost}; {more}"
    place = next(number for number, (one, other) in enumerate(zip(ids, wanted, strict=True)) if one != other)
    return f"number {place + 1} is {ids[place]}, and {wanted[place]} should come there: it comes as number " + str(
        ids.index(wanted[place]) + 1
    )


def _first(ids: Iterable[str], among: set[str]) -> str:
    return next(id for id in ids if id in among)


def _few(ids: Sequence[str]) -> str:
    return ", ".join(ids[:4]) + (", …" if len(ids) > 4 else "") if ids else "none"


def same_attributes(sender: Sender, id: str, shown: Attributes, wanted: Attributes, where: str) -> None:
    """Raises Broken, and names the attributes, unless the record has exactly the values wanted."""
    wrong = [name for name in {**wanted, **shown} if shown.get(name, wanted) != wanted.get(name, shown)]
    sender.expect(
        not wrong,
        f"{where}: {id} has " + _told({name: wanted.get(name, "nothing") for name in wrong}),
        "it has " + _told({name: shown.get(name, "nothing") for name in wrong}),
    )


def _told(values: Attributes) -> str:
    return ", ".join(f"{name} = {value!r}" for name, value in values.items())


def same_rows(sender: Sender, text: str, wanted: Mapping[str, Attributes], where: str) -> None:
    """Raises Broken unless the CSV text has exactly these records, in their order, cell by cell."""
    shown = rows_of(text)
    in_order(sender, [cells[0] for cells in shown], list(wanted), where)
    for cells in shown:
        names = ("id", *wanted[cells[0]])
        sender.expect(len(cells) == len(names), f"{where}: {len(names)} cells a row", f"{cells[0]} has {len(cells)}")
        columns = dict(zip(names, cells, strict=True))
        right = dict(zip(names, row(cells[0], wanted[cells[0]]), strict=True))
        same_attributes(sender, cells[0], columns, right, where)


def same_everywhere(bench: Bench, provider: str, promise: str, after: str, *, alone: bool = True) -> None:
    """Reports each way of reading that doesn't show what the control API reports: lists, CSV, and records alone.

    `promise` is the probe's sentence, `after` says what happened before. Nobody in this world may have moved to
    another provider. Each way of reading has a finding of its own, because each may have a cache of its own.
    """
    sender = bench.own
    for name in LISTS:
        wanted = expected(bench, name, provider)
        where = f"{after}, {{}} shows what the control API does"
        with noticed(sender.traffic, name, promise):
            same_records(sender, sender.records(name), wanted, where.format(name))
        with noticed(sender.traffic, f"{name}Csv", promise):
            text = sender.accepted(f"{name}Csv").content
            same_rows(sender, text, wanted, where.format(f"{name}Csv"))
        if alone and name != PARTICIPANTS[1]:
            with noticed(sender.traffic, ALONE[name], promise):
                _same_alone(sender, ALONE[name], wanted, where.format(ALONE[name]))


def _same_alone(sender: Sender, operation: str, wanted: Mapping[str, Attributes], where: str) -> None:
    for id, attributes in wanted.items():
        shown = sender.accepted(operation, id).json["data"]
        sender.expect(shown["id"] == id, f"{where}: the record has the id {id}", f"its id is {shown['id']}")
        same_attributes(sender, id, shown["attributes"], attributes, where)
