"""What comes of judging one requirement."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from mock_server.harness.readiness.traffic import Observation

Verdict = Literal["passed", "failed", "not_seen"]

# Nobody looks at more entries to believe a verdict. Of more the first and the last are shown.
MAX_EVIDENCE: Final = 20


@dataclass(frozen=True, slots=True)
class Judgement:
    """`evidence` are the journal entries that prove the verdict, by their ids; `advice` says what to change."""

    verdict: Verdict
    evidence: tuple[int, ...] = ()
    advice: str | None = None


NOT_SEEN: Final = Judgement("not_seen")


def passed(evidence: Iterable[Observation], advice: str | None = None) -> Judgement:
    return Judgement("passed", _ids(evidence), advice)


def failed(advice: str, evidence: Iterable[Observation]) -> Judgement:
    return Judgement("failed", _ids(evidence), advice)


def passed_if_any(evidence: Iterable[Observation]) -> Judgement:
    """For what needs to have happened once: there is no doing it wrong, only not doing it."""
    ids = _ids(evidence)
    return Judgement("passed", ids) if ids else NOT_SEEN


def not_seen(advice: str, evidence: Iterable[Observation] = ()) -> Judgement:
    """`advice` says what is still missing; without anything to say NOT_SEEN will do."""
    return Judgement("not_seen", _ids(evidence), advice)


def _ids(observations: Iterable[Observation]) -> tuple[int, ...]:
    ids = sorted({seen.id for seen in observations})
    half = MAX_EVIDENCE // 2
    return tuple(ids if len(ids) <= MAX_EVIDENCE else ids[:half] + ids[-half:])
