"""Runs a drill: sets the scene through the control API, then makes events happen when the client is ready."""

import time
from collections.abc import Collection, Iterator
from secrets import token_hex

from mock_server.client import ControlClient
from mock_server.control.models import NewFault, Readiness, RequirementResult
from mock_server.harness.readiness.drills import RETRY_AFTER, Drill, DrillEvent, Watched
from mock_server.harness.readiness.kit import ReadinessKit, Stage
from mock_server.harness.readiness.scene import DrillScene


class DrillRun:
    """One drill in a sandbox of its own. The caller decides with `step` how often it looks."""

    def __init__(
        self,
        control: ControlClient,
        kit: ReadinessKit,
        drill: Drill,
        *,
        participants: int | None = None,
        retry_after: int = RETRY_AFTER,
    ) -> None:
        """Sets the scene with this many `participants`, or as many as the kit says.

        `retry_after` is how long a 429 asks the client to wait, in whole seconds.

        Raises:
            ControlFailure: the mock doesn't answer, or refuses.
        """
        self.drill = drill
        self._kit = kit
        self._api = kit.api
        # The machine's clock, because a client uses its own clock, too.
        made = control.create_sandbox(
            id=f"drill-{token_hex(4)}",
            seed="empty",
            clock={"running": True},
            # A client that looks for words in a detail must not get through by luck.
            details="reworded",
        )
        self.sandbox = control.sandbox(made.id)
        self.base_url = control.base_url
        self.token = made.tokens[kit.provider]
        self.wrong_token = f"wrong-token.{made.id}"
        many = kit.participants if participants is None else participants
        self._scene = kit.set_scene(Stage(self.sandbox, self.base_url, made.tokens, many))
        # The journal and the changes so far came from the setup, so nobody should see them.
        self.sandbox.clear_requests()
        self._events = [event for exercise in drill.exercises for event in exercise.events]
        self.sandbox.replace_faults(
            [_with_wait(fault, retry_after) for exercise in drill.exercises for fault in exercise.faults]
        )
        self.watched = Watched(began=time.monotonic(), now=time.monotonic())

    @property
    def waiting(self) -> list[str]:
        """The events that await the client, one sentence each."""
        return [exercise.waiting.format(sandbox=self.sandbox.id) for exercise in self.drill.exercises]

    def step(self) -> tuple[Readiness, list[str]]:
        """Looks at the board, does what is due, and says what happened, one line each.

        Raises:
            ControlFailure: the mock no longer answers, or refuses.
        """
        board, watched = self.sandbox.readiness(self._api), self.watched
        watched.now, watched.at = time.monotonic(), time.time()
        newest = watched.entries[-1].id if watched.entries else 0
        watched.entries += self.sandbox.all_requests(after=newest, limit=500)
        watched.passed = frozenset(result.id for result in board.requirements if result.verdict == "passed")
        passed = {None, *watched.passed}
        return board, [said for event in list(self._events) if event.after in passed for said in self._let(event)]

    def _let(self, event: DrillEvent) -> Iterator[str]:
        said = event.happen(self._scene, self.watched)
        if said is not None and not event.repeats:
            self._events.remove(event)
        if said:
            yield said

    @property
    def has_restarts(self) -> bool:
        """Whether the drill has a requirement about restarts."""
        return any(self._kit.by_id[id].restarts for id in self.drill.requirements)

    def prepare_restart(self) -> str:
        """Changes something while the client is off, and says what happened. Raises ControlFailure."""
        self.sandbox.note_restart()
        scene: DrillScene = self._scene
        for _ in range(2):
            scene.change_something(scene.changed)
            scene.changed += 1
        return "while the client was off, schools changed something"

    @property
    def quiet_seconds(self) -> float | None:
        """For how long the client has sent nothing; None before its first request."""
        entries = self.watched.entries
        return max(0.0, time.time() - entries[-1].at.timestamp()) if entries else None

    def outstanding(self, board: Readiness) -> list[RequirementResult]:
        """The requirements of the drill that the client hasn't met yet, or has broken."""
        return [
            result
            for result in board.requirements
            if result.id in self.drill.requirements
            and result.verdict != "passed"
            and (result.verdict == "failed" or self._kit.by_id[result.id].needed)
        ]


class News:
    """The results of the board that its reader doesn't know yet.

    A failure must last for a while before this reports it. A client that has yet to follow a page, or to retry after a
    fault, fails only for a moment.
    """

    PATIENCE = 3.0

    def __init__(self, requirements: Collection[str]) -> None:
        """The reader wants to know about these `requirements`."""
        self._told = dict.fromkeys(requirements, "not_seen")
        self._failing: dict[str, tuple[RequirementResult, float]] = {}

    def of(self, board: Readiness, now: float) -> Iterator[RequirementResult]:
        """The results to report; `now` is in seconds, from any starting point."""
        for result in board.requirements:
            if result.verdict != "failed":
                self._failing.pop(result.id, None)
            elif not self._has_stayed(result, now):
                continue
            if self._told.get(result.id, result.verdict) != result.verdict:
                self._told[result.id] = result.verdict
                yield result

    def _has_stayed(self, result: RequirementResult, now: float) -> bool:
        before, since = self._failing.get(result.id, (None, now))
        if result != before:
            since = now
        self._failing[result.id] = result, since
        return now - since >= self.PATIENCE


def _with_wait(fault: NewFault, seconds: int) -> NewFault:
    """The fault with this `Retry-After` in seconds, if its answer has that header."""
    respond = fault.get("respond")
    if respond is None or "Retry-After" not in respond.get("headers", {}):
        return fault
    return {**fault, "respond": {**respond, "headers": {"Retry-After": str(seconds)}}}
