"""Does the client ask for no more than it needs? Each measure is a figure here, and words in the requirement."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from mock_server.harness.readiness.judgement import Judgement, failed, passed_if_any
from mock_server.harness.readiness.sync import of_everything
from mock_server.harness.readiness.traffic import Observation, Traffic

# The documented rate limit: this many requests of one token in this many seconds.
LIMIT: Final = 1000
LIMIT_SECONDS: Final = 300
# A rate above the limit is only a fault when it would exceed the limit so many times over, for so many seconds.
TIMES_OVER: Final = 1.5
STEADY_SECONDS: Final = 3.0
# So many readings of single records that told the client nothing new, some of a record for the second time.
WASTED_READINGS: Final = 60
# So many pages after the last one. A client that requests pages in parallel can't know which one is the last.
PAGES_PAST_END: Final = 5

RATE_MEASURE: Final = (
    f"At the rate of the busiest {STEADY_SECONDS:g} seconds, its polls of one list stay below {TIMES_OVER:g} times "
    f"the limit of {LIMIT} requests in {LIMIT_SECONDS} seconds"
)
READING_MEASURE: Final = f"at most {WASTED_READINGS} readings of single records tell it nothing new"
END_MEASURE: Final = f"at most {PAGES_PAST_END} requests for pages after the last one"

AnyTraffic = Traffic[Any]


def polling_rate(*lists: str) -> Callable[[AnyTraffic], Judgement]:
    """The requirement that polls stay within the rate limit."""
    allowed = TIMES_OVER * LIMIT * STEADY_SECONDS / LIMIT_SECONDS

    def judge(traffic: AnyTraffic) -> Judgement:
        evidence: list[Observation] = []
        for name in lists:
            for pulls in traffic.pulls(name).values():
                # A client that polls cohort after cohort polls each of them less often.
                by_cohorts: dict[object, list[Observation]] = {}
                for pull in pulls:
                    if not of_everything(pull) and pull.complete:
                        by_cohorts.setdefault(pull.narrowed, []).append(pull.began)
                for polls in by_cohorts.values():
                    evidence += polls
                    busiest = _busiest(polls)
                    if len(busiest) > allowed:
                        rate = round(len(busiest) * LIMIT_SECONDS / STEADY_SECONDS)
                        return failed(
                            f"Poll less often, such as every minute: at the rate of these polls it would be {rate} "
                            f"requests in {LIMIT_SECONDS} seconds, where {LIMIT} are allowed.",
                            busiest,
                        )
        return passed_if_any(evidence)

    return judge


def _busiest(polls: Sequence[Observation]) -> Sequence[Observation]:
    """The most polls that began within STEADY_SECONDS."""
    first, found = 0, (0, 0)
    for last, seen in enumerate(polls):
        while seen.began - polls[first].began > STEADY_SECONDS:
            first += 1
        found = max(found, (first, last + 1), key=lambda span: span[1] - span[0])
    return polls[found[0] : found[1]]


def single_readings(*kinds: str) -> Callable[[AnyTraffic], Judgement]:
    """The requirement that records don't get read one by one when lists showed them. `kinds` are the readings."""

    def judge(traffic: AnyTraffic) -> Judgement:
        evidence: list[Observation] = []
        for observations in traffic.by_provider.values():
            shown_at: dict[str, float] = {}
            read: set[str] = set()
            wasted: list[Observation] = []
            again = False
            for seen in observations:
                if seen.kind in kinds and seen.method == "GET" and seen.succeeded:
                    evidence.append(seen)
                    known = shown_at.get(seen.subject)
                    if known is not None and not traffic.changed(seen.subject, known, seen.began):
                        wasted.append(seen)
                        again = again or seen.subject in read
                        read.add(seen.subject)
                    shown_at[seen.subject] = seen.ended
                elif seen.listed and seen.succeeded:
                    evidence.append(seen)
                    shown_at.update(dict.fromkeys(seen.listed, seen.ended))
            if again and len(wasted) > WASTED_READINGS:
                return failed(
                    f"Take what the list says: {len(wasted)} readings of single records showed nothing but what an "
                    "answer had shown before. Each of them counts towards the rate limit.",
                    wasted,
                )
        return passed_if_any(evidence)

    return judge


def stops_at_the_end(*lists: str) -> Callable[[AnyTraffic], Judgement]:
    """The requirement that a client doesn't go on after the last page."""

    def judge(traffic: AnyTraffic) -> Judgement:
        evidence: list[Observation] = []
        for name in lists:
            for pulls in traffic.pulls(name).values():
                for pull in pulls:
                    for part in pull.parts:
                        evidence.append(part.began)
                        past = part.past_the_end()
                        if len(past) > PAGES_PAST_END:
                            return failed(
                                "Stop at the first page that isn't full, or at the first empty one: "
                                f"{len(past)} of these requests asked for pages after it.",
                                past,
                            )
        return passed_if_any(evidence)

    return judge
