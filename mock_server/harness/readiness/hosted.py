"""Drills that the mock runs itself, for test frameworks of any language: begun and ended through the control API."""

import threading
import time
from dataclasses import dataclass, field
from secrets import token_hex

from mock_server.client import ControlClient
from mock_server.control.connection import ControlFailure
from mock_server.control.models import Drill, Readiness
from mock_server.harness.readiness.drill_run import DrillRun
from mock_server.harness.readiness.kit import ReadinessKit

# How often a drill looks at what the client has done, in seconds.
INTERVAL = 0.2
# A drill whose client has sent nothing for so long has been forgotten.
FORGOTTEN_AFTER = 900.0


@dataclass(slots=True)
class HostedDrill:
    """A drill that a thread of the mock runs until somebody ends it."""

    id: str
    api: str
    run: DrillRun
    control: ControlClient
    happened: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None
    board: Readiness | None = None

    @classmethod
    def begin(cls, base_url: str, token: str | None, kit: ReadinessKit, name: str) -> "HostedDrill":
        """Sets the scene, which takes a second or two. Raises ControlFailure."""
        control = ControlClient(base_url, token)
        run = DrillRun(control, kit, kit.drills[name])
        drill = cls(f"d{token_hex(6)}", kit.api, run, control)
        drill.thread = threading.Thread(target=drill._watch, name=drill.id, daemon=True)
        drill.thread.start()
        return drill

    def _watch(self) -> None:
        began = time.monotonic()
        try:
            while not self.ended.wait(INTERVAL):
                self._look()
                quiet = self.run.quiet_seconds
                if (time.monotonic() - began if quiet is None else quiet) > FORGOTTEN_AFTER:
                    return
            # What the client did last is on the board, too.
            self._look()
        except ControlFailure:
            # The sandbox was deleted, or the mock stops.
            pass
        finally:
            self.ended.set()
            self.control.close()

    def _look(self) -> None:
        self.board, happened = self.run.step()
        self.happened += happened

    def end(self) -> None:
        """Ends it, and comes back when its board is final."""
        self.ended.set()
        if self.thread is not None:
            self.thread.join()

    def record(self) -> Drill:
        """The drill as the control API shows it."""
        return Drill(
            id=self.id,
            api=self.api,
            name=self.run.drill.name,
            sandbox=self.run.sandbox.id,
            token=self.run.token,
            wrong_token=self.run.wrong_token,
            ended=self.ended.is_set(),
            happened=tuple(self.happened),
            missing=self._missing(),
        )

    def _missing(self) -> tuple[str, ...]:
        """The requirements that keep the client from being ready, by the latest look."""
        if self.board is None:
            return self.run.drill.requirements
        return tuple(each.id for each in self.run.outstanding(self.board) if each.level == "must")
