"""A world of 3,001 participants: whole lists, every page, and records that stay however much comes after them.

A page may have 3,000 records (rules 5.3), so 3,001 are the fewest that need two of the largest pages.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from mock_server.harness.check.bench import OWN, noticed
from mock_server.harness.check.probes import probe
from mock_server.harness.v1.check.behaviour.actions import BREAK, OTHER_SCHEDULE
from mock_server.harness.v1.check.behaviour.declarations import VOID
from mock_server.harness.v1.check.bench import Bench, Sender, body, declaration
from mock_server.harness.v1.check.oracle import (
    ALONE,
    DECLARATIONS,
    LISTS,
    PARTICIPANTS,
    expected,
    in_order,
    rows_of,
    same_attributes,
    same_records,
    same_rows,
)

_MANY = 3001
_MANY_DECLARATIONS = 1101
_LARGEST_PAGE = 3000
_DEFAULT_PAGE = 100
# A size of pages above those that careless servers allow.
_SOME = 700
_COHORTS = ("2021", "2022", "2023")
# Every date from this schedule's first day on can be declared.
_OPEN_ENDED = "ecf-extended-september"
_DECLARED = {"declaration_date": "2023-09-20T09:00:00Z"}
_CLOCK = "2024-01-15T09:00:00Z"
# They fill the world: more connections than the server has cores bring nothing.
_AT_ONCE = 4

Ids = Sequence[str]


def _fill(bench: Bench) -> None:
    """Adds the participants. So many of them come faster over several connections, in an order of the server's."""

    def add(number: int) -> str:
        cohort = _COHORTS[number % len(_COHORTS)]
        return bench.ect(cohort=cohort, schedule_identifier=_OPEN_ENDED, full_name=f"Zoë Number {number}, of many")

    for number in range(4):
        # The first few are of the first cohort, and come one after the other.
        add(number * len(_COHORTS))
        bench.control.advance("PT1S")
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for begin in range(4, _MANY, 500):
            list(pool.map(add, range(begin, min(begin + 500, _MANY))))
            bench.control.advance("PT1S")


def _declare_many(bench: Bench, ids: Ids) -> None:
    for id in ids:
        bench.own.declare(participant_id=id, **_DECLARED)


