"""The passes of a client through a list: page by page, or from the last record of one page to the next page.

A list with `filter[updated_since]` is in order of change. So a client may go on from the `updated_at` of the last
record that it got, and this reads the list as well as the next page does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from mock_server.harness.readiness.observation import Observation

Seen = TypeVar("Seen", bound=Observation)

# A page may overtake the first one by this many seconds when a client requests several at once.
OVERTAKES = 0.5
LITTLE_BEFORE = timedelta(seconds=5)


@dataclass(slots=True, eq=False)
class Pull(Generic[Seen]):
    """One pass through a list. `pages` are by number.

    `continues` is the pull that this one goes on from, and `continued` the one that goes on from this one.
    """

    since: datetime | None
    narrowed: frozenset[str] | None
    per_page: int
    whole: bool
    pages: dict[int, Seen] = field(default_factory=dict)
    continues: "Pull[Seen] | None" = None
    continued: "Pull[Seen] | None" = None

    @property
    def began(self) -> Seen:
        return self.pages[1]

    @property
    def by_change(self) -> bool:
        """Whether the list was in order of change."""
        asked = self.began.asked
        return asked is not None and asked.by_change

    @property
    def observations(self) -> list[Seen]:
        return [page for part in self.parts for page in part.pages.values()]

    @property
    def parts(self) -> "list[Pull[Seen]]":
        """This pull, and those that go on from it."""
        parts, last = [self], self.continued
        while last is not None:
            parts.append(last)
            last = last.continued
        return parts

    @property
    def complete(self) -> bool:
        """Whether it reached a page that wasn't full. Only the last page isn't full."""
        return any(part.end is not None for part in self.parts)

    @property
    def end(self) -> Seen | None:
        """The first page that wasn't full, if every page before it was read."""
        page = 1
        while page in self.pages:
            if self.whole or len(self.pages[page].listed or ()) < self.per_page:
                return self.pages[page]
            page += 1
        return None

    @property
    def ended(self) -> float:
        """When the client had read all of it that it read."""
        return max(page.ended for page in self.observations)

    @property
    def is_peek(self) -> bool:
        """Whether it read only a single record, to test the service or the token."""
        return self.per_page == 1 and not self.complete

    @property
    def newest(self) -> datetime | None:
        """The latest `updated_at` that it showed."""
        found = [each.updated_at for page in self.observations for each in page.shown if each.updated_at is not None]
        return max(found, default=None)

    def past_the_end(self) -> list[Seen]:
        """The requests for pages after the last page."""
        end = self.end
        return [] if end is None else [page for number, page in self.pages.items() if number > end.asked.page]  # type: ignore[union-attr]

    def covers(self, other: "Pull[Any]") -> bool:
        """Whether it included every cohort that `other` included."""
        return self.narrowed is None or (other.narrowed is not None and other.narrowed <= self.narrowed)

    def reaches_back_as_far_as(self, other: "Pull[Any]") -> bool:
        return self.since is None or (other.since is not None and self.since <= other.since)

    def may_continue_at(self, since: datetime | None, per_page: int) -> bool:
        """Whether a request for what changed `since` goes on where this pull stopped at a full page.

        A client that starts up to LITTLE_BEFORE its last record does so, too.
        """
        last = self.pages[max(self.pages)].shown
        reached = last[-1].updated_at if last else None
        if not self.by_change or self.since is None or since is None or reached is None or self.end is not None:
            return False
        # When more changed in one second than a page holds, only a longer page goes on.
        goes_on = self.since < since or (self.since == since and per_page > self.per_page)
        return goes_on and since <= reached <= since + LITTLE_BEFORE


def find_pulls(observations: Iterable[Seen], name: str) -> list[Pull[Seen]]:
    """The passes through the list of this name. A pull that continues another is a part of that one."""
    pulls: list[Pull[Seen]] = []
    open_pulls: dict[tuple[object, ...], Pull[Seen]] = {}
    early: dict[tuple[object, ...], dict[int, Seen]] = {}
    latest: dict[frozenset[str] | None, Pull[Seen]] = {}
    for seen in observations:
        asked = seen.asked
        if asked is None or asked.list != name or asked.lookup or not seen.succeeded or seen.method != "GET":
            continue
        key = (asked.since, asked.narrowed, asked.per_page, asked.whole)
        if asked.page == 1 or asked.whole:
            # A client may request pages in parallel, and later pages may overtake the first one.
            pages = {n: page for n, page in early.pop(key, {}).items() if seen.began - page.began <= OVERTAKES}
            pages[1] = seen
            pull = Pull(asked.since, asked.narrowed, asked.per_page, asked.whole, pages)
            open_pulls[key] = pull
            before = latest.get(asked.narrowed)
            if before is not None and before.may_continue_at(asked.since, asked.per_page):
                before.continued, pull.continues = pull, before
            else:
                pulls.append(pull)
            latest[asked.narrowed] = pull
        elif key in open_pulls and asked.page not in open_pulls[key].pages:
            open_pulls[key].pages[asked.page] = seen
        else:
            # The page belongs to a pull that hasn't begun yet, or whose beginning the journal has dropped.
            early.setdefault(key, {})[asked.page] = seen
    return pulls
