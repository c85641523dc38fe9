"""Traffic of a client of v3, written down by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from mock_server.harness.readiness.judgement import Judgement
from mock_server.harness.readiness.observation import Observation
from mock_server.harness.readiness.shown import Asked, ShownRecord, shown_in
from mock_server.harness.v3.readiness import KIT
from mock_server.harness.v3.readiness.traffic import FACTS, LISTS, WRITES, Traffic
from mock_server.http.documents import rendering

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ID = "4f6c2d0e-5f3b-4c59-9a53-0b8f5c7e1a21"


class Story:
    """A client's requests, one after another; each takes 10 ms and begins a second after the one before it."""

    def __init__(self) -> None:
        self.observations: list[Observation] = []
        self.now = START.timestamp()
        self._ids = count(1)

    def request(self, kind: str, subject: str = "", **others: Any) -> Observation:
        attributes: Mapping[str, Any] = others.pop("attributes", {})
        method = "POST" if kind in ("declare", "create-partnership") else "PUT" if kind in WRITES else "GET"
        status = others.setdefault("status", 200)
        seen = Observation(
            id=next(self._ids),
            began=self.now,
            ended=self.now + 0.01,
            moment=datetime.fromtimestamp(self.now, UTC),
            provider="alder",
            credentials=b"Bearer alder-token",
            connection=("127.0.0.1", 50_000),
            token_in_url=False,
            method=method,
            path=f"/api/v3/{kind}/{subject}",
            operation_id=kind,
            identity=(kind, subject, repr(attributes)),
            status=status,
            outcome=status,
            heard=True,
            fault=None,
            retry_after=None,
            listed=None,
            problems=(),
            rules=(),
            kind=kind,
            writes=kind in WRITES,
            subject=subject,
            shifted=False,
            asked=Asked(kind) if kind in LISTS else None,
            shown=(),
            attributes=attributes,
            record={},
        )
        self.observations.append(replace(seen, **others))
        self.now = seen.ended + 1
        return seen

    def wait(self, seconds: float) -> None:
        """After the request before, instead of the usual second."""
        self.now += seconds - 1

    def lists(self, kind: str, *records: ShownRecord) -> None:
        """One page of this list."""
        self.request(kind, listed=tuple(each.id for each in records), shown=records)

    def refused(self, kind: str, rule: str, subject: str = ID, **attributes: str) -> None:
        """A write that broke this rule."""
        self.request(kind, subject, attributes=attributes, status=422, rules=(rule,))

    def judge(self, requirement: str) -> Judgement:
        return KIT.by_id[requirement].judge(Traffic(self.observations))

    def verdict(self, requirement: str) -> str:
        return self.judge(requirement).verdict


def record(id: str = ID, **attributes: Any) -> ShownRecord:
    """What an answer with this record showed."""
    body = b'{"data":' + rendering(id, "any", {"updated_at": START, **attributes}) + b"}"
    return shown_in(body, FACTS)[0]


def participant(id: str = ID, changes: Sequence[Mapping[str, str]] = (), **enrolment: Any) -> ShownRecord:
    """An active ECT of 2025, unless it says otherwise."""
    usual = {
        "participant_type": "ect",
        "cohort": "2025",
        "schedule_identifier": "ecf-standard-september",
        "training_status": "active",
        "participant_status": "active",
        "deferral": None,
        "withdrawal": None,
    }
    return record(id, ecf_enrolments=[usual | enrolment], participant_id_changes=list(changes))


def today(story: Story) -> str:
    return (datetime.fromtimestamp(story.now, UTC) - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
