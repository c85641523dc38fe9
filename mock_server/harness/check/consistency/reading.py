"""What must hold between the answers of a server that nobody changes: pages, filters, CSV, the single record."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations, product
from urllib.parse import quote

from mock_server.harness.check.consistency.views import PulledList, Query, difference, later, moment, spread
from mock_server.harness.check.records import Record

# How many values of a filter, moments, combinations and single records the check asks for.
_VALUES, _MOMENTS, _PAIRS, _SINGLES = 6, 10, 8, 24
# One in so many of the single records is asked for early.
_FEWER = 4
# How many requests it sends at once.
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Check:
    """A promise about an operation, and what tests it. Those of rank 0 come first: little time shows much then."""

    rank: int
    says: str
    operation: str
    test: Callable[[], None]


def checks(view: PulledList) -> Iterator[Check]:
    """A check for everything that can be read, the most telling first."""
    listing = view.listing
    queries = list(_queries(view))
    for rank, operation in enumerate((listing.operation, *listing.same)):
        says = "The list is the same whatever the size of its pages."
        yield Check(rank, says, operation, partial(_pages, view, operation))
    records = spread(view.whole, _SINGLES)
    some, others = records[::_FEWER], [record for turn, record in enumerate(records) if turn % _FEWER]
    says = "A record read alone is the record in the list."
    yield Check(0, says, listing.one, partial(_singles, view, some, in_upper_case=True))
    for rank, operation in enumerate((listing.operation, *listing.same)):
        says = "A filter keeps exactly the records that fit, in order, on every page and with every other filter."
        yield Check(rank, says, operation, partial(_filtered, view, operation, queries))
    says = "Of more records, too, each is in the list as it is alone."
    yield Check(0, says, listing.one, partial(_singles, view, others))
    for rank, operation in enumerate(listing.csv):
        says = "The CSV list has the records of the JSON list, whatever the filter."
        yield Check(rank, says, operation, partial(_csv, view, operation, queries))
    if listing.one_is_filtered:
        says = "A record read alone with a filter is there if it fits."
        yield Check(0, says, listing.one, partial(_filtered_singles, view))
    says = "A moment means the same however it is written."
    yield Check(0, says, listing.operation, partial(_spelled, view))
    says = "Requests at the same time get the answers that each gets alone."
    yield Check(0, says, listing.operation, partial(_at_once, view))
    says = "The answer is the same whatever the client accepts."
    yield Check(1, says, listing.operation, partial(_accepted, view))


def end(view: PulledList) -> Iterator[Check]:
    """What must still hold after everything else."""
    says = "What nobody changed is as it was at the beginning."
    yield Check(0, says, view.listing.operation, partial(_unchanged, view))


def _queries(view: PulledList) -> Iterator[Query]:
    """Every filter alone with values that occur, then pairs of them."""
    listing, whole = view.listing, view.whole
    values = {
        each.name: spread(dict.fromkeys(value for record in whole for value in each.values(record)), _VALUES)
        for each in listing.filters
    }
    moments = sorted({listing.since.moment(record) for record in whole}, key=moment)
    since = listing.since.name
    for each in listing.filters:
        for value in values[each.name]:
            yield {each.name: value}
        yield {each.name: each.unknown}
        if each.several and len(values[each.name]) > 1:
            yield {each.name: ",".join(values[each.name][:2])}
    for text in spread(moments, _MOMENTS):
        yield {since: text}
    if moments:
        yield {since: later(moments[-1], 1)}
    for each in listing.filters:
        pairs = list(product(values[each.name], moments[:1] + spread(moments[1:], _MOMENTS)))
        # Such pairs tell most in which each of the two filters leaves something out.
        telling = [pair for pair in pairs if _both_tell(view, {each.name: pair[0]}, {since: pair[1]})]
        for value, text in spread(telling or pairs, _PAIRS):
            yield {each.name: value, since: text}
    for one, other in combinations(listing.filters, 2):
        for value, second in spread(product(values[one.name], values[other.name]), _PAIRS):
            yield {one.name: value, other.name: second}


def _both_tell(view: PulledList, one: Query, other: Query) -> bool:
    both = {r["id"] for r in view.fitting({**one, **other})[0]}
    return bool(both) and all(len(both) < len(view.fitting(query)[0]) for query in (one, other))


def _pages(view: PulledList, operation: str) -> None:
    number = len(view.whole)
    listing = view.listing
    sizes: list[int | None] = [None, listing.most, listing.most + 1]
    sizes += [size for size in (number // 2 + 1, number // 5 + 1, number // 9 + 1, 251, 7) if 1 < size <= number]
    for size in dict.fromkeys(sizes):
        if size is None or number / size <= 12:
            query = {"page[per_page]": size} if size else {}

            def joined(size: int | None = size) -> None:
                asked = min(size, listing.most) if size else None
                came = view.pull(operation, {}, asked)
                view.judge(operation, {}, came, f"pages of {size or 'the default size'}", asked or listing.page_size)

            view.holds(joined)
            if size == listing.most + 1:
                came = view.own.accepted(operation, query=query).json["data"]
                view.judge(operation, {}, came, f"a page of {size}, which counts as {listing.most}")
    first = view.own.accepted(operation, query={"page[page]": 1}).json["data"]
    wanted = min(number, listing.page_size)
    view.own.expect(len(first) == wanted, f"a page has {wanted} records unless asked otherwise", f"it has {len(first)}")


def _filtered(view: PulledList, operation: str, queries: list[Query]) -> None:
    for turn, query in enumerate(queries):

        def holds(query: Query = query, turn: int = turn) -> None:
            number = len(view.fitting(query)[0])
            if operation == view.listing.operation and number > 2:
                size = max(1, number // 3)
                view.judge(operation, query, view.pull(operation, query, size), f"joined from pages of {size}", size)
            if operation != view.listing.operation or turn % 2 or number <= 2:
                view.judge(operation, query, view.pull(operation, query, None), "joined from pages of the default size")
            else:
                view.judge(operation, query, view.pull(operation, query, view.listing.most), "on one page")

        view.holds(holds)


def _csv(view: PulledList, operation: str, queries: list[Query]) -> None:
    for query in [{}, *queries]:
        # Pages don't exist there.
        view.holds(lambda query=query: view.judge_rows(operation, query, view.rows(operation, query)))
    view.holds(lambda: view.judge_rows(operation, {}, view.rows(operation, {"page[page]": "2", "page[per_page]": "1"})))


def _singles(view: PulledList, records: Sequence[Record], *, in_upper_case: bool = False) -> None:
    listing, own = view.listing, view.own
    for record in records:

        def holds(record: Record = record) -> None:
            known = next(each for each in view.whole if each["id"] == record["id"])
            for id in (record["id"], record["id"].upper())[: 2 if in_upper_case else 1]:
                answer = view.one(id)
                if answer.status == 404 and not listing.one_knows_all:
                    continue
                own.status(200, f"{listing.operation} lists {id}")
                alone = answer.json["data"]
                own.expect(alone == known, f"{listing.one} gives the record of the list", difference(alone, known))

        view.holds(holds)


def _filtered_singles(view: PulledList) -> None:
    listing, own = view.listing, view.own
    for record in spread(view.whole, 4):
        at = listing.since.moment(record)
        queries = [({listing.since.name: at}, True), ({listing.since.name: later(at, 1)}, False)]
        for each in listing.filters:
            others = {value for other in view.whole for value in each.values(other)} - set(each.values(record))
            queries += [({each.name: value}, True) for value in each.values(record)[:1]]
            queries += [({each.name: value}, False) for value in [each.unknown, *sorted(others)[:1]]]
            queries += [({each.name: v, listing.since.name: later(at, 1)}, False) for v in each.values(record)[:1]]
        for query, fits in queries:
            view.one(record["id"], query)
            own.status(200 if fits else 404, f"the record {'fits' if fits else 'doesn’t fit'} {query}")


def _spelled(view: PulledList) -> None:
    """Each spelling gets the same records as the moment in UTC."""
    listing = view.listing
    moments = sorted({moment(listing.since.moment(record)) for record in view.whole})
    for at in spread(moments, 3)[1:]:
        utc, ahead, behind = (
            f"{at:%Y-%m-%dT%H:%M:%S}Z",
            later(f"{at:%Y-%m-%dT%H:%M:%SZ}", 3600),
            later(f"{at:%Y-%m-%dT%H:%M:%SZ}", -18_000),
        )
        spellings = {
            f"{behind[:-1]}-05:00": "with an offset",
            quote(f"{ahead[:-1]}+01:00", safe=""): "with an offset, encoded twice",
            quote(utc, safe=""): "encoded twice",
            utc[:-1]: "without a zone, which means UTC",
        }
        if not listing.since.decoded_twice:
            spellings[f"{ahead[:-1]}+01:00"] = "with an offset"
        if at.strftime("%H%M%S") == "000000":
            spellings[utc[:10]] = "as a date alone, which means midnight"
        for text, how in spellings.items():
            for operation in (listing.operation, *listing.same):
                came = view.page(operation, {listing.since.name: text}, None, listing.most)
                view.holds(
                    lambda operation=operation, came=came, how=how, utc=utc: view.judge(
                        operation, {listing.since.name: utc}, came, f"the moment written {how}"
                    )
                )
            for operation in listing.csv[:1]:
                rows = view.rows(operation, {listing.since.name: text})
                view.judge_rows(operation, {listing.since.name: utc}, rows)
    if moments:
        day = f"{moments[len(moments) // 2]:%Y-%m-%d}"
        came = view.page(listing.operation, {listing.since.name: day}, None, listing.most)
        query = {listing.since.name: f"{day}T00:00:00Z"}
        view.judge(listing.operation, query, came, "a date alone, which means its midnight in UTC")


def _at_once(view: PulledList) -> None:
    listing = view.listing
    targets = [(listing.operation, None), *((op, None) for op in (*listing.same, *listing.csv))]
    targets += [(listing.one, record["id"]) for record in spread(view.whole, 4)]
    alone = [view.own.send(operation, id).content for operation, id in targets]

    def ask(place: int) -> None:
        sender = replace(view.own, last=None)
        operation, id = targets[place % len(targets)]
        answer = sender.send(operation, id)
        same = answer.content == alone[place % len(targets)]
        sender.expect(same, f"{operation} answers as it does alone ({_AT_ONCE} at once)", f"it answers {answer.status}")

    def holds() -> None:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(ask, range(3 * _AT_ONCE)))

    view.holds(holds)


_ACCEPT = ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html", "*/*", "image/png", "application/json", "text/csv")


def _accepted(view: PulledList) -> None:
    """Browsers and clients of many kinds get the same; what nobody asked to be compressed isn't."""
    listing, own = view.listing, view.own
    record = view.whole[0]["id"] if view.whole else "0"
    for operation, id in (
        (listing.operation, None),
        *((operation, None) for operation in listing.csv[:1]),
        (listing.one, record),
        (listing.one, "no-such"),
    ):
        plain = own.send(operation, id, headers={"accept-encoding": "identity"})
        own.expect(
            plain.headers.get("content-encoding", "identity") == "identity",
            "an answer is compressed only for a client that accepts it",
            f"it is {plain.headers.get('content-encoding')}",
        )
        kind = plain.headers.get("content-type")
        for accept in _ACCEPT:
            answer = own.send(operation, id, headers={"accept": accept})
            own.expect(
                (answer.status, answer.headers.get("content-type")) == (plain.status, kind),
                f"the answer is {plain.status} as {kind} for Accept: {accept}, too",
                f"it is {answer.status} as {answer.headers.get('content-type')}",
            )


def _unchanged(view: PulledList) -> None:
    """A record that differs now was changed by somebody, and its moment says so. None disappears."""
    before, listing = {record["id"]: record for record in view.whole}, view.listing
    view.renew()
    now = {record["id"]: record for record in view.whole}
    says = f"{listing.operation} has every record that it had at the beginning, unless its moment says that it changed"
    for id, record in before.items():
        view.own.expect(id in now, says, f"{id} is gone")
        changed = listing.since.moment(now[id]) != listing.since.moment(record)
        view.own.expect(changed or now[id] == record, says, difference(now[id], record))
