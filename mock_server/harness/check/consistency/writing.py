"""What must hold after a change that the check makes, undoes, and makes anew: every view shows it.

The check changes only the records that it may. It leaves them as they were, except for their moments.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

from mock_server.harness.check.bench import Sender
from mock_server.harness.check.consistency.reading import Check
from mock_server.harness.check.consistency.views import PulledList, difference, later, moment, spread
from mock_server.harness.check.outcome import Untried
from mock_server.harness.check.records import Act, Creation, Lists, Record, RecordRequest, Records, Refusal
from mock_server.harness.check.traffic import TrafficLog
from mock_server.harness.check.writable import Writable
from mock_server.harness.exchange import Response

# How many records of a kind the check tries before it says that none is good for a change.
_CANDIDATES = 5
_AT_ONCE = 8


class NobodyFits(Exception):
    """No record is good for a change. The text says why."""


def checks(
    records: Records, views: Mapping[str, PulledList], traffic: TrafficLog, may_write: Writable
) -> Iterator[Check]:
    """A check for every change. A change that nobody is good for is noted as not tried."""
    writing = _Writing(records, views, may_write)

    def unless_nobody(says: str, test: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                test()
            except NobodyFits as nobody:
                traffic.stage.notes.append(Untried(says, str(nobody)))

        return run

    for creation in records.creations:
        test = unless_nobody(creation.says, partial(writing.create, creation))
        yield Check(0, creation.says, creation.operation, test)
    for act in records.acts:
        for turn, operation in enumerate(act.do.operations):
            yield Check(turn, act.says, operation, unless_nobody(act.says, partial(writing.act, act, turn)))
    for refusal in records.refusals:
        for turn, operation in enumerate(refusal.operations):
            test = unless_nobody(refusal.says, partial(writing.refuse, refusal, operation))
            yield Check(turn, refusal.says, operation, test)


def _date_of(answer: Response) -> datetime:
    """When the server answered, by its own clock; the beginning of time when it doesn't say."""
    try:
        return parsedate_to_datetime(answer.headers["date"])
    except (KeyError, ValueError):
        return datetime.min.replace(tzinfo=UTC)


