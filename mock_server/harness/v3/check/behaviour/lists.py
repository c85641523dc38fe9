"""Promises about lists: every record once, in order, from a moment on, page by page (rules 2.1, 2.4, 2.5, 2.6).

Most are derived from one look at the whole list, so that a token alone is enough to test them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from mock_server.harness.check.probes import probe
from mock_server.harness.v3.check.behaviour.transport import LISTS
from mock_server.harness.v3.check.bench import COHORT, Bench, Sender
from mock_server.harness.v3.check.contract import CHECK
from mock_server.rules.moments import format_moment

_DEFAULT_PAGE: Final = 100
_MOST: Final = 3000
_MOMENTS: Final = 3

Record = dict[str, Any]


def _having(parameter: str) -> tuple[str, ...]:
    return tuple(id for id in LISTS if parameter in {each["name"] for each in CHECK.operations[id].parameters})


SORTED: Final = _having("sort")
SINCE: Final = _having("filter[updated_since]")


def _ids(records: Iterable[Record]) -> list[str]:
    return [record["id"] for record in records]


def _updated(record: Record) -> datetime:
    return datetime.fromisoformat(record["attributes"]["updated_at"])


def _paged(sender: Sender, operation: str, size: int, **query: Any) -> list[Record]:
    """The records of every page of this size, joined."""
    joined: list[Record] = []
    number = 1
    while page := sender.records(operation, page__page=number, page__per_page=size, **query):
        sender.expect(len(page) <= size, f"a page has {size} records at most", f"it has {len(page)}")
        joined += page
        number += 1
        sender.expect(number < 200, "pages end with an empty one", "they go on")
    return joined


@probe("Pages hold what the list holds: every record once, in the same order.", *LISTS, seed="guide", portable=True)
def pages_join(bench: Bench, operation: str) -> None:
    whole = bench.own.records(operation)
    bench.own.expect(len(set(_ids(whole))) == len(whole), "the list has each record once", "it repeats some")
    size = max(2, len(whole) // 5)
    joined = _paged(bench.own, operation, size)
    bench.own.expect(joined == whole, "pages joined give the whole list", f"{len(joined)} of {len(whole)}")
    beyond = bench.own.records(operation, page__page=100_000)
    bench.own.expect(beyond == [], "a page past the end is empty", f"it has {len(beyond)} records")


@probe(
    "filter[updated_since] gives the records from that moment on, in order, on every page.",
    *SINCE,
    seed="guide",
    portable=True,
)
def since_every_moment(bench: Bench, operation: str) -> None:
    """Rules 2.4: at or after it."""
    own = bench.own
    whole = own.records(operation)
    moments = sorted({_updated(record) for record in whole})
    step = max(1, len(moments) // _MOMENTS)
    for moment in [*moments[::step], *moments[-1:]]:
        for at in (moment, moment + timedelta(seconds=1)):
            wanted = [record for record in whole if _updated(record) >= at]
            asked = {"filter__updated_since": format_moment(at)}
            _same(own, own.records(operation, **asked), wanted, asked)
            _same(own, _paged(own, operation, max(1, len(wanted) // 2), **asked), wanted, asked)
            if operation in SORTED and operation != "getTransfers":
                asked["sort"] = "-updated_at"
                found = _sorted(own, operation, **asked)
                # Nobody promises how records of one moment follow each other.
                falling = all(_updated(one) >= _updated(two) for one, two in pairwise(found))
                own.expect(falling, f"{asked}: the latest change comes first", "another order came")
                _same(own, sorted(found, key=whole.index), wanted, asked)


def _misplaced(found: Sequence[str], wanted: Sequence[str]) -> str:
    """Which two neighbours stand in the wrong order."""
    places = {id: place for place, id in enumerate(wanted)}
    for place, (one, two) in enumerate(pairwise(found), start=1):
        if places.get(one, 0) > places.get(two, 0):
            return f"{one} (place {place}) comes before {two} (place {place + 1})"
    return f"it gives {', '.join(found) or 'nothing'}"


def _sorted(sender: Sender, operation: str, sort: str, **query: Any) -> list[Record]:
    asked = {name.replace("__", "[") + "]": value for name, value in query.items()}
    return list(sender.accepted(operation, query={"page[per_page]": _MOST, "sort": sort, **asked}).json["data"])


def _same(sender: Sender, found: Sequence[Record], wanted: Sequence[Record], asked: Any) -> None:
    sender.expect(
        found == wanted, f"{asked}: {len(wanted)} records of the list, in this order", _difference(found, wanted)
    )


def _difference(found: Sequence[Record], wanted: Sequence[Record]) -> str:
    """Where the first difference is, for people."""
    for place, (one, other) in enumerate(zip(found, wanted, strict=False)):
        if one["id"] != other["id"]:
            return f"at place {place} is {one['id']}, not {other['id']}"
        if one != other:
            return f"the record {one['id']} differs from that of the whole list"
    return f"{len(found)} came"


@probe("filter[updated_since] without a zone is UTC, in summer too.", "getParticipants")
def since_without_a_zone(bench: Bench, operation: str) -> None:
    """Rules 2.4: this parameter alone isn't London's."""
    bench.to("2026-06-10T09:00:00Z")
    id = bench.trained()
    for text, wanted in (("2026-06-10T09:00:00", [id]), ("2026-06-10T09:00:01", []), ("2026-06-11", [])):
        found = bench.own.ids(operation, filter__updated_since=text)
        bench.own.expect(found == wanted, f"since {text} there are {wanted}", f"there are {found}")


# The keys of a sort as (attribute, descending); unknown ones are skipped (rules 2.5).
_SORTS: Final[tuple[tuple[str, tuple[tuple[str, bool], ...]], ...]] = (
    ("created_at", (("created_at", False),)),
    ("-created_at", (("created_at", True),)),
    ("updated_at", (("updated_at", False),)),
    ("-updated_at", (("updated_at", True),)),
    ("+updated_at", (("updated_at", False),)),
    (" updated_at", ()),
    ("trn,-updated_at", (("updated_at", True),)),
    ("updated_at,-created_at", (("updated_at", False), ("created_at", True))),
    ("-updated_at,created_at", (("updated_at", True), ("created_at", False))),
    ("name", ()),
    ("", ()),
)
# Lists whose records show both moments.
_SHOWING_BOTH: Final = tuple(id for id in SORTED if id not in ("getParticipants", "getTransfers"))


@probe(
    "`sort` orders by creation and by change, and skips what it doesn't know.",
    *_SHOWING_BOTH,
    seed="guide",
    portable=True,
)
def sorts(bench: Bench, operation: str) -> None:
    """Records of one moment stay in the order of creation, under a descending key too (rules 2.1)."""
    own = bench.own
    whole = own.records(operation)
    for sort, keys in _SORTS:
        wanted = list(whole)
        for attribute, descending in reversed(keys):
            wanted.sort(key=lambda record, name=attribute: record["attributes"][name], reverse=descending)  # type: ignore[misc]
        _same(own, _sorted(own, operation, sort), wanted, {"sort": sort})
        page = own.accepted(operation, query={"sort": sort, "page[page]": 2, "page[per_page]": 3}).json["data"]
        _same(own, page, wanted[3:6], {"sort": sort, "page": 2})


@probe("Participants are sorted by creation and by change.", "getParticipants")
def participants_sorted(bench: Bench, operation: str) -> None:
    ids = []
    for _ in range(4):
        ids.append(bench.trained())
        bench.tick()
    bench.control.v3.change_details(ids[1], full_name="New Name")
    first, second, third, fourth = ids
    for sort, wanted in (
        ("", ids),
        ("created_at", ids),
        ("-created_at", ids[::-1]),
        ("updated_at", [first, third, fourth, second]),
        ("-updated_at", [second, fourth, third, first]),
        ("trn,-updated_at", [second, fourth, third, first]),
        ("nonsense", ids),
    ):
        found = _ids(_sorted(bench.own, operation, sort))
        bench.own.expect(found == wanted, f"sort={sort} gives {', '.join(wanted)}", _misplaced(found, wanted))


# Parts of a sort, and where three records of one creation come when the second has changed.
_PARTS: Final = (
    ("created_at,-updated_at", (1, 0, 2)),
    ("created_at,updated_at", (0, 2, 1)),
    ("-created_at,-updated_at", (1, 0, 2)),
)


@probe("Each part of `sort` counts: a later one orders what the earlier ones leave equal.")
def every_part_of_a_sort(bench: Bench, operation: str) -> None:
    own, control = bench.own, bench.control.v3
    people = [bench.trained() for _ in range(3)]
    known = {"getParticipants": people, **{name: own.ids(name) for name in ("getPartnerships", "getSchools")}}
    urns = [record["attributes"]["urn"] for record in own.records("getPartnerships")]
    bench.tick()
    control.change_details(people[1], full_name="New Name")
    control.change_school(urns[1], name="New School", induction_tutor_name="New Tutor")
    for list_of, ids in known.items():
        for sort, places in _PARTS:
            found, wanted = _ids(_sorted(own, list_of, sort)), [ids[place] for place in places]
            own.expect(found == wanted, f"sort={sort} gives {', '.join(wanted)}", _misplaced(found, wanted))


@probe("Transfers are sorted by the participant's moments, and filtered by their own.", "getTransfers")
def transfers_sorted(bench: Bench, operation: str) -> None:
    """Rules 2.4 and 2.5."""
    ids = []
    for _ in range(2):
        ids.append(bench.trained())
        bench.tick()
    for id in ids:
        bench.control.v3.depart(id, role="ect", on="2026-01-31")
        bench.tick()
    moved = _updated(bench.own.records(operation)[0])
    # A name moves the participant and not the transfer.
    bench.control.v3.change_details(ids[0], full_name="New Name")
    for sort, wanted in (("updated_at", ids[::-1]), ("-updated_at", ids), ("-created_at", ids[::-1])):
        found = _ids(_sorted(bench.own, operation, sort))
        bench.own.expect(found == wanted, f"sort={sort} gives {', '.join(wanted)}", _misplaced(found, wanted))
    later = format_moment(moved + timedelta(seconds=1))
    found = _ids(bench.own.records(operation, filter__updated_since=later))
    bench.own.expect(found == ids[1:], "the first transfer hasn't changed since", f"{found} came")


@probe("Lists stay in the order of creation, whatever changes.")
def order_of_creation(bench: Bench, operation: str) -> None:
    """Rules 2.1."""
    own, school = bench.own, bench.control.v3
    urns = [school.add_school().urn for _ in range(3)]
    people, declarations = [], []
    for urn in urns:
        people.append(bench.trained(school_urn=urn))
        declarations.append(own.declare(people[-1])["id"])
        bench.tick()
    school.change_details(people[0], full_name="New Name")
    own.accepted("voidDeclaration", declarations[0])
    school.change_school(urns[0], name="New Name")
    for list_of, wanted in (("getParticipants", people), ("getDeclarations", declarations)):
        found = own.ids(list_of)
        own.expect(found == wanted, f"{list_of} has {wanted}", f"it has {found}")
    shown = [record["attributes"]["urn"] for record in own.records("getPartnerships")]
    own.expect(shown == urns, f"the partnerships are with {urns}", f"they are with {shown}")


@probe("A page has 100 records unless asked otherwise, and 3000 at most; no record is lost in a large list.")
def large_lists(bench: Bench, operation: str) -> None:
    """Rules 2.6."""
    control, own = bench.control, bench.own
    schools = [control.v3.add_school().id for _ in range(_MOST + 1)]
    for query, wanted in (
        ({}, schools[:_DEFAULT_PAGE]),
        ({"page[page]": 2}, schools[_DEFAULT_PAGE : 2 * _DEFAULT_PAGE]),
        ({"page[per_page]": 251}, schools[:251]),
        ({"page[per_page]": 10**9}, schools[:_MOST]),
        ({"page[per_page]": _MOST + 1}, schools[:_MOST]),
        ({"page[page]": 2, "page[per_page]": 5000}, schools[_MOST:]),
        ({"page[page]": 4, "page[per_page]": 1000}, schools[_MOST:]),
        ({"page[page]": 31}, schools[_MOST:]),
        ({"page[page]": 32}, []),
        ({"sort": "-created_at", "page[per_page]": 1}, schools[:1]),
    ):
        found = _ids(own.accepted("getSchools", query={"filter[cohort]": COHORT, **query}).json["data"])
        own.expect(found == wanted, f"{query}: {len(wanted)} schools", _missing(found, wanted))
    for id in (schools[0], schools[_MOST // 2], schools[-1]):
        own.accepted("getSchool", id)


def _missing(found: list[str], wanted: list[str]) -> str:
    place = next((n for n, (one, other) in enumerate(zip(found, wanted, strict=False)) if one != other), None)
    return f"{len(found)} came" if place is None else f"{len(found)} came, another one at place {place}"


@probe("A list of several hundred people is whole, page by page, with every filter.", "getParticipants")
def many_participants(bench: Bench, operation: str) -> None:
    own, urn = bench.own, bench.control.v3.add_school().urn
    people = [bench.trained(school_urn=urn)]
    people += [bench.trained(school_urn=urn, partnership="existing") for _ in range(260)]
    for asked in ({}, {"filter__cohort": COHORT}, {"filter__training_status": "active"}):
        for size in (_DEFAULT_PAGE, 251, _MOST):
            found = _ids(_paged(own, operation, size, **asked))
            own.expect(found == people, f"{asked}, {size} on a page: {len(people)} people", _missing(found, people))
    count = own.records("getPartnerships")[0]["attributes"]["participants_currently_training"]
    own.expect(count == len(people), f"{len(people)} are in training", f"{count} are")


PROBES: Final = (
    pages_join,
    since_every_moment,
    since_without_a_zone,
    sorts,
    participants_sorted,
    every_part_of_a_sort,
    transfers_sorted,
    order_of_creation,
    large_lists,
    many_participants,
)