def _whole(own: Sender, operation: str, wanted: Mapping[str, Any]) -> None:
    """Pages of the largest size joined are the whole list, with every attribute. More is treated as 3,000."""
    shown: list[Any] = []
    for number in range(1, len(wanted) // _LARGEST_PAGE + 2):
        query = {"page[page]": number, "page[per_page]": _LARGEST_PAGE + 1}
        page = own.accepted(operation, query=query).json["data"]
        due = min(_LARGEST_PAGE, len(wanted) - len(shown))
        own.expect(
            len(page) == due,
            f"rules 5.3: of {len(wanted)} records, page {number} of at most {_LARGEST_PAGE} has {due}",
            f"it has {len(page)}",
        )
        shown += page
    same_records(own, shown, wanted, f"{operation}, read in pages of {_LARGEST_PAGE}")


def _csv(own: Sender, operation: str, wanted: Mapping[str, Any]) -> None:
    text = own.accepted(f"{operation}Csv").content
    same_rows(own, text, wanted, f"{operation}Csv with {len(wanted)} records")


def _pages(
    own: Sender, operation: str, wanted: Ids, query: Mapping[str, Any], size: int, numbers: Sequence[int]
) -> None:
    """These pages of `size` records (the default: none is asked for) continue each other."""
    asked = {} if size == _DEFAULT_PAGE else {"page[per_page]": size}
    for number in numbers:
        found = _ids(own.accepted(operation, query={**query, **asked, "page[page]": number}).json["data"])
        due = list(wanted[(number - 1) * size : number * size])
        told = f" with {query}" if query else ""
        in_order(own, found, due, f"page {number} of {size} of {operation}{told}")


def _ids(records: Sequence[Any]) -> list[str]:
    return [record["id"] for record in records]


def _filters(operation: str, wanted: Mapping[str, Any], changed: Ids) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Filters with more than one default page of records, and the ids that they give. `changed` are in order."""
    ids = list(wanted)
    early = {"filter[updated_since]": "2021-01-01T00:00:00Z"}
    if operation in DECLARATIONS:
        yield {"filter[participant_id]": wanted[ids[0]]["participant_id"]}, ids[:1]
        yield early, ids
    else:
        yield early, list(changed)
        among = {id for id in ids if wanted[id]["cohort"] != "2022"}
        yield {"filter[cohort]": "2021,2023"}, [id for id in ids if id in among]
        yield {**early, "filter[cohort]": "2021,2023"}, [id for id in changed if id in among]


def _alone(own: Sender, operation: str, wanted: Mapping[str, Any]) -> None:
    """The oldest records, those around the thousandth, and the newest can be read alone."""
    ids = list(wanted)
    for id in (*ids[:3], *ids[998:1002], *ids[-2:]):
        shown = own.accepted(ALONE[operation], id).json["data"]["attributes"]
        same_attributes(own, id, shown, wanted[id], f"{ALONE[operation]}, of {len(ids)} records")


def _in_order_of_change(bench: Bench) -> list[str]:
    """Ids as filter[updated_since] sorts them. Records of one moment keep the order in which they came."""
    kept = sorted(bench.control.v1.participants(), key=lambda each: each.updated_at)
    return [each.id for each in kept]


@probe(
    "In a world of 3,001, no list loses, cuts or forgets anything, and the oldest records stay as they are.",
    clock=_CLOCK,
)
def many(bench: Bench, operation: str) -> None:
    """One world for all of it, because it takes seconds to fill. Each part reports its own first fault."""
    own = bench.own
    _fill(bench)
    people = list(expected(bench, PARTICIPANTS[0], OWN))
    with noticed(own.traffic, VOID, "A void and a report are accepted in a world of 3,001."):
        made = _old_reports(bench, people)
    bench.control.advance("PT1S")
    _declare_many(bench, people[2:_MANY_DECLARATIONS])
    changed = _in_order_of_change(bench)
    for name in LISTS:
        wanted = expected(bench, name, OWN)
        for part in _parts(name, wanted, changed):
            with noticed(own.traffic, name, f"{name} holds all of a world of 3,001."):
                part(own)
    _oldest_again(bench, people, made)


def _parts(name: str, wanted: Mapping[str, Any], changed: Ids) -> Iterator[Callable[[Sender], None]]:
    """What to look at in one list. Each large answer takes the check a second, so no more than it needs."""
    for whole in (_whole, _csv, _alone):
        yield partial(whole, operation=name, wanted=wanted)
    query: dict[str, str] = {}
    ids: Ids = list(wanted)
    for query, ids in (({}, list(wanted)), *_filters(name, wanted, changed)):
        last = max(1, -(-len(ids) // _DEFAULT_PAGE))
        numbers = sorted({1, 2, last, last + 1})
        yield partial(_pages, operation=name, wanted=ids, query=query, size=_DEFAULT_PAGE, numbers=numbers)
    yield partial(_pages, operation=name, wanted=ids, query=query, size=_SOME, numbers=(1, 2))
    yield partial(_csv_ids, operation=name, wanted=ids, query=query)


def _csv_ids(own: Sender, operation: str, wanted: Ids, query: Mapping[str, Any]) -> None:
    found = [cells[0] for cells in rows_of(own.accepted(f"{operation}Csv", query=query).content)]
    in_order(own, found, list(wanted), f"{operation}Csv with {dict(query) or 'no filter'}")


def _old_reports(bench: Bench, people: Ids) -> list[str]:
    """Reports and declarations about the first few, before everything else. Returns the declarations' ids."""
    own = bench.own
    own.accepted("deferEcfParticipant", people[0], body=body("x", **BREAK))
    own.accepted("changeEcfParticipantSchedule", people[3], body=body("x", **OTHER_SCHEDULE))
    made = [own.declare(participant_id=id, **_DECLARED)["id"] for id in people[:2]]
    bench.control.advance("PT1S")
    own.accepted(VOID, made[0])
    return made


def _oldest_again(bench: Bench, people: Ids, made: Ids) -> None:
    """The first reports and declarations still stand, after thousands of requests."""
    own = bench.own
    much = "after thousands of requests"
    with noticed(own.traffic, "getEcfParticipant", "A report stays, whatever comes after it."):
        for id, name, value in (
            (people[0], "training_status", "deferred"),
            (people[3], "schedule_identifier", OTHER_SCHEDULE["schedule_identifier"]),
        ):
            came = own.participant(id)[name]
            own.expect(came == value, f"{much}, the first participants keep {name} = {value}", f"it is {came}")
    with noticed(own.traffic, "getParticipantDeclaration", "A declaration stays, whatever comes after it."):
        for id, state in zip(made, ("voided", "submitted"), strict=True):
            came = own.declaration(id)["state"]
            own.expect(came == state, f"{much}, the state is {state}", f"it is {came}")
    with noticed(own.traffic, "createParticipantDeclaration", "A declaration holds its slot, however old it is."):
        copy = own.declare(participant_id=people[1], **_DECLARED)
        own.expect(copy["id"] == made[1], f"{much}, a copy is answered with {made[1]}", f"it is {copy['id']}")
        sent = declaration(participant_id=people[1], declaration_date="2023-09-21T09:00:00Z")
        own.refused(["declaration-slot-free"], "createParticipantDeclaration", body=sent)


PROBES = (many,)
