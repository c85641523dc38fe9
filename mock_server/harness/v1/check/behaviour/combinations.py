"""Filters, pages and orders together: each combination gives what a model of the lists says (rules 5.3, 6.3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import product
from typing import Any
from urllib.parse import quote

from mock_server.harness.check.probes import probe
from mock_server.harness.v1.check.bench import Bench, Sender
from mock_server.harness.v1.check.oracle import DECLARATIONS, JSON_OF_CSV, PARTICIPANTS, in_order, rows_of
from mock_server.rules.moments import format_moment

_COHORTS = (None, "2021", "2022,2023", "2023,2021", "1999")
_PAGE_SIZES = (1, 3, 5)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A record as the model knows it. `changed` orders the changes of one moment."""

    id: str
    group: str
    updated_at: datetime
    changed: int


def _participants(bench: Bench) -> list[_Listed]:
    """Adds twelve people of three cohorts and changes some later. Returns them in order of creation."""
    cohorts = ("2021", "2022", "2021", "2023", "2021", "2022", "2023", "2021", "2022", "2021", "2023", "2022")
    ids = []
    for number, cohort in enumerate(cohorts):
        # Two of each three come at the same moment.
        if number % 3 == 0:
            bench.control.advance("PT1M")
        ids.append(bench.ect(cohort=cohort))
    order = list(range(len(ids)))
    for place in (7, 1, 4, 10):
        bench.control.advance("PT1M")
        bench.control.v1.update_details(ids[place], pupil_premium_uplift=True)
        order.remove(place)
        order.append(place)
    moments = {kept.id: kept.updated_at for kept in bench.control.v1.participants()}
    return [_Listed(id, cohorts[n], moments[id], order.index(n)) for n, id in enumerate(ids)]


