"""The result of judging one requirement."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from mock_server.harness.readiness.traffic import Observation

Verdict = Literal["passed", "failed", "not_seen"]

# Nobody reads more entries than this to believe a verdict. Of longer lists, show the first and the last entries.
MAX_EVIDENCE: Final = 20


@dataclass(frozen=True, slots=True)
class Judgement:
    """`evidence` are the ids of the journal entries that prove the verdict; `advice` says what to change."""

    verdict: Verdict
    evidence: tuple[int, ...] = ()
    advice: str | None = None


NOT_SEEN: Final = Judgement("not_seen")


def passed(evidence: Iterable[Observation], advice: str | None = None) -> Judgement:
    return Judgement("passed", _ids(evidence), advice)


def failed(advice: str, evidence: Iterable[Observation]) -> Judgement:
    return Judgement("failed", _ids(evidence), advice)


def passed_if_any(evidence: Iterable[Observation]) -> Judgement:
    """For a requirement that the client can't fail: it passes when the thing has happened once."""
    ids = _ids(evidence)
    return Judgement("passed", ids) if ids else NOT_SEEN


def not_seen(advice: str, evidence: Iterable[Observation] = ()) -> Judgement:
    """`advice` says what is still missing. Use NOT_SEEN when there is no advice."""
    return Judgement("not_seen", _ids(evidence), advice)


def _ids(observations: Iterable[Observation]) -> tuple[int, ...]:
    ids = sorted({seen.id for seen in observations})
    half = MAX_EVIDENCE // 2
    return tuple(ids if len(ids) <= MAX_EVIDENCE else ids[:half] + ids[-half:])
