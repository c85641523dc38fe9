"""Promises about lists: every record once, in order, filtered to the second, and equal in CSV (rules 5.3, 6.3)."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

from mock_server.harness.check.bench import OWN, PEER
from mock_server.harness.check.probes import probe
from mock_server.harness.v1.check.bench import Bench, Sender
from mock_server.rules.moments import format_moment

PARTICIPANTS = ("listEcfParticipants", "listParticipants")
DECLARATIONS = ("listParticipantDeclarations",)
LISTS = (*PARTICIPANTS, *DECLARATIONS)
_JSON_OF_CSV = {
    "listEcfParticipantsCsv": "listEcfParticipants",
    "listParticipantsCsv": "listParticipants",
    "listParticipantDeclarationsCsv": "listParticipantDeclarations",
}
_DEFAULT_PAGE = 100


def _ids(records: list[dict[str, Any]]) -> list[str]:
    return [record["id"] for record in records]


def _attributes(record: dict[str, Any]) -> dict[str, Any]:
    return dict(record["attributes"])


@probe("Pages hold what the list holds: every record once, in the same order.", *LISTS, seed="guide", portable=True)
def pages_join(bench: Bench, operation: str) -> None:
    own = bench.own
    # Another server may hold thousands of records.
    whole = _ids(own.records(operation, page__per_page=200))
    size = max(2, len(whole) // 5)
    joined: list[str] = []
    while page := _ids(own.records(operation, page__page=len(joined) // size + 1, page__per_page=size)):
        joined += page
        own.expect(len(page) <= size, f"a page has {size} records at most", f"it has {len(page)}")
        if len(joined) >= len(whole):
            break
    own.expect(joined[: len(whole)] == whole, "pages joined give the whole list", f"{len(joined)} of {len(whole)}")
    own.expect(len(set(whole)) == len(whole), "the list has each record once", "it repeats some")


@probe("A page past the end is empty.", *LISTS, seed="guide", portable=True)
def past_the_end(bench: Bench, operation: str) -> None:
    found = bench.own.records(operation, page__page=100_000)
    bench.own.expect(found == [], "the page is empty", f"it has {len(found)} records")


@probe("A page has 100 records unless asked otherwise, and 3000 at most.", "listEcfParticipants")
def page_sizes(bench: Bench, operation: str) -> None:
    for _ in range(_DEFAULT_PAGE + 1):
        bench.ect()
    own = bench.own
    for query, wanted in (
        ({}, _DEFAULT_PAGE),
        ({"page[page]": 2}, 1),
        ({"page[per_page]": 1}, 1),
        ({"page[per_page]": _DEFAULT_PAGE + 1}, _DEFAULT_PAGE + 1),
        ({"page[per_page]": 10**9}, _DEFAULT_PAGE + 1),
    ):
        found = own.accepted(operation, query=query).json["data"]
        own.expect(len(found) == wanted, f"the page has {wanted} records", f"it has {len(found)}")


@probe("Participants come in the order in which they were added.", *PARTICIPANTS)
def participants_in_order(bench: Bench, operation: str) -> None:
    added = [bench.ect(), bench.ect(), bench.ect()]
    # A change doesn't move a participant in the list.
    bench.control.advance("PT1H")
    bench.control.v1.register(added[0], email="new@example.org")
    found = _ids(bench.own.records(operation))
    bench.own.expect(found == added, f"the order is {added}", f"it is {found}")


@probe("Declarations come in the order in which they were made.", *DECLARATIONS)
def declarations_in_order(bench: Bench, operation: str) -> None:
    made = [bench.own.declare(participant_id=bench.ect(eligible_for_funding=True))["id"] for _ in range(3)]
    bench.control.advance("PT1H")
    bench.own.accepted("voidParticipantDeclaration", made[0])
    found = _ids(bench.own.records(operation))
    bench.own.expect(found == made, f"the order is {made}", f"it is {found}")


@probe("filter[cohort] gives exactly the participants of the cohorts named.", *PARTICIPANTS, seed="guide")
def cohorts(bench: Bench, operation: str) -> None:
    own = bench.own
    everybody = own.records(operation)
    for wanted in ("2021", "2022", "2021,2022", "2022, 2021", "1999", "nothing"):
        years = {year.strip() for year in wanted.split(",")}
        expected = [r["id"] for r in everybody if _attributes(r)["cohort"] in years]
        found = _ids(own.records(operation, filter__cohort=wanted))
        own.expect(found == expected, f"{len(expected)} participants are of {wanted}", f"{len(found)} came")


def _changed_at(record: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(_attributes(record)["updated_at"])


@probe("filter[updated_since] on participants includes its own moment, and sorts by change.", *PARTICIPANTS)
def participants_since(bench: Bench, operation: str) -> None:
    ids = []
    for _ in range(4):
        ids.append(bench.ect())
        bench.control.advance("PT1S")
    bench.control.v1.register(ids[1], email="new@example.org")
    in_order = [ids[0], ids[2], ids[3], ids[1]]
    own = bench.own
    moments = {r["id"]: _changed_at(r) for r in own.records(operation)}
    for place, id in enumerate(in_order):
        at = moments[id]
        _since(own, operation, format_moment(at), in_order[place:], "at or after it")
        _since(own, operation, format_moment(at + timedelta(seconds=1)), in_order[place + 1 :], "at or after it")
    # The same moment, written with another offset.
    shifted = f"{(moments[ids[3]] + timedelta(hours=1)):%Y-%m-%dT%H:%M:%S}+01:00"
    _since(own, operation, shifted, in_order[2:], "at or after it, in any zone")


@probe("filter[updated_since] on declarations leaves out its own moment.", *DECLARATIONS)
def declarations_since(bench: Bench, operation: str) -> None:
    own = bench.own
    made = []
    for _ in range(3):
        made.append(own.declare(participant_id=bench.ect())["id"])
        bench.control.advance("PT1S")
    moments = {r["id"]: _changed_at(r) for r in own.records(operation)}
    for place, id in enumerate(made):
        _since(own, operation, format_moment(moments[id]), made[place + 1 :], "after it")
        before = format_moment(moments[id] - timedelta(seconds=1))
        _since(own, operation, before, made[place:], "after it")


@probe("filter[updated_since] on declarations counts fractions of a second, so a poll misses nothing.", *DECLARATIONS)
def declarations_within_a_second(bench: Bench, operation: str) -> None:
    own, control = bench.own, bench.control
    control.set_clock(now="2023-04-15T09:00:00.25Z", running=False)
    first = own.declare(participant_id=bench.ect())
    seen = first["attributes"]["updated_at"]
    own.expect(seen == "2023-04-15T09:00:00Z", "updated_at is shown in whole seconds", f"it is {seen}")
    control.set_clock(now="2023-04-15T09:00:00.75Z")
    second = own.declare(participant_id=bench.ect())
    for since, expected in (
        (seen, [first["id"], second["id"]]),
        ("2023-04-15T09:00:00.25Z", [second["id"]]),
        ("2023-04-15T09:00:00.5Z", [second["id"]]),
        ("2023-04-15T09:00:00.75Z", []),
    ):
        _since(own, operation, since, expected, "after it, to the fraction")


@probe("The filters count when one participant is read: who doesn't fit is unknown.", "getEcfParticipant")
def filters_of_one(bench: Bench, operation: str) -> None:
    own, id = bench.own, bench.ect()
    changed = datetime.fromisoformat(own.participant(id)["updated_at"])
    later = format_moment(changed + timedelta(seconds=1))
    for query, status in (
        ({"filter[cohort]": "2021"}, 200),
        ({"filter[cohort]": "2022"}, 404),
        ({"filter[updated_since]": format_moment(changed)}, 200),
        ({"filter[updated_since]": later}, 404),
        ({"filter[updated_since]": "yesterday"}, 400),
    ):
        own.send(operation, id, query=query)
        own.status(status, f"the query is {query}")


def _since(own: Sender, operation: str, moment: str, expected: list[str], why: str) -> None:
    found = _ids(own.records(operation, filter__updated_since=moment))
    own.expect(found == expected, f"since {moment}: {len(expected)} records, {why}", f"{found} came, not {expected}")


@probe("Every change of a record moves its updated_at to the moment of the change.", "getEcfParticipant")
def changes_are_dated(bench: Bench, operation: str) -> None:
    id, own = bench.ect(), bench.own
    reports: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("deferEcfParticipant", "participant-defer", {"reason": "other"}),
        ("resumeEcfParticipant", "participant-resume", {}),
        ("changeEcfParticipantSchedule", "x", {"schedule_identifier": "ecf-reduced-april", "cohort": "2021"}),
        ("withdrawEcfParticipant", "participant-withdraw", {"reason": "other"}),
    )
    for report, type, attributes in reports:
        now = bench.control.advance("PT1M").now
        sent = {"data": {"type": type, "attributes": {"course_identifier": "ecf-induction", **attributes}}}
        own.accepted(report, id, body=sent)
        came = own.participant(id)["updated_at"]
        own.expect(came == format_moment(now), f"updated_at is {format_moment(now)} after {report}", f"it is {came}")


@probe("filter[participant_id] gives exactly that participant's declarations.", *DECLARATIONS, seed="guide")
def declarations_of_one(bench: Bench, operation: str) -> None:
    own = bench.own
    everything = own.records(operation)
    for id in {_attributes(record)["participant_id"] for record in everything[:40]}:
        expected = [r["id"] for r in everything if _attributes(r)["participant_id"] == id]
        for written in (id, id.upper()):
            found = _ids(own.records(operation, filter__participant_id=written))
            own.expect(found == expected, f"the participant has {len(expected)} declarations", f"{len(found)} came")
    nobody = own.records(operation, filter__participant_id="00000000-0000-4000-8000-000000000000")
    own.expect(nobody == [], "an unknown participant has none", f"{len(nobody)} came")


@probe("A CSV list has the records of the JSON list, cell by cell.", *_JSON_OF_CSV, seed="guide", portable=True)
def csv_is_the_list(bench: Bench, operation: str) -> None:
    own = bench.own
    queries: list[dict[str, Any]] = [{}, {"filter__updated_since": "2022-01-01T00:00:00Z"}]
    if operation != "listParticipantDeclarationsCsv":
        queries.append({"filter__cohort": "2022"})
    for query in queries:
        expected = [_row(record) for record in own.records(_JSON_OF_CSV[operation], **query)]
        # The server ignores the page parameters.
        text = own.accepted(operation, query=_written(query) | {"page[per_page]": 1}).content
        rows = list(csv.reader(io.StringIO(text, newline="")))
        own.expect(rows[1:] == expected, f"{len(expected)} rows, as in the list", _difference(rows[1:], expected))


def _written(query: dict[str, Any]) -> dict[str, Any]:
    return {name.replace("__", "[") + "]": value for name, value in query.items()}


def _row(record: dict[str, Any]) -> list[str]:
    return [record["id"], *(_cell(value) for value in _attributes(record).values())]


def _cell(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _difference(rows: list[list[str]], expected: list[list[str]]) -> str:
    for number, (row, wanted) in enumerate(zip(rows, expected, strict=False), start=1):
        if row != wanted:
            return f"row {number} is {','.join(row)}, not {','.join(wanted)}"
    return f"{len(rows)} rows came"


@probe("In CSV null is written as a pair of quotes, and no records as nothing at all.", *_JSON_OF_CSV)
def csv_to_the_letter(bench: Bench, operation: str) -> None:
    own = bench.own
    empty = own.accepted(operation).content
    own.expect(empty == "", "an empty list is an empty body", f"it is {empty!r}")
    own.declare(participant_id=bench.ect(full_name='Ada "Countess", King'))
    text = own.accepted(operation).content
    cells = text.splitlines()[1].split(",")
    own.expect('""' in cells, 'null is written ""', f"the row is {text.splitlines()[1]}")
    own.expect(text.endswith("\n"), "the last row ends with a line feed", "it doesn't")


@probe("The older path lists the same participants.", "listParticipants", seed="guide", portable=True)
def older_list(bench: Bench, operation: str) -> None:
    newer = bench.own.records("listEcfParticipants", page__per_page=200)
    older = bench.own.records(operation, page__per_page=200)
    bench.own.expect(older == newer, "both lists are the same", "they differ")


@probe("A record read alone is the record in the list.", "getEcfParticipant", seed="guide", portable=True)
def one_is_as_in_the_list(bench: Bench, operation: str) -> None:
    own = bench.own
    for record in own.records("listEcfParticipants", page__per_page=12):
        for id in (record["id"], record["id"].upper()):
            alone = own.accepted(operation, id).json["data"]
            own.expect(alone == record, "the record is as in the list", "it differs")


@probe("A declaration read alone is the record in the list.", "getParticipantDeclaration", seed="guide", portable=True)
def own_declaration_is_as_in_the_list(bench: Bench, operation: str) -> None:
    own = bench.own
    for record in own.records("listParticipantDeclarations", page__per_page=40):
        response = own.send(operation, record["id"])
        # Only the list shows an earlier provider's declaration.
        if response.status != 404:
            own.status(200, "the declaration is in the list")
            own.expect(response.json["data"] == record, "the record is as in the list", "it differs")


@probe("The flags of a declaration follow from its state.", *DECLARATIONS, seed="guide", portable=True)
def flags(bench: Bench, operation: str) -> None:
    for record in bench.own.records(operation, page__per_page=200):
        found = _attributes(record)
        state = found["state"]
        wanted = (state in ("eligible", "payable"), state == "voided", None)
        came = (found["eligible_for_payment"], found["voided"], found["has_passed"])
        bench.own.expect(came == wanted, f"{state}: eligible_for_payment, voided, has_passed are {wanted}", f"{came}")


@probe("Every record of the list is the provider's own, or one that it took over.", *LISTS, seed="guide")
def lists_are_complete(bench: Bench, operation: str) -> None:
    """Compares the lists with the records that the control API reports."""
    sandbox = bench.control
    for provider, sender in ((OWN, bench.own), (PEER, bench.other)):
        kept: Any = sandbox.v1.declarations() if operation in DECLARATIONS else sandbox.v1.participants()
        expected = {record.id for record in kept if record.provider == provider}
        found = set(_ids(sender.records(operation)))
        sender.expect(found == expected, f"{provider} has {len(expected)} records", f"{len(found)} came")


PROBES = (
    pages_join,
    past_the_end,
    page_sizes,
    participants_in_order,
    declarations_in_order,
    cohorts,
    participants_since,
    declarations_since,
    declarations_within_a_second,
    filters_of_one,
    changes_are_dated,
    declarations_of_one,
    csv_is_the_list,
    csv_to_the_letter,
    older_list,
    one_is_as_in_the_list,
    own_declaration_is_as_in_the_list,
    flags,
    lists_are_complete,
)
