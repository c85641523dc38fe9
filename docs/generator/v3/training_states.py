"""Training status and participant status of version 3: every act is tried on every status, to see what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from docs.generator.state_diagram import Arrow, Layout, draw
from docs.generator.v3.people import OTHER, PROVIDER, OneEct
from mock_server.rules.table import RulesBroken
from mock_server.v3.domain import commands, programmes
from mock_server.v3.domain.derived import participant_status, training_status
from mock_server.v3.domain.vocabulary import COURSES, DEFER_REASONS, TRAINING_STATUSES

TRAINING_LAYOUT: Final = Layout({"active": (0, 0), "deferred": (1, 0), "withdrawn": (0, 1)}, box_width=124, gap=55)
PARTICIPANT_LAYOUT: Final = Layout(
    {"joining": (0, 0), "leaving": (1, 0), "active": (0, 1), "left": (1, 1)}, box_width=84, gap=105, beside=46
)


@dataclass(frozen=True, slots=True)
class Status:
    """What a provider sees in an enrolment. `participant` is None for somebody whom it doesn't see any more."""

    training: str
    participant: str | None

    def __str__(self) -> str:
        return f"{self.participant}, {self.training}"


@dataclass(frozen=True, slots=True)
class Move:
    """What an act does to a status. `after` is None where the named rules refuse it."""

    act: str
    before: Status
    after: Status | None
    rules: tuple[str, ...] = ()


def _deferred() -> OneEct:
    case = OneEct()
    _act(case, "defer")
    # On the same day nobody can be resumed.
    case.pass_days(1)
    return case


def _withdrawn() -> OneEct:
    case = OneEct()
    _act(case, "withdraw")
    case.pass_days(1)
    return case


def _leaving() -> OneEct:
    case = OneEct()
    case.leave(in_days=10)
    return case


def _left() -> OneEct:
    case = OneEct()
    case.leave(in_days=0)
    case.pass_days(1)
    return case


_CASES: Final[tuple[Callable[[], OneEct], ...]] = (OneEct.joining, OneEct, _leaving, _left, _deferred, _withdrawn)

_ATTRIBUTES: Final[Mapping[str, Mapping[str, Any]]] = {
    "defer": {"reason": DEFER_REASONS[0]},
    "resume": {},
    "withdraw": {"reason": "other"},
}
_COMMANDS: Final = {"defer": commands.defer, "resume": commands.resume, "withdraw": commands.withdraw}


def _act(case: OneEct, name: str) -> None:
    view = case.ect.view_of(PROVIDER)
    if view is None:
        raise LookupError("the provider doesn't see the ECT")
    _COMMANDS[name](case.world, view, {"course_identifier": COURSES["ect"], **_ATTRIBUTES[name]}, case.now)


def _status(case: OneEct) -> Status:
    view = case.ect.view_of(PROVIDER)
    if view is None or view.ect is None:
        raise LookupError("the provider doesn't see the ECT")
    return Status(training_status(view.ect), participant_status(view.ect, case.today))


def provider_moves() -> list[Move]:
    """What defer, resume and withdraw do to every status."""
    return [_tried(name, make()) for name in _COMMANDS for make in _CASES]


def provider_table() -> list[tuple[Status, list[Move]]]:
    """The same by status: for each, what the three acts do."""
    moves = provider_moves()
    statuses = dict.fromkeys(move.before for move in moves)
    return [(status, [move for move in moves if move.before == status]) for status in statuses]


def provider_acts() -> list[str]:
    return list(_COMMANDS)


def _tried(act: str, case: OneEct) -> Move:
    before = _status(case)
    try:
        _act(case, act)
    except RulesBroken as refused:
        return Move(act, before, None, tuple(each.rule.id for each in refused.violations))
    return Move(act, before, _status(case))


def calendar_and_school_moves() -> list[Move]:
    """What time, the school and the appropriate body do. Acts that change nothing are left out."""
    moves = []
    for act, perform in _OTHERS.items():
        for make in _CASES:
            case = make()
            before = _status(case)
            if not perform(case, before):
                continue
            after = _status(case)
            if after != before:
                moves.append(Move(act, before, after))
    return moves


# Each performs an act, and says whether it is possible.


def _days_pass(case: OneEct, before: Status) -> bool:
    case.pass_days(30)
    return True


def _reports_leaving(case: OneEct, before: Status) -> bool:
    if before.participant not in ("joining", "active"):
        return False
    case.leave(in_days=20)
    return True


def _changes_provider(case: OneEct, before: Status) -> bool:
    if before.participant != "active":
        return False
    programmes.change_provider(case.world, case.ect, "ect", OTHER, case.now)
    return True


def _comes_back(case: OneEct, before: Status) -> bool:
    if before.participant != "left":
        return False
    case.register_elsewhere(PROVIDER)
    return True


def _completes(case: OneEct, before: Status) -> bool:
    if before.participant == "joining":
        return False
    case.pass_induction()
    return True


_OTHERS: Final[Mapping[str, Callable[[OneEct, Status], bool]]] = {
    "the day comes": _days_pass,
    "the school reports a last day": _reports_leaving,
    "the school changes to another provider": _changes_provider,
    "a school registers the person with you again": _comes_back,
    "the induction is passed, by the end of the training": _completes,
}

# What the picture writes beside its arrows, and the acts behind it. Completion is only in the table.
_PICTURED: Final = {
    ("joining", "active"): "first\nday",
    ("joining", "leaving"): "last day set",
    ("active", "leaving"): "last day\nset",
    ("leaving", "left"): "last day,\ndefer,\nwithdraw",
    ("active", "left"): "defer, withdraw",
    ("left", "active"): "resume",
}


def participant_moves() -> dict[tuple[str, str], list[str]]:
    """The acts that lead from one participant status to another. Completion isn't among them."""
    found: dict[tuple[str, str], list[str]] = {}
    for move in [*provider_moves(), *calendar_and_school_moves()]:
        if move.after is None or move.act.startswith("the induction"):
            continue
        before, after = move.before.participant, move.after.participant
        if before is not None and after is not None and before != after:
            _note(found, (before, after), move.act)
    return found


def participant_diagram() -> str:
    moves = participant_moves()
    arrows = [Arrow(before, after, _PICTURED[before, after]) for before, after in moves]
    told = [f"{before} becomes {after} by: {', '.join(acts)}" for (before, after), acts in moves.items()]
    first = frozenset({"joining", "active"})
    text = f"A participant starts as joining or active. {'; '.join(told)}."
    return draw("participant-states", "Participant status", text, PARTICIPANT_LAYOUT, arrows, first)


def training_moves() -> dict[tuple[str, str], list[str]]:
    """The provider's acts that lead from one training status to another."""
    found: dict[tuple[str, str], list[str]] = {}
    for move in provider_moves():
        if move.after is not None and move.after.training != move.before.training:
            _note(found, (move.before.training, move.after.training), move.act)
    return found


def _note(found: dict[tuple[str, str], list[str]], pair: tuple[str, str], act: str) -> None:
    acts = found.setdefault(pair, [])
    if act not in acts:
        acts.append(act)


def training_diagram() -> str:
    moves = training_moves()
    arrows = [Arrow(before, after, ", ".join(acts)) for (before, after), acts in moves.items()]
    told = [f"{', '.join(acts)} makes {before} {after}" for (before, after), acts in moves.items()]
    text = f"A participant starts as active. {'; '.join(told)}."
    return draw("training-states", "Training status", text, TRAINING_LAYOUT, arrows, frozenset({TRAINING_STATUSES[0]}))
