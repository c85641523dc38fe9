"""Pulls a list once, and derives from it what every other view of it must show."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from mock_server.harness.check.bench import Broken, Sender
from mock_server.harness.check.records import CheckedList, Record
from mock_server.harness.exchange import Response

Query = Mapping[str, str]
# A list is pulled up to this many pages.
_MOST_PAGES = 40


def moment(text: str) -> datetime:
    """The moment that an answer shows. Raises ValueError."""
    return datetime.fromisoformat(text)


def written(query: Query) -> str:
    """A query as people write it."""
    return "&".join(f"{name}={value}" for name, value in query.items()) or "no filter"


class PulledList:
    """One list of one provider: all its records, as the server gave them first."""

    def __init__(self, own: Sender, listing: CheckedList) -> None:
        self.own = own
        self.listing = listing
        self.whole: list[Record] = self.pull(listing.operation, {}, listing.most)

    # -- reading ---------------------------------------------------------------------------------

    def page(self, operation: str, query: Query, number: int | None, size: int | None) -> list[Record]:
        pages = {"page[page]": number, "page[per_page]": size}
        asked = {**query, **{name: value for name, value in pages.items() if value is not None}}
        return list(self.own.accepted(operation, query=asked).json["data"])

    def pull(self, operation: str, query: Query, size: int | None) -> list[Record]:
        """The list joined from its pages; without `size`, of the default one."""
        found: list[Record] = []
        expected = size or self.listing.page_size
        for number in range(1, _MOST_PAGES + 1):
            page = self.page(operation, query, None if number == 1 and size is None else number, size)
            self.own.expect(
                len(page) <= expected, f"a page has {expected} records at most", f"page {number} has {len(page)}"
            )
            found += page
            if len(page) < expected:
                break
        return found

    def rows(self, operation: str, query: Query) -> list[list[str]]:
        """The rows of the CSV list, without the header row."""
        text = self.own.accepted(operation, query=query).content
        return list(csv.reader(io.StringIO(text, newline="")))[1:]

    def one(self, id: str, query: Query | None = None) -> Response:
        return self.own.send(self.listing.one, id, query=query or {})

    def renew(self) -> bool:
        """Pulls the list again. Whether somebody has changed it in between."""
        before, self.whole = self.whole, self.pull(self.listing.operation, {}, self.listing.most)
        return before != self.whole

    # -- judging ---------------------------------------------------------------------------------

    def fitting(self, query: Query) -> tuple[list[Record], set[str]]:
        """The records of the whole list that fit the query, and the ids of those that may be left out."""
        found, optional = list(self.whole), set()
        for each in self.listing.filters:
            if value := query.get(each.name):
                wanted = {part.strip().lower() for part in (value.split(",") if each.several else [value])}
                found = [r for r in found if wanted & {text.lower() for text in each.values(r)}]
        since = self.listing.since
        if value := query.get(since.name):
            bound = moment(value)
            found = [r for r in found if moment(since.moment(r)) >= bound.replace(microsecond=0)]
            if not since.inclusive:
                optional = {r["id"] for r in found if moment(since.moment(r)) == bound}
            if since.sorts:
                found.sort(key=lambda r: moment(since.moment(r)))
        return found, optional

    def judge(self, operation: str, query: Query, came: Sequence[Record], how: str, size: int | None = None) -> None:
        """Raises Broken unless `came` is what the whole list says. `size` is that of the pages that were joined."""
        wanted, optional = self.fitting(query)
        says = f"{operation} with {written(query)} has those of {self.listing.operation}'s records that fit ({how})"
        self._same_ids(says, query, wanted, optional, [r["id"] for r in came])
        by_id = {r["id"]: r for r in self.whole}
        for record in came:
            known = by_id[record["id"]]
            self.own.expect(record == known, f"{says}, each as it is there", difference(record, known))
        since = self.listing.since
        if query.get(since.name) and since.sorts:
            self._in_order(says, came, [moment(since.moment(r)) for r in came], size)
        else:
            places = {r["id"]: place for place, r in enumerate(self.whole)}
            self._in_order(says, came, [places[r["id"]] for r in came], size)

    def judge_rows(self, operation: str, query: Query, rows: Sequence[Sequence[str]]) -> None:
        """Raises Broken unless the CSV rows are the records of the JSON list, cell by cell."""
        wanted, optional = self.fitting(query)
        says = f"{operation} with {written(query)} has the rows of {self.listing.operation}'s records that fit"
        self._same_ids(says, query, wanted, optional, [row[0] for row in rows])
        by_id = {r["id"]: list(self.listing.row(r)) for r in self.whole}
        for number, row in enumerate(rows, start=1):
            expected = by_id[row[0]]
            self.own.expect(
                list(row) == expected,
                f"{says}, cell by cell",
                f"row {number} is {','.join(row)}, but the JSON list says {','.join(expected)}",
            )
        if not (query.get(self.listing.since.name) and self.listing.since.sorts):
            places = {r["id"]: place for place, r in enumerate(self.whole)}
            records = [self.whole[places[row[0]]] for row in rows]
            self._in_order(says, records, [places[row[0]] for row in rows], None)

    def _same_ids(
        self, says: str, query: Query, wanted: Sequence[Record], optional: set[str], came: Sequence[str]
    ) -> None:
        repeated = sorted({id for id in came if came.count(id) > 1}) if len(set(came)) < len(came) else []
        self.own.expect(not repeated, f"{says}, each once", f"it repeats {_some(repeated)}")
        due = {r["id"] for r in wanted}
        lacking = [self._told(r, query) for r in wanted if r["id"] not in came and r["id"] not in optional]
        known = {r["id"]: r for r in self.whole}
        odd = [self._told(known[id], query) if id in known else f"{id}, in no list" for id in came if id not in due]
        self.own.expect(
            not lacking and not odd,
            says,
            "; ".join(
                f"{told}: {_some(records)}"
                for told, records in (
                    (f"it lacks {len(lacking)} of the {len(due)} that fit", lacking),
                    (f"it has {len(odd)} that don't fit", odd),
                )
                if records
            ),
        )

    def _told(self, record: Record, query: Query) -> str:
        """A record by its id and what the query asks of it."""
        asked = [f"{each.name}: {','.join(each.values(record))}" for each in self.listing.filters if each.name in query]
        if self.listing.since.name in query:
            asked.append(f"changed {self.listing.since.moment(record)}")
        return f"{record['id']} ({', '.join(asked)})" if asked else str(record["id"])

    def _in_order(self, says: str, came: Sequence[Record], keys: Sequence[Any], size: int | None) -> None:
        at = self.listing.since.moment

        def where(place: int) -> str:
            return f"place {place % size + 1} of page {place // size + 1}" if size else f"place {place + 1}"

        for place in range(1, len(keys)):
            if keys[place] < keys[place - 1]:
                first, second = came[place - 1], came[place]
                self.own.expect(
                    False,
                    f"{says}, in the documented order",
                    f"{first['id']} (changed {at(first)}, {where(place - 1)}) comes before "
                    f"{second['id']} (changed {at(second)}, {where(place)})",
                )

    def holds(self, check: Any) -> None:
        """Runs a check. If it fails because somebody else has changed the list, runs it again with the new list."""
        try:
            check()
        except (Broken, KeyError):
            blamed = self.own.last
            if not self.renew():
                self.own.last = blamed
                raise
            check()


def _some(items: Sequence[str]) -> str:
    return ", ".join(items[:3]) + (f" and {len(items) - 3} more" if len(items) > 3 else "")


def difference(record: Record, known: Record, where: str = "in the whole list") -> str:
    """What differs between two pictures of one record. `where` says where the second comes from."""
    ours, theirs = record.get("attributes", {}), known.get("attributes", {})
    for name in [*theirs, *(name for name in ours if name not in theirs)]:
        if name not in ours or name not in theirs or ours[name] != theirs[name]:
            at, one, other = _parted(name, ours.get(name), theirs.get(name))
            return f"{record['id']} has {at} {one!r} here, and {other!r} {where}"
    return f"{record['id']} differs"


def _parted(at: str, one: Any, other: Any) -> tuple[str, Any, Any]:
    """The innermost place below `at` where two values differ, and what is there."""
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = {f"{at}[{place}]": pair for place, pair in enumerate(zip(one, other, strict=True))}
    elif isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        pairs = {f"{at}.{name}": (value, other[name]) for name, value in one.items()}
    else:
        return at, one, other
    return next((_parted(place, *pair) for place, pair in pairs.items() if pair[0] != pair[1]), (at, one, other))


def spread(items: Iterable[Any], most: int) -> list[Any]:
    """At most `most` of the items, evenly spread, the first and the last among them."""
    known = list(items)
    if len(known) <= most:
        return known
    return [known[round(place * (len(known) - 1) / (most - 1))] for place in range(most)]


def later(text: str, seconds: int) -> str:
    return f"{moment(text) + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"
