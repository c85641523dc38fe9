"""What happens to the client of a service with declarations during a drill. Each service says how it happens there."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final, Protocol

from mock_server.client import SandboxClient
from mock_server.control.models import JournalEntry, NewFault
from mock_server.harness.readiness.drills import Watched

# While clients poll, something changes every so many seconds, until so long after a poll.
BETWEEN_CHANGES: Final = 0.2
STREAM_AFTER_POLL: Final = 1.2
# Longer than that nobody waits for a poll.
STREAM_AT_MOST: Final = 12.0
# A payment follows when the client has declared nothing for so long, and another one when it has seen that payment for
# so long. Even without that it follows at last.
QUIET: Final = 1.5
NEXT_PAYMENT: Final = 2.0
AT_LAST: Final = 10.0
# For so long the answer to a request is under way, while the world changes, in milliseconds.
SURPRISE_TAKES: Final = 700


class Declared(Protocol):
    """A declaration as the control API shows it."""

    @property
    def id(self) -> str: ...
    @property
    def participant_id(self) -> str: ...
    @property
    def declaration_type(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...


@dataclass(slots=True)
class DrillScene(ABC):
    """The sandbox of a drill, and what has happened there so far."""

    sandbox: SandboxClient
    # How often something has changed in the stream of changes, and since when (Unix time).
    changed: int = field(default=0, kw_only=True)
    stream_began: float | None = field(default=None, kw_only=True)
    stream_over: bool = field(default=False, kw_only=True)
    # When each declaration was paid (Unix time).
    paid: dict[str, float] = field(default_factory=dict, kw_only=True)
    # The fault that refuses a void, and the declaration that it is about.
    surprise: tuple[str, str] | None = field(default=None, kw_only=True)

    # The operations that list participants and declarations, and those that show one declaration.
    participant_lists: ClassVar[Sequence[str]]
    declaration_lists: ClassVar[Sequence[str]]
    declaration_readings: ClassVar[Sequence[str]]
    # The path of a void, with `{id}`, and the body of its refusal with the content type.
    void_path: ClassVar[str]
    void_refusal: ClassVar[Any]
    content_type: ClassVar[str]
    # The types in their order.
    declaration_types: ClassVar[Sequence[str]]

    @abstractmethod
    def new_declarations(self) -> Sequence[Declared]:
        """The client's declarations, oldest first."""

    @abstractmethod
    def change_something(self, turn: int) -> None:
        """Changes a participant, and now and then a declaration: those that the client least likely works with."""

    @abstractmethod
    def move(self, declaration: Declared, state: str) -> bool:
        """Moves the declaration to `state`, if any way leads there, and says whether it did."""


def changes_stream(scene: DrillScene, watched: Watched) -> str | None:
    """Changes records in quick succession while the client polls.

    So something changes in the very second of a poll, before it and after its answer.
    """
    lists = (*scene.participant_lists, *scene.declaration_lists)
    polls = [entry for entry in watched.successes(*lists) if "updated_since" in entry.query]
    if not polls:
        return None
    if scene.stream_began is None:
        scene.stream_began = watched.at
    running = watched.at - scene.stream_began
    while scene.changed < 1 + running / BETWEEN_CHANGES and scene.changed < STREAM_AT_MOST / BETWEEN_CHANGES:
        scene.change_something(scene.changed)
        scene.changed += 1
    polled = {entry.operation_id: entry.at.timestamp() for entry in reversed(polls) if _within(scene, entry)}
    each_polled = {entry.operation_id for entry in polls} <= polled.keys()
    long_enough = each_polled and watched.at - max(polled.values()) >= STREAM_AFTER_POLL
    if not long_enough and running < STREAM_AT_MOST:
        return None
    scene.stream_over = True
    return f"schools and the department changed {scene.changed} records while the client polled"


def _within(scene: DrillScene, entry: JournalEntry) -> bool:
    return scene.stream_began is not None and entry.at.timestamp() > scene.stream_began


