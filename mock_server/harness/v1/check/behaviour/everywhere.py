"""Every way to read a record shows the same facts, right after each change (rules 5.1, 5.2, 5.5, 6.1)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from mock_server.harness.check.bench import OWN
from mock_server.harness.check.probes import probe
from mock_server.harness.v1.check.behaviour.actions import ACTIONS, MENTOR, RESUME, attributes_of
from mock_server.harness.v1.check.bench import Bench, Sender, body
from mock_server.harness.v1.check.oracle import PARTICIPANTS, same_attributes, same_everywhere
from mock_server.rules.moments import format_moment
from mock_server.v1.domain.states import VOIDED_AS, way

# Names that careless servers cut, strip, escape or write anew.
NAMES = (
    'Ada "Countess" King, of Lovelace',
    "Zoë Ångström-Ní Dhónaill",
    "D'Arcy & Sons <b>O'Neill</b> van der BERG",
    "=1+1 mcdonald",
    "  two  spaces",
    "Владимир 李小龍 Łukasz",
    "Maximiliana Anastasia Konstantinova-Featherstonehaugh, the Younger of Llanfairpwllgwyngyll, "
    "in the County of Anglesey, née Fitzwilliam-Cholmondeley",
)
# Each combination of facts that a careless server takes for another.
_FACTS: tuple[dict[str, Any], ...] = (
    {"pupil_premium_uplift": True, "sparsity_uplift": False},
    {"pupil_premium_uplift": False, "sparsity_uplift": True},
    {"pupil_premium_uplift": True, "sparsity_uplift": True, "email": "Ada.KING+ecf@Example.org"},
    {"eligible_for_funding": False, "email": None},
    {
        "teacher_reference_number": "0012345",
        "teacher_reference_number_validated": False,
        "eligible_for_funding": None,
        "school_urn": "012345",
    },
    {
        "teacher_reference_number": "1234560",
        "teacher_reference_number_validated": True,
        "eligible_for_funding": True,
        "status": "withdrawn",
    },
    {"eligible_for_funding": True, "training_status": "deferred"},
    {"training_status": "withdrawn", "cohort": "2022", "schedule_identifier": "ecf-reduced-january"},
)
# In British summer time, when a server that shows local time is an hour wrong.
_SUMMER = "2022-07-15T10:30:45Z"


def _people(bench: Bench) -> list[str]:
    """Adds an ECT for each name and each combination of facts, and mentors for some. Returns their ids."""
    ids = []
    for number, facts in enumerate((*_FACTS, *({} for _ in NAMES))):
        name = NAMES[number % len(NAMES)]
        ids.append(bench.ect(full_name=name, **facts))
        bench.control.advance("PT1S")
    mentor: Any = {"participant_type": "mentor", "school_urn": "123456", "cohort": "2021"}
    mentor_id = bench.control.v1.add_participant(provider=OWN, full_name=NAMES[0], **mentor).id
    ids += [bench.ect(school_urn="123456", mentor_id=mentor_id), mentor_id]
    return ids


_ENTERED = "Each attribute of each record is what the school entered, in every list, CSV, and alone."


@probe(_ENTERED, clock=_SUMMER)
def what_was_entered(bench: Bench, operation: str) -> None:
    ids = _people(bench)
    for id in (ids[0], ids[2], ids[6]):
        bench.own.declare(participant_id=id, declaration_date="2021-09-15T23:30:15Z")
    bench.own.declare(participant_id=ids[-1], **MENTOR)
    same_everywhere(bench, OWN, _ENTERED, "after a school entered everybody")


_SEEDED = "Each attribute of each record of the guide's seed is the same in every list, CSV, and alone."


@probe(_SEEDED, seed="guide")
def the_seed(bench: Bench, operation: str) -> None:
    same_everywhere(bench, OWN, _SEEDED, "in the seed")


def _answers_with_the_record(own: Sender, operation: str, answered: Any, kept: Any, now: datetime) -> None:
    """Raises Broken about the last exchange unless its answer is the record as it is now, dated `now`."""
    same_attributes(own, answered["id"], answered["attributes"], kept, f"{operation} answers with the record as it is")
    came, wanted = answered["attributes"]["updated_at"], format_moment(now)
    own.expect(came == wanted, f"{operation} moves updated_at to its own moment, {wanted}", f"it is {came}")


def _read(own: Sender, read: Callable[[str], Any], id: str) -> Any:
    """The record as it is now. The exchange before stays the one that a finding shows."""
    blamed = own.last
    record = read(id)
    own.last = blamed
    return record


_REPORTED = "After each report, every list, CSV and single GET shows the change at once."


@probe(_REPORTED, *ACTIONS)
def after_reports(bench: Bench, operation: str) -> None:
    own = bench.own
    training = "deferred" if operation in RESUME else "active"
    ids = [bench.ect(full_name=NAMES[0], training_status=training) for _ in range(2)]
    same_everywhere(bench, OWN, _REPORTED, "before the report")
    for id in ids:
        now = bench.control.advance("PT1M").now
        answered = own.accepted(operation, id, body=body("x", **attributes_of(operation))).json["data"]
        _answers_with_the_record(own, operation, answered, _read(own, own.participant, id), now)
        same_everywhere(bench, OWN, _REPORTED, f"after {operation} on {id}")


def _corrected(bench: Bench, id: str) -> None:
    bench.control.v1.update_details(id, full_name=NAMES[1], email="New@Example.org", sparsity_uplift=True)


def _registered(bench: Bench, id: str) -> None:
    facts: Any = {"teacher_reference_number": "0012345", "teacher_reference_number_validated": True}
    bench.control.v1.register(id, email="registered@example.org", eligible_for_funding=True, **facts)


def _refused(bench: Bench, id: str) -> None:
    bench.control.v1.register(id, eligible_for_funding=False)


def _removed(bench: Bench, id: str) -> None:
    bench.control.v1.set_status(id, "withdrawn")


def _taken_back(bench: Bench, id: str) -> None:
    bench.control.v1.set_status(id, "active")


def _mentored(bench: Bench, id: str) -> None:
    urn = bench.control.v1.participant(id).school_urn
    mentor = bench.control.v1.add_participant(provider=OWN, participant_type="mentor", school_urn=urn, cohort="2021")
    bench.control.v1.set_mentor(id, mentor.id)


def _unmentored(bench: Bench, id: str) -> None:
    bench.control.v1.set_mentor(id, None)


def _amended(bench: Bench, id: str) -> None:
    bench.control.v1.amend_cohort(id, "2022", "ecf-extended-april")


def _moved(bench: Bench, id: str) -> None:
    bench.control.v1.transfer(id, provider=OWN, school_urn="012345")


# What schools and the department do, in an order that makes each a change.
_ACTS: tuple[tuple[str, Callable[[Bench, str], None]], ...] = (
    ("a school corrected details", _corrected),
    ("the participant registered", _registered),
    ("funding was refused", _refused),
    ("the school removed the participant", _removed),
    ("the school took the participant back", _taken_back),
    ("the school chose a mentor", _mentored),
    ("the school took the mentor away", _unmentored),
    ("the department amended the cohort", _amended),
    ("the participant moved to another school of the provider", _moved),
)


_ACTED = "After each act of a school or the department, every list, CSV and single GET shows the change at once."


@probe(_ACTED, PARTICIPANTS[0])
def after_acts(bench: Bench, operation: str) -> None:
    id, other = bench.ect(full_name=NAMES[0]), bench.ect(full_name=NAMES[3])
    bench.own.declare(participant_id=id)
    same_everywhere(bench, OWN, _ACTED, "before")
    for what, act in _ACTS:
        now = format_moment(bench.control.advance("PT1M").now)
        act(bench, id)
        same_everywhere(bench, OWN, _ACTED, f"after {what}, {id}")
        came = bench.own.participant(id)["updated_at"]
        bench.own.expect(came == now, f"rules 5.1: after {what}, updated_at is that moment, {now}", f"it is {came}")
    bench.control.advance("PT1M")
    _removed(bench, other)
    same_everywhere(bench, OWN, _ACTED, f"after the school removed {other}")


_MOVED = "After each declaration, change of state and void, every list, CSV and single GET shows it at once."


@probe(_MOVED, "voidParticipantDeclaration")
def after_declarations(bench: Bench, operation: str) -> None:
    own, control = bench.own, bench.control
    for state in VOIDED_AS:
        made = own.declare(participant_id=bench.ect(full_name=NAMES[0]))["id"]
        same_everywhere(bench, OWN, _MOVED, f"after {made} was declared")
        for step in way("submitted", state) or ():
            control.advance("PT1M")
            control.v1.set_declaration_state(made, step)
            same_everywhere(bench, OWN, _MOVED, f"after {made} became {step}")
        now = control.advance("PT1M").now
        answered = own.accepted(operation, made).json["data"]
        _answers_with_the_record(own, operation, answered, _read(own, own.declaration, made), now)
        same_everywhere(bench, OWN, _MOVED, f"after {made}, {state}, was voided")


PROBES = (what_was_entered, the_seed, after_reports, after_acts, after_declarations)
