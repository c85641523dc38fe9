"""The journal as the requirements see it: requests and answers, read once, in the order in which they came."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from itertools import chain
from typing import Final, Generic, Self, TypeVar

from mock_server.harness.readiness.observation import Observation as Observation
from mock_server.harness.readiness.pulls import Pull, find_pulls
from mock_server.sandbox.journal import RESTART, SchoolChange

# A request may take this many seconds to arrive. When a client sends several at once, a later one may arrive first.
ON_ITS_WAY: Final = 0.5


Seen = TypeVar("Seen", bound=Observation)


class Traffic(Generic[Seen]):
    """Everything that the requirements may look at: what clients sent and got, and what schools did meanwhile."""

    def __init__(self, observations: Iterable[Seen], changes: Sequence[SchoolChange] = ()) -> None:
        # The journal has the order of the answers.
        self.observations = sorted(observations, key=began)
        self.changes = changes
        self._connections_in_spans: dict[tuple[int, int], int] = {}

    @property
    def restarted_at(self) -> float | None:
        """When the client was started again (Unix time); None when it wasn't."""
        return next((change.at for change in self.changes if change.kind == RESTART), None)

    def before_restart(self) -> Self:
        """Everything until the client was started again: what it does twice then is no fault."""
        at = self.restarted_at
        if at is None:
            return self
        return type(self)(
            [seen for seen in self.observations if seen.began < at],
            [change for change in self.changes if change.at < at],
        )

    def after_restart(self) -> Self | None:
        """Everything since the client was started again."""
        at = self.restarted_at
        if at is None:
            return None
        return type(self)(
            [seen for seen in self.observations if seen.began >= at],
            [change for change in self.changes if change.at > at],
        )

    @cached_property
    def _by_kind(self) -> Mapping[str | None, Sequence[Seen]]:
        found: dict[str | None, list[Seen]] = {}
        for seen in self.observations:
            found.setdefault(seen.kind, []).append(seen)
        return found

    def of_kind(self, *kinds: str) -> list[Seen]:
        """The requests for these purposes."""
        found = [seen for kind in kinds for seen in self._by_kind.get(kind, ())]
        return found if len(kinds) == 1 else sorted(found, key=began)

    @cached_property
    def _pulls(self) -> dict[str, Mapping[str, Sequence[Pull[Seen]]]]:
        return {}

    def pulls(self, list: str) -> Mapping[str, Sequence[Pull[Seen]]]:
        """The passes through the list of this name, by provider."""
        if list not in self._pulls:
            self._pulls[list] = {provider: find_pulls(seen, list) for provider, seen in self.by_provider.items()}
        return self._pulls[list]

    def changed_by_school(self, id: str, start: float, end: float) -> bool:
        """Whether a school or the department changed the record `id` between these two moments."""
        return _any_between(self._changed_by_others_at.get(id, ()), start, end)

    def changed(self, id: str, start: float, end: float) -> bool:
        """Whether anybody changed the record `id` between these two moments."""
        return _any_between(self._changed_at.get(id, ()), start, end)

    def anything_changed(self, start: float, end: float) -> bool:
        """Whether anybody changed anything between these two moments."""
        return _any_between(self._changes_at, start, end)

    @cached_property
    def _changes_at(self) -> Sequence[float]:
        return sorted(chain(*self._changed_at.values()))

    @cached_property
    def _changed_by_others_at(self) -> Mapping[str, Sequence[float]]:
        found: dict[str, list[float]] = {}
        for change in sorted(self.changes, key=lambda change: change.at):
            found.setdefault(change.participant_id, []).append(change.at)
        return found

    @cached_property
    def _changed_at(self) -> Mapping[str, Sequence[float]]:
        found = {id: list(moments) for id, moments in self._changed_by_others_at.items()}
        for seen in self.observations:
            if seen.writes and seen.accepted:
                for id in {seen.subject, str(seen.record.get("id")), str(seen.record.get("participant_id"))}:
                    found.setdefault(id, []).append(seen.ended)
        return {id: sorted(moments) for id, moments in found.items()}

    def clock_at(self, seen: Observation) -> datetime:
        """What the sandbox's clock showed at `seen`, even if that request asked for another moment."""
        return (
            datetime.fromtimestamp(seen.began + self._clock_offset_at(seen.began), UTC) if seen.shifted else seen.moment
        )

    def _clock_offset_at(self, moment: float) -> float:
        """How many seconds the sandbox's clock was ahead of the machine's, by the nearest request that shows it."""
        unshifted = self._unshifted
        place = max(0, bisect_right(unshifted, moment, key=began) - 1)
        return unshifted[place].moment.timestamp() - unshifted[place].began if unshifted else 0.0

    @cached_property
    def _unshifted(self) -> Sequence[Seen]:
        return [seen for seen in self.observations if not seen.shifted]

    @cached_property
    def by_provider(self) -> Mapping[str, Sequence[Seen]]:
        """The requests with a valid token, by provider."""
        found: dict[str, list[Seen]] = {}
        for seen in self.observations:
            if seen.provider is not None:
                found.setdefault(seen.provider, []).append(seen)
        return found

    def place_of_first_knowing(self, answered: Observation, observations: Sequence[Seen]) -> int:
        """The place in `observations` of the first request that the client must have sent after it got this answer.

        A client with several open connections may have sent one more request on each: the mock answers faster than
        requests
        arrive.
        """
        place = bisect_right(observations, answered.ended, key=began)
        if not self._several_connections_at_a_time:
            return place
        on_their_way = bisect_right(observations, answered.ended + ON_ITS_WAY, key=began) - place
        return place + min(on_their_way, self._connections_about(answered))

    def _connections_about(self, answered: Observation) -> int:
        """How many connections were in use during `answered`, or at most a second before or after it.

        It counts in whole spans of time, so that thousands of answers in one span need one count.
        """
        spans = _span(answered.began) - 1, _span(answered.ended) + 1
        if spans not in self._connections_in_spans:
            first = bisect_left(self.observations, spans[0], key=lambda seen: _span(seen.began))
            last = bisect_right(self.observations, spans[1], key=lambda seen: _span(seen.began))
            self._connections_in_spans[spans] = len({seen.connection for seen in self.observations[first:last]})
        return self._connections_in_spans[spans]

    @cached_property
    def _several_connections_at_a_time(self) -> bool:
        """Whether the client used a connection again so soon after others that it must have kept it open."""
        last_used: dict[tuple[str, int] | None, float] = {}
        before, ended = None, 0.0
        for seen in self.observations:
            # Two at the same time, even if every request has a connection of its own.
            if seen.began < ended and seen.connection != before:
                return True
            ended = max(ended, seen.ended)
            # After a longer time another connection may have got the same port.
            if seen.connection != before and seen.began - last_used.get(seen.connection, 0) <= 1:
                return True
            last_used[seen.connection] = seen.began
            before = seen.connection
        return False


def began(seen: Observation) -> float:
    return seen.began


def _any_between(moments: Sequence[float], start: float, end: float) -> bool:
    """Whether one of the sorted moments lies between these two."""
    return bisect_right(moments, start) < bisect_left(moments, end)


def readings(observations: Iterable[Seen], ids: Collection[str]) -> Mapping[str, Sequence[Seen]]:
    """The answers that showed the client each of these records, alone or in a list."""
    wanted = frozenset(ids)
    found: dict[str, list[Seen]] = {}
    for seen in observations if wanted else ():
        if seen.succeeded and seen.method == "GET":
            shown = wanted.intersection(seen.listed or ())
            if seen.subject in wanted:
                shown |= {seen.subject}
            for id in shown:
                found.setdefault(id, []).append(seen)
    return found


def _span(moment: float) -> int:
    """The number of the time span that contains the moment. A span is ON_ITS_WAY seconds long."""
    return int(moment // ON_ITS_WAY)
