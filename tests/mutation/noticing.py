"""Ends a check at its first finding. To see that a fault is noticed, nobody needs the findings after it."""

from collections.abc import Iterator
from contextlib import contextmanager

from mock_server.harness.check.outcome import GENERATED, Finding
from mock_server.harness.check.traffic import TrafficLog


class Noticed(BaseException):
    """The check has found something. No `except Exception` on the way may stop it."""

    def __init__(self, found: Finding) -> None:
        super().__init__(found.what)
        self.found = found


@contextmanager
def ending_at_the_first_finding() -> Iterator[None]:
    """In the block, a finding raises Noticed. Schemathesis runs its phases to their end: it has threads of its own."""
    original = TrafficLog.report

    def report(self: TrafficLog, found: Finding) -> None:
        original(self, found)
        if self.stage.name not in GENERATED:
            raise Noticed(found)

    TrafficLog.report = report  # type: ignore[method-assign]
    try:
        yield
    finally:
        TrafficLog.report = original  # type: ignore[method-assign]
