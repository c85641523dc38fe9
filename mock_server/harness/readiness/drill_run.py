"""A drill under way: sets the scene through the control API, then lets things happen when the client is ready."""

from collections.abc import Collection, Iterator
from secrets import token_hex

from mock_server.client import ControlClient
from mock_server.control.models import NewFault, Readiness, RequirementResult
from mock_server.harness.readiness.drills import RETRY_AFTER, Drill, Event
from mock_server.harness.readiness.kit import ReadinessKit


class DrillRun:
    """One drill in a sandbox of its own. It happens by `step`, so whoever runs it decides how often to look."""

    def __init__(
        self,
        control: ControlClient,
        kit: ReadinessKit,
        drill: Drill,
        *,
        participants: int | None = None,
        retry_after: int = RETRY_AFTER,
    ) -> None:
        """Sets the scene with so many `participants`, or as many as the kit says.

        `retry_after` is how long a 429 asks the client to wait, in whole seconds.

        Raises:
            ControlFailure: the mock isn't there, or refuses.
        """
        self.drill = drill
        self._api = kit.api
        # The machine's clock, because a client takes the time from its own.
        made = control.create_sandbox(id=f"drill-{token_hex(4)}", seed="empty", clock={"running": True})
        self.sandbox = control.sandbox(made.id)
        self.base_url = control.base_url
        self.token = made.tokens[kit.provider]
        self._scene = kit.set_scene(self.sandbox, kit.participants if participants is None else participants)
        # Nobody is to find out about the setting of the scene.
        self.sandbox.clear_requests()
        self._events = [event for exercise in drill.exercises for event in exercise.events]
        self.sandbox.replace_faults(
            [_with_wait(fault, retry_after) for exercise in drill.exercises for fault in exercise.faults]
        )

    @property
    def waiting(self) -> list[str]:
        """What awaits the client, a sentence each."""
        return [exercise.waiting.format(sandbox=self.sandbox.id) for exercise in self.drill.exercises]

    def step(self) -> tuple[Readiness, list[str]]:
        """Looks at the board and does what is due; says what happened, a line each.

        Raises:
            ControlFailure: the mock is gone, or refuses.
        """
        board = self.sandbox.readiness(self._api)
        passed = {None} | {result.id for result in board.requirements if result.verdict == "passed"}
        return board, [said for event in list(self._events) if event.after in passed for said in self._let(event)]

    def _let(self, event: Event) -> Iterator[str]:
        said = event.happen(self._scene)
        if said is not None:
            self._events.remove(event)
        if said:
            yield said

    def outstanding(self, board: Readiness) -> list[RequirementResult]:
        """The requirements of the drill that aren't met yet."""
        return [
            result
            for result in board.requirements
            if result.id in self.drill.requirements and result.verdict != "passed"
        ]


class News:
    """What of the board its reader doesn't know yet.

    A failure is told when it has stayed as it is for a while: a page not yet followed, or a fault not yet tried again,
    is one for a moment.
    """

    PATIENCE = 3.0

    def __init__(self, requirements: Collection[str]) -> None:
        """The reader wants to know about these `requirements`."""
        self._told = dict.fromkeys(requirements, "not_seen")
        self._failing: dict[str, tuple[RequirementResult, float]] = {}

    def of(self, board: Readiness, now: float) -> Iterator[RequirementResult]:
        """The results to tell; `now` is in seconds, since whenever."""
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
    """The fault with its answer's `Retry-After`, if it has one, set to so many seconds."""
    respond = fault.get("respond")
    if respond is None or "Retry-After" not in respond.get("headers", {}):
        return fault
    return {**fault, "respond": {**respond, "headers": {"Retry-After": str(seconds)}}}