class _Writing:
    def __init__(self, records: Records, views: Mapping[str, PulledList], may_write: Writable) -> None:
        self._records = records
        self._views = views
        self._may_write = may_write

    def _lists(self) -> Lists:
        return {name: view.whole for name, view in self._views.items()}

    def _candidates(self, listing: str, fits: Callable[[Record, Lists], bool]) -> list[Record]:
        known = self._lists()
        good = [r for r in known[listing] if self._may_write.allows(r["id"]) and fits(r, known)]
        if not good:
            raise NobodyFits("the lists show no record that it may change and that is good for it")
        return spread(good, _CANDIDATES)

    def _not_this_one(self, answer: Response) -> bool:
        """Whether the server refuses the record for a reason that no list shows."""
        if answer.status != 422 or not isinstance(answer.json, dict):
            return False
        titles = tuple(error.get("title") for error in answer.json.get("errors", []))
        return titles in self._records.not_this_one

    # -- acts ------------------------------------------------------------------------------------

    def act(self, act: Act, turn: int) -> None:
        view = self._views[act.listing]
        own = view.own
        for record in self._candidates(act.listing, act.fits):
            answer = self._send(own, act.do, turn, record)
            if not self._not_this_one(answer):
                break
        else:
            raise NobodyFits("the server refuses it for every record that looks good for it")
        changed = self._changed(view, act.do, record, answer)
        self._again(own, act.do, turn, changed)
        answer = self._send(own, act.undo, turn, changed)
        restored = self._changed(view, act.undo, changed, answer)
        self._again(own, act.undo, turn, restored)
        if self._records.dated_by:
            self._dated(view, act, turn, restored)
        view.renew()

    def _send(
        self, own: Sender, call: RecordRequest, turn: int, record: Record, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Sends the call. On the older paths the id is in upper case: it's the same id."""
        id = record["id"].upper() if turn % 2 else record["id"]
        return own.send(call.operations[turn % len(call.operations)], id, body=call.body(record), headers=headers)

    def _again(self, own: Sender, call: RecordRequest, turn: int, record: Record) -> None:
        operation = call.operations[turn % len(call.operations)]
        own.send(operation, record["id"], body=call.body(record))
        own.refuses(call.again, "the same again")

    def _dated(self, view: PulledList, act: Act, turn: int, record: Record) -> None:
        """The header that dates a request dates its change."""
        at = view.listing.since.moment
        # In the past: a later change must be later.
        for call, seconds in ((act.do, -7200), (act.undo, -3600)):
            when = later(at(record), seconds)
            answer = self._send(view.own, call, turn, record, {str(self._records.dated_by): when})
            view.own.status(200, f"it is accepted on {when}, too")
            changed = answer.json["data"]
            view.own.expect(
                at(changed) == when,
                f"the change is dated {when}, as {self._records.dated_by} says",
                f"it is {at(changed)}",
            )

    def _changed(self, view: PulledList, call: RecordRequest, before: Record, answer: Response) -> Record:
        """Checks that the answer to a call has the change and nothing else, and that every view has the answer."""
        own, at = view.own, view.listing.since.moment
        own.status(200, f"{call.operations[0]} is accepted for this record")
        record: Record = answer.json["data"]
        expected = {**before["attributes"], **call.becomes(before)}
        own.expect(record["id"] == before["id"], f"the answer is about {before['id']}", f"it is about {record['id']}")
        for name, value in expected.items():
            if record["attributes"].get(name) != value and value != at(before):
                own.expect(False, f"{name} is {value!r} afterwards", f"it is {record['attributes'].get(name)!r}")
        # It may have changed in this very second, or have been dated in the future.
        still = before not in view.whole or moment(at(before)) >= max(moment(at(each)) for each in view.whole)
        own.expect(
            moment(at(record)) > moment(at(before))
            or (still and at(record) == at(before))
            or moment(at(before)) > _date_of(answer),
            f"the record's moment moves with the change: it is later than {at(before)}",
            f"it is {at(record)}",
        )
        self._shown(view, record)
        return record

    def _shown(self, view: PulledList, record: Record) -> None:
        """Every view shows the record as it is in the answer."""
        own, listing = view.own, view.listing
        id, at = record["id"], listing.since.moment(record)
        alone = own.accepted(listing.one, id).json["data"]
        own.expect(alone == record, f"{listing.one} shows what was answered", difference(alone, record))
        queries: list[dict[str, str]] = [{}]
        queries.append({listing.since.name: at if listing.since.inclusive else later(at, -1)})
        queries += [{each.name: value} for each in listing.filters for value in each.values(record)[:1]]
        for operation in (listing.operation, *listing.same):
            for query in queries:
                found = [each for each in view.pull(operation, query, listing.most) if each["id"] == id]
                own.expect(len(found) == 1, f"{operation} has the record with {query}, once", f"{len(found)} times")
                own.expect(found[0] == record, f"{operation} shows what was answered", difference(found[0], record))
        for operation in listing.csv:
            for query in queries[:2]:
                rows = [row for row in view.rows(operation, query) if row[0] == id]
                wanted = list(listing.row(record))
                own.expect(rows == [wanted], f"{operation} has the row {','.join(wanted)}", f"{rows}")

    # -- creations -------------------------------------------------------------------------------

    def create(self, creation: Creation) -> None:
        view = self._views[creation.listing]
        own = view.own
        body, record = self._created(creation)
        for name, value in creation.shows(body).items():
            came = record["attributes"].get(name)
            own.expect(came == value, f"{name} is {value!r}, as was sent", f"it is {came!r}")
        self._shown(view, record)
        known = {each["id"] for each in view.pull(view.listing.operation, {}, view.listing.most)}
        copy = own.send(creation.operation, body=body)
        if copy.status == 200:
            came = copy.json["data"]["id"]
            own.expect(came == record["id"], f"an exact copy is answered with {record['id']}", f"it is {came}")
        else:
            own.expect(copy.status == 422, "an exact copy gets the same record, or 422", f"it gets {copy.status}")
        own.send(creation.operation, body=creation.other(body))
        own.refuses(creation.rules, f"another beside {record['id']}")
        self._added(view, known, set(), "a copy and a refused request add no record")
        ended = self._ended(view, creation, record)
        self._at_once(view, creation, body, known | {ended["id"]})
        self._exact(view, creation, body)
        view.renew()

    def _created(self, creation: Creation) -> tuple[Any, Record]:
        own = self._views[creation.listing].own
        for about in self._candidates(creation.about, creation.fits):
            for body in creation.bodies(about, self._lists()):
                answer = own.send(creation.operation, body=body)
                if answer.status == 200:
                    return body, answer.json["data"]
                own.expect(answer.status == 422, f"{creation.operation} answers 200 or 422", f"{answer.status}")
        raise NobodyFits("the server refuses it for every record that looks good for it")

    def _ended(self, view: PulledList, creation: Creation, record: Record) -> Record:
        call = creation.undo
        answer = view.own.send(call.operations[0], record["id"], body=call.body(record))
        ended = self._changed(view, call, record, answer)
        view.own.send(call.operations[0], record["id"], body=call.body(record))
        view.own.refuses(call.again, "the same again")
        return ended

    def _added(self, view: PulledList, known: set[str], more: set[str], why: str) -> None:
        now = {each["id"] for each in view.pull(view.listing.operation, {}, view.listing.most)}
        odd = now - known - more
        view.own.expect(not odd, why, f"{len(odd)} more in the list: {', '.join(sorted(odd)[:3])}")

    def _at_once(self, view: PulledList, creation: Creation, body: Any, known: set[str]) -> None:
        """Equal requests at the same time make one record."""

        def post(_: int) -> Response:
            return replace(view.own, last=None).send(creation.operation, body=body)

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            answers = list(pool.map(post, range(_AT_ONCE)))
        made = [answer.json["data"] for answer in answers if answer.status == 200]
        # The last exchange is what a finding shows.
        view.own.send(creation.operation, body=body)
        says = f"{_AT_ONCE} equal requests at once make one record, and get it or 422"
        view.own.expect(
            bool(made) and all(answer.status in (200, 422) for answer in answers),
            says,
            f"they get {sorted(answer.status for answer in answers)}",
        )
        ids = {record["id"] for record in made}
        view.own.expect(len(ids) == 1, says, f"they make {len(ids)}: {', '.join(sorted(ids))}")
        self._added(view, known, ids, says)
        self._ended(view, creation, made[0])

    def _exact(self, view: PulledList, creation: Creation, body: Any) -> None:
        """The filter by moment includes or leaves out a change of its very moment, which a dated request fixes."""
        since = view.listing.since
        if not self._records.dated_by:
            return
        newest = max((since.moment(each) for each in view.whole), key=moment)
        when = later(newest, 0)
        answer = view.own.send(creation.operation, body=body, headers={self._records.dated_by: when})
        view.own.status(200, f"it is accepted on {when}, too")
        record = answer.json["data"]
        came = since.moment(record)
        view.own.expect(came == when, f"the change is dated {when}, as {self._records.dated_by} says", f"it is {came}")
        for bound, there in ((when, since.inclusive), (later(when, -1), True), (later(when, 1), False)):
            found = view.pull(view.listing.operation, {since.name: bound}, view.listing.most)
            view.own.expect(
                (record["id"] in {each["id"] for each in found}) == there,
                f"a record changed at {when} is {'there' if there else 'not there'} with {since.name}={bound}",
                f"{record['id']} is {'not there' if there else 'there'}",
            )
        call = creation.undo
        view.own.accepted(call.operations[0], record["id"], body=call.body(record))

    # -- refusals --------------------------------------------------------------------------------

    def refuse(self, refusal: Refusal, operation: str) -> None:
        view = self._views[refusal.listing]
        for record in self._candidates(refusal.listing, refusal.fits)[:2]:
            body = refusal.body(record, self._lists())
            if body is None:
                continue
            answer = view.own.send(operation, record["id"], body=body, headers=dict(refusal.headers))
            if self._not_this_one(answer):
                continue
            view.own.refuses(refusal.rules, f"this for {record['id']}")
