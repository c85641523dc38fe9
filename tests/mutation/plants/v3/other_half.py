"""The other half of a rule: what the server must accept, or must go on doing, and doesn't."""

from collections.abc import Callable
from typing import Any

import orjson

from mock_server.http.bodies import UnreadableBody
from mock_server.http.exchange import Answer
from mock_server.service import Call
from mock_server.v3 import checks
from mock_server.v3.domain import derived, facts
from mock_server.v3.domain.commands import CATALOGUE
from mock_server.v3.domain.world import World
from mock_server.v3.operations import OPERATIONS
from tests.mutation.planting import Plant, patched, rule_check

_WRITES = (
    "deferParticipant",
    "resumeParticipant",
    "withdrawParticipant",
    "changeScheduleParticipant",
    "createDeclaration",
)


def _also(rule: str, refuses: Callable[[Any], Any]) -> Callable[[], None]:
    """The rule also complains if `refuses` says so."""
    return rule_check(CATALOGUE, rule, lambda facts, said: said or ("not so" if refuses(facts) else None))


def _declaring(refuses: Callable[[Any], Any]) -> Callable[[], None]:
    """A declaration is also refused where `refuses` says so of D, the training."""
    return _also("declaration-participant-exists", lambda facts: facts.training is not None and refuses(facts))


def _status(facts: Any) -> str:
    return derived.participant_status(facts.training, facts.today)


def _is_over(facts: Any) -> bool:
    """Whether the milestone was over before today."""
    return bool(facts.milestone and facts.milestone.closes and facts.milestone.closes <= facts.now)


def _frozen(facts: Any) -> bool:
    return bool(facts.world.is_frozen(facts.declaration.cohort, facts.world.clock))


def _without_statement(facts: Any) -> bool:
    declaration = facts.declaration
    return facts.world.open_statement(declaration.provider, declaration.cohort, facts.today) is None


def _corrects_closed(facts: Any) -> bool:
    """The request corrects a partnership of a closed cohort."""
    return hasattr(facts, "partnership") and not facts.world.cohorts[facts.cohort_year].enabled


def _only_unpaid(original: Any) -> Any:
    return lambda self, teacher, role: [each for each in original(self, teacher, role) if each.state in _UNPAID]


_UNPAID = ("submitted", "eligible")


def _until_submitted(original: Any) -> Any:
    return lambda self, teacher, role: [each for each in original(self, teacher, role) if each.state != "submitted"]


def _reads_only() -> None:
    """X-With-Server-Date counts for reading only."""

    def now(handler: Any) -> Any:
        def handle(call: Call) -> Answer:
            call.now = call.world.clock
            answer: Answer = handler(call)
            return answer

        return handle

    OPERATIONS.update({name: now(OPERATIONS[name]) for name in _WRITES})


def _strict(complaint: Callable[[dict[str, Any], Any], bool]) -> Callable[[], None]:
    """A body is also unreadable where `complaint` says so of its `data` and the known names of attributes."""

    def make(original: Any) -> Any:
        def read_attributes(body: bytes, content_type: Any, media_types: Any, known: Any) -> dict[str, Any]:
            found: dict[str, Any] = original(body, content_type, media_types, known)
            if complaint(orjson.loads(body)["data"], known):
                raise UnreadableBody("The body isn't as it should be.")
            return found

        return read_attributes

    return patched(checks, "read_attributes", make)


def _texts_only(original: Any) -> Any:
    """A number is no text."""

    def text(self: Any, name: str) -> str:
        return "" if isinstance(self._attributes.get(name), int) else str(original(self, name))

    return text


OTHER_HALF = tuple(
    Plant(f"half-{name}", "the other half of a rule", what, plant)
    for name, what, plant in (
        (
            "deferred",
            "Who is deferred can't be declared for.",
            _declaring(lambda f: derived.training_status(f.training) == "deferred"),
        ),
        (
            "left",
            "Who has left can't be declared for.",
            _declaring(lambda f: _status(f) == "left" and not f.withdrawn_at),
        ),
        (
            "funding-end",
            "A mentor with a funding end can't be declared for.",
            _declaring(lambda f: f.role == "mentor" and f.teacher.mentor.ineligible_from is not None),
        ),
        (
            "late",
            "A milestone that is over can't be declared any more.",
            _also("declaration-type-in-schedule", _is_over),
        ),
        (
            "unfunded",
            "Who isn't eligible needs an open statement, too.",
            _declaring(lambda f: f.statement is None),
        ),
        (
            "joining",
            "Before the first day of training nothing can be declared.",
            _declaring(lambda f: f.training.started_on > f.today),
        ),
        (
            "resume-withdrawn",
            "Who is withdrawn can't come back, as in v1.",
            _also("resume-not-active", lambda f: f.training_status == "withdrawn"),
        ),
        (
            "withdraw-deferred",
            "Who is deferred can't be withdrawn.",
            _also("withdraw-not-withdrawn", lambda f: f.training_status == "deferred"),
        ),
        (
            "withdraw-left",
            "Who has left can't be withdrawn.",
            _also("withdraw-not-withdrawn", lambda f: f.participant_status == "left" and f.training_status == "active"),
        ),
        (
            "defer-left",
            "Who has left can't be deferred.",
            _also("defer-not-deferred", lambda f: f.participant_status == "left" and f.training_status == "active"),
        ),
        (
            "leaving",
            "Who is leaving keeps the schedule.",
            _also("schedule-not-left", lambda f: f.participant_status == "leaving"),
        ),
        (
            "declared",
            "Who has live declarations keeps the schedule, as in v1.",
            _also("schedule-not-left", lambda f: f.latest is not None and any(d.blocks for d in f.latest.declarations)),
        ),
        (
            "replacement",
            "Nobody can choose a replacement schedule.",
            _also("schedule-no-replacement-for-ect", lambda f: "replacement" in f.text("schedule_identifier")),
        ),
        (
            "reduced",
            "Nobody can choose a reduced schedule.",
            _also("schedule-no-reduced-for-mentor", lambda f: "reduced" in f.text("schedule_identifier")),
        ),
        ("void-frozen", "Nothing of a frozen cohort can be voided.", _also("void-not-voided", _frozen)),
        (
            "void-statement",
            "Without an open statement nothing can be voided.",
            _also("void-not-voided", _without_statement),
        ),
        (
            "void-payable",
            "A payable declaration can't be voided.",
            _also("void-not-voided", lambda f: f.state == "payable"),
        ),
        (
            "paid",
            "A payable or paid declaration doesn't hold its type.",
            patched(World, "blocking_declarations", _only_unpaid),
        ),
        (
            "submitted",
            "A submitted declaration doesn't hold its type.",
            patched(World, "blocking_declarations", _until_submitted),
        ),
        (
            "put-closed",
            "In a closed cohort no partnership gets another delivery partner.",
            _also("partnership-delivery-partner-given", _corrects_closed),
        ),
        ("date-reads", "X-With-Server-Date counts for reading only.", _reads_only),
        ("numbers", "A number isn't read as text.", patched(facts.RequestFacts, "text", _texts_only)),
        (
            "unknown",
            "A name that nobody knows is refused.",
            _strict(lambda data, known: not data["attributes"].keys() <= known),
        ),
        ("type", "A body without a type is refused.", _strict(lambda data, known: "type" not in data)),
    )
)