def _declarations(bench: Bench) -> list[_Listed]:
    """Makes ten declarations for three people and voids some later. Returns them in order of creation."""
    own = bench.own
    people = [bench.ect(schedule_identifier="ecf-extended-september") for _ in range(3)]
    made = []
    for number in range(10):
        if number % 2 == 0:
            bench.control.advance("PT1M")
        kind = ("started", "retained-1", "retained-2", "retained-3")[number // 3]
        made.append(own.declare(participant_id=people[number % 3], declaration_type=kind, evidence_held="other")["id"])
    for place in (6, 0, 3):
        bench.control.advance("PT1M")
        own.accepted("voidParticipantDeclaration", made[place])
    kept = {each.id: each for each in bench.control.v1.declarations()}
    return [_Listed(id, kept[id].participant_id, kept[id].updated_at, n) for n, id in enumerate(made)]


def _moments(records: Sequence[_Listed]) -> list[datetime | None]:
    """No moment, each moment at which something changed, and the seconds around the middle one."""
    moments = sorted({record.updated_at for record in records})
    middle = moments[len(moments) // 2]
    return [None, moments[0] - _SECOND, *moments, middle - _SECOND, middle + _SECOND, moments[-1] + _SECOND]


def _asked(groups: str | None, since: datetime | None, by: str) -> dict[str, str]:
    return ({by: groups} if groups else {}) | ({"filter[updated_since]": format_moment(since)} if since else {})


def _of_groups(records: Sequence[_Listed], groups: str | None) -> list[_Listed]:
    return [record for record in records if groups is None or record.group in groups.split(",")]


def _participants_wanted(records: Sequence[_Listed], cohorts: str | None, since: datetime | None) -> list[str]:
    chosen = [record for record in _of_groups(records, cohorts) if since is None or record.updated_at >= since]
    if since is not None:
        chosen.sort(key=lambda record: (record.updated_at, record.changed))
    return [record.id for record in chosen]


def _declarations_wanted(records: Sequence[_Listed], participant: str | None, since: datetime | None) -> list[str]:
    chosen = _of_groups(records, participant)
    return [record.id for record in chosen if since is None or record.updated_at > since]


def _written(query: dict[str, Any]) -> str:
    return "&".join(f"{name}={value}" for name, value in query.items()) or "no filter"


def _pages(own: Sender, operation: str, query: dict[str, Any], wanted: Sequence[str], sizes: Sequence[int]) -> None:
    """Each page has its part of what is wanted, in its order, whatever the size of pages."""
    for size in sizes:
        for number, first in enumerate(range(0, len(wanted) + 1, size), start=1):
            paged = {**query, "page[page]": number, "page[per_page]": size}
            found = [record["id"] for record in own.accepted(operation, query=paged).json["data"]]
            in_order(own, found, list(wanted[first : first + size]), f"page {number} of {size} with {_written(query)}")


def _whole(own: Sender, operation: str, query: dict[str, Any], wanted: Sequence[str]) -> None:
    found = [record["id"] for record in own.accepted(operation, query=query).json["data"]]
    in_order(own, found, list(wanted), f"{operation} with {_written(query)}")


def _csv(own: Sender, operation: str, query: dict[str, Any], wanted: Sequence[str]) -> None:
    found = [cells[0] for cells in rows_of(own.accepted(operation, query=query).content)]
    in_order(own, found, list(wanted), f"{operation} with {_written(query)}")


def _combined(bench: Bench, operation: str) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Each combination of filters, with the ids that the list must show then."""
    if operation in PARTICIPANTS:
        people = _participants(bench)
        for cohorts, since in product(_COHORTS, _moments(people)):
            yield _asked(cohorts, since, "filter[cohort]"), _participants_wanted(people, cohorts, since)
    else:
        made = _declarations(bench)
        nobody = "00000000-0000-4000-8000-000000000000"
        groups = [None, *dict.fromkeys(record.group for record in made), nobody]
        for participant, since in product(groups, _moments(made)):
            yield _asked(participant, since, "filter[participant_id]"), _declarations_wanted(made, participant, since)


@probe(
    "Filters count together, on every page, and each page continues the order of the one before.",
    *PARTICIPANTS,
    *DECLARATIONS,
)
def filters_and_pages(bench: Bench, operation: str) -> None:
    for number, (query, wanted) in enumerate(list(_combined(bench, operation))):
        _whole(bench.own, operation, query, wanted)
        # The sizes take turns, so that each meets every filter.
        _pages(bench.own, operation, query, wanted, _PAGE_SIZES[number % 3 : number % 3 + 1])


@probe(
    "A CSV list has the records of the JSON list, in the same order, with every combination of filters.", *JSON_OF_CSV
)
def filters_of_csv(bench: Bench, operation: str) -> None:
    for query, wanted in list(_combined(bench, JSON_OF_CSV[operation])):
        _csv(bench.own, operation, query, wanted)


def _forms(moment: datetime) -> Iterator[tuple[str, str]]:
    """The same moment in each form that filter[updated_since] accepts, as it stands in the query string."""
    for hours, minutes in ((1, 0), (-5, 0), (5, 30)):
        sign = "+" if hours > 0 else "-"
        shifted = moment.astimezone(timezone(timedelta(hours=hours, minutes=minutes)))
        local, offset = f"{shifted:%Y-%m-%dT%H:%M:%S}", f"{sign}{abs(hours):02}:{minutes:02}"
        yield "with an offset", quote(f"{local}{offset}", safe="")
        yield "with an offset without a colon", quote(f"{local}{offset.replace(':', '')}", safe="")
        yield "with an offset, encoded twice", quote(quote(f"{local}{offset}", safe=""), safe="")
        if not minutes:
            yield "with an offset in hours", quote(f"{local}{sign}{abs(hours):02}", safe="")
    plain = f"{moment:%Y-%m-%dT%H:%M:%S}"
    yield "in UTC", quote(f"{plain}Z", safe="")
    yield "in UTC, encoded twice", quote(quote(f"{plain}Z", safe=""), safe="")
    yield "without a zone", quote(plain, safe="")
    yield "with a fraction", quote(f"{plain}.000Z", safe="")
    yield "with a fraction after a comma", quote(f"{plain},000Z", safe="")


@probe(
    "A moment means the same in every form: with offsets, encoded twice, without a zone, or as a date.",
    *PARTICIPANTS,
    *DECLARATIONS,
    *JSON_OF_CSV,
)
def forms_of_moments(bench: Bench, operation: str) -> None:
    own, of = bench.own, JSON_OF_CSV.get(operation, operation)
    in_summer = "2022-07-01T00:30:00Z"
    bench.control.set_clock(now=in_summer, running=False)
    records = _declarations(bench) if of in DECLARATIONS else _participants(bench)
    wanted_of = _declarations_wanted if of in DECLARATIONS else _participants_wanted
    moment = sorted({record.updated_at for record in records})[2]
    wanted = wanted_of(records, None, moment)
    path = own.traffic.check.operations[operation].path
    for form, text in _forms(moment):
        _read(own, f"{path}?filter[updated_since]={text}", operation, wanted, f"{moment:%H:%M:%S} UTC, {form}")
    # A date alone is its midnight in UTC. Everybody was added on the first day.
    for day in ("2022-07-01", "2022-07-02"):
        at_midnight = wanted_of(records, None, datetime.fromisoformat(f"{day}T00:00:00Z"))
        _read(own, f"{path}?filter[updated_since]={day}", operation, at_midnight, f"the date {day}")


def _read(own: Sender, target: str, operation: str, wanted: Sequence[str], what: str) -> None:
    answer = own.raw("GET", target)
    own.status(200, f"filter[updated_since] is {what}, which can be read")
    found = (
        [cells[0] for cells in rows_of(answer.content)]
        if operation in JSON_OF_CSV
        else [record["id"] for record in answer.json["data"]]
    )
    in_order(own, found, wanted, f"filter[updated_since] is {what}")


PROBES = (filters_and_pages, filters_of_csv, forms_of_moments)