def department_pays(scene: DrillScene, watched: Watched) -> str | None:
    """Pays the client's declarations one after another, until one was voided after it was paid.

    A client that sends several declarations at a time can't know which of them comes first. So whichever it waits for
    is paid in the end.
    """
    if said := _surprise(scene, watched):
        return said
    if watched.passed >= {"declarations.void", "declarations.clawback"}:
        return None
    declared = list(scene.new_declarations())
    if not declared:
        return None
    writes = [entry for entry in watched.entries if entry.method in ("POST", "PUT")]
    quiet = bool(writes) and watched.seconds_since(writes[-1]) >= QUIET
    started = min(each.created_at.timestamp() for each in declared)
    # A client that polls without `filter[updated_since]` gets no stream of changes.
    waiting_long = scene.stream_began is None and watched.at - started >= STREAM_AT_MOST and quiet
    if not (scene.stream_over or waiting_long) or not (quiet or "declarations.void" in watched.passed):
        return None
    if scene.paid and not _was_seen(scene, watched):
        return None
    order = list(scene.declaration_types)
    declared.sort(key=lambda each: (order.index(each.declaration_type), each.created_at))
    for each in declared:
        if each.id in scene.paid:
            continue
        armed = "errors.refusal-met" not in watched.passed and scene.surprise is None
        # Before the client can know that it was paid.
        if armed:
            _prepare_surprise(scene, each.id)
        if scene.move(each, "paid"):
            scene.paid[each.id] = watched.at
            return f"the declaration {each.declaration_type} of participant {each.participant_id} was paid"
        if armed:
            _drop_surprise(scene)
    return None


def _was_seen(scene: DrillScene, watched: Watched) -> bool:
    """Whether the client has had time to void the latest payment."""
    id, at = list(scene.paid.items())[-1]
    if watched.at - at >= AT_LAST:
        return True
    for entry in watched.successes(*scene.declaration_lists, *scene.declaration_readings):
        shown = id in (entry.record_ids or ()) or entry.path.endswith(id)
        if shown and entry.at.timestamp() > at and watched.seconds_since(entry) >= NEXT_PAYMENT:
            return True
    return False


# -- a refusal that nobody can foresee ------------------------------------------------------------


def _prepare_surprise(scene: DrillScene, declaration_id: str) -> None:
    """The client's request to void this declaration will be refused: the department is quicker.

    A client that looks at its records before it writes may never have met a refusal. It can't foresee this one.
    """
    fault: NewFault = {
        "match": {"method": "PUT", "path": scene.void_path.format(id=declaration_id)},
        "respond": {"status": 422, "headers": {"Content-Type": scene.content_type}, "body": scene.void_refusal},
        "delay_ms": SURPRISE_TAKES,
        "times": 1,
    }
    scene.surprise = scene.sandbox.add_fault(**fault).id, declaration_id


def _drop_surprise(scene: DrillScene) -> None:
    if scene.surprise is not None:
        scene.sandbox.remove_fault(scene.surprise[0])
        scene.surprise = None


def _surprise(scene: DrillScene, watched: Watched) -> str | None:
    """Changes the world as soon as the request has come."""
    if scene.surprise is None:
        return None
    fault_id, declaration_id = scene.surprise
    struck = any(fault.id == fault_id and fault.struck for fault in scene.sandbox.faults())
    if not struck:
        if "errors.refusal-met" in watched.passed:
            _drop_surprise(scene)
        return None
    scene.surprise = None
    for declared in scene.new_declarations():
        if declared.id == declaration_id:
            scene.move(declared, "awaiting-clawback")
    return f"the department took back the declaration {declaration_id} just before the client voided it"


# -- answers that get lost -----------------------------------------------------------------------


def loses_an_answer(operation_id: str) -> NewFault:
    """The fault that performs the operation once and loses its answer."""
    return {
        "match": {"operation_id": operation_id},
        "respond": {"status": 504, "body": "Gateway Timeout\n"},
        "times": 1,
        "apply": "after",
    }


def lose_another_answer(scene: DrillScene, watched: Watched, operation_id: str) -> str:
    """Loses one more answer, because the service refused the declaration that the fault struck."""
    if any(entry.operation_id == operation_id and entry.unheard == 200 for entry in watched.entries):
        return ""
    scene.sandbox.add_fault(**loses_an_answer(operation_id))
    return "the declaration whose answer got lost was refused: the next answer gets lost instead"
