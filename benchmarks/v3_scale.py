"""What becomes of v3 as its world grows: pages with filters and in another order, the last page, memory."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from benchmarks.compare import Benchmark, Contender, answer_to, compare, measure
from benchmarks.exchange import Connection, Request
from benchmarks.figures import Comparison, Figure, Run
from benchmarks.load import LoadFailed
from benchmarks.processes import Running
from benchmarks.servers import V3_DECLARATIONS, V3_FIRST_PAGE, V3_PARTICIPANTS, ours
from benchmarks.v3_workloads import all_records, page
from benchmarks.v3_workloads import participants as holding

_MEGABYTE = 1e6
_SMALL = 100
_PER_PAGE = 100
# Two such pages are full in the small world, too, whatever the filter.
_SHORT_PAGE = 15
# More than the mock keeps ready for moments that it was asked for lately.
_MOMENTS = 60
# Seconds. The first answer makes the whole world.
_PATIENCE = 300
# Within 1.5 times the small world's time, and within 3 times that of page 1.
_REACH_OF_WORLDS, _REACH_OF_PAGES = 0.67, 0.33
_COHORTS = ("2021", "2022", "2023", "2024", "2025", "2026")
_LISTS = (
    V3_PARTICIPANTS,
    f"{V3_PARTICIPANTS}/transfers",
    "/api/v3/unfunded-mentors",
    V3_DECLARATIONS,
    "/api/v3/partnerships",
    "/api/v3/delivery-partners",
    "/api/v3/statements",
    *(f"/api/v3/schools?filter%5Bcohort%5D={cohort}" for cohort in _COHORTS),
)


def v3_at_scale(bench: Benchmark, participants: int) -> Iterator[Figure | Comparison]:
    """Findings and comparisons of v3 with `participants` teachers and with a hundred; v1 holds as many."""
    many = f"{participants:,} teachers"
    small, large = ours(*holding(_SMALL)), ours(*holding(participants))
    with bench.start(small) as of_100, bench.start(large) as of_many:
        before = of_many.memory_bytes()
        began = time.perf_counter()
        with Connection(of_many.port, timeout=_PATIENCE) as connection:
            connection.ask(V3_FIRST_PAGE)
        yield Figure(f"v3's first answer, {many}", time.perf_counter() - began, "s", "", "from its first request")
        yield from _worlds(bench, of_100, of_many, many)
        yield _last_page(bench, of_many, participants // _PER_PAGE, many)
        records = _read_everything(of_many)
        remark = f"{records:,} records; v1 alone, with as many: {before / _MEGABYTE:.0f} MB"
        yield Figure(
            f"memory, {many}, all renderings of v3 kept", of_many.memory_bytes() / _MEGABYTE, "MB", "under 600", remark
        )


def _worlds(bench: Benchmark, of_100: Running, of_many: Running, many: str) -> Iterator[Comparison]:
    """Short pages of the large world beside the same of the small one."""
    small, large = _asked(of_100), _asked(of_many)
    names = f"{_SMALL} teachers"
    for query, requests in large.items():
        contenders = [
            _reader(bench, many, of_many, requests),
            _reader(bench, names, of_100, small[query]),
        ]
        yield compare(bench, "scale-v3", f"v3: {query}, {many}", contenders, {names: _REACH_OF_WORLDS})


def _asked(running: Running) -> dict[str, list[Request]]:
    """What the world is asked for, by the query's name. Raises LoadFailed when a page isn't full.

    The mock keeps its latest answer of each list, so that one page asked for again and again would say nothing of the
    world: each row asks for two or more pages by turns.
    """
    with Connection(running.port, timeout=_PATIENCE) as connection:
        records = list(all_records(connection, V3_PARTICIPANTS))
    cohort, moment = commonest_cohort(records), middle_moment(records)
    asked = {
        "updated_since": _two_pages(updated_since(moment)),
        "updated_since, ever new moments": [
            page(updated_since(moment - timedelta(seconds=number)), 1, _SHORT_PAGE) for number in range(_MOMENTS)
        ],
        "cohort": _two_pages(f"{V3_PARTICIPANTS}?filter%5Bcohort%5D={cohort}"),
        "sort=-updated_at": _two_pages(f"{V3_PARTICIPANTS}?sort=-updated_at"),
    }
    for request in (request for requests in asked.values() for request in requests):
        shown = len(answer_to(running.port, request).json()["data"])
        if shown != _SHORT_PAGE:
            raise LoadFailed(f"{request} shows {shown} records, not {_SHORT_PAGE}")
    return asked


def commonest_cohort(records: Sequence[dict[str, Any]]) -> str:
    cohorts = Counter(entry["cohort"] for record in records for entry in record["attributes"]["ecf_enrolments"])
    return str(cohorts.most_common(1)[0][0])


def middle_moment(records: Sequence[dict[str, Any]]) -> datetime:
    """A moment since which half of the records or more have changed."""
    moments = sorted(record["attributes"]["updated_at"] for record in records)
    return datetime.fromisoformat(moments[len(moments) // 2])


def updated_since(moment: datetime) -> str:
    """The list's path; v3 decodes the value twice, and `Z` survives that."""
    return f"{V3_PARTICIPANTS}?filter%5Bupdated_since%5D={moment:%Y-%m-%dT%H:%M:%SZ}"


def _two_pages(path: str) -> list[Request]:
    return [page(path, number, _SHORT_PAGE) for number in (1, 2)]


def _last_page(bench: Benchmark, of_many: Running, last: int, many: str) -> Comparison:
    contenders = [
        _reader(bench, f"page {number:,}", of_many, [page(V3_PARTICIPANTS, n, _PER_PAGE) for n in (number, other)])
        for number, other in ((last, last - 1), (1, 2))
    ]
    return compare(bench, "scale-v3", f"v3: pages of {_PER_PAGE}, {many}", contenders, {"page 1": _REACH_OF_PAGES})


def _reader(bench: Benchmark, name: str, running: Running, requests: Sequence[Request]) -> Contender:
    def read(seconds: int, _: int) -> Run:
        return measure(bench, running, requests, seconds)

    return Contender(name, running.port, requests[0], read)


def _read_everything(running: Running) -> int:
    """Every list to its end, so that every record has its rendering; the answer is how many records there were."""
    with Connection(running.port, timeout=_PATIENCE) as connection:
        return sum(1 for path in _LISTS for _ in all_records(connection, path))
