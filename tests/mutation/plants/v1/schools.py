"""What schools and the department do: moves, mentors, removal, and dates that belong to a cohort."""

from datetime import datetime
from typing import Any

from mock_server.v1 import records as rendering
from mock_server.v1.domain import schedules
from mock_server.v1.domain.commands import CATALOGUE
from mock_server.v1.domain.facts import Facts
from mock_server.v1.domain.records import Declaration, Enrolment, Participant
from mock_server.v1.domain.world import World
from tests.mutation.planting import Plant, patched, rule_check


def _frozen_person(original: Any) -> Any:
    """An earlier provider keeps seeing the eligibility that it saw first."""

    def participant_values(enrolment: Enrolment) -> tuple[Any, ...]:
        values = list(original(enrolment))
        if enrolment is not enrolment.participant.current:
            values[rendering.PARTICIPANT_ATTRIBUTES.index("eligible_for_funding")] = None
        return tuple(values)

    return participant_values


def _still_seen(original: Any) -> Any:
    def transfer(self: World, participant: Participant, *given: Any) -> None:
        original(self, participant, *given)
        for enrolment in participant.enrolments:
            if enrolment.challenged:
                enrolment.challenged = False
                self._participant_lists[enrolment.provider].add(enrolment)

    return transfer


def _starts_anew(original: Any) -> Any:
    def transfer(self: World, participant: Participant, *given: Any) -> None:
        original(self, participant, *given)
        participant.current.training_status = "active"

    return transfer


def _own_school_only(original: Any) -> Any:
    """Looks only at whether the school has removed the participant from the provider's own enrolment."""

    def initialise(self: Facts, world: World, provider: str, participant_id: str | None, *given: Any) -> None:
        original(self, world, provider, participant_id, *given)
        own = self.participant.enrolment_with(provider) if self.participant else None
        on_course = own is not None and own.participant.course == self.text("course_identifier")
        if own is not None and on_course and own.status == "active":
            self.found, self.related, self.own_enrolment = True, True, own

    return initialise


def _whole_seconds(original: Any) -> Any:
    def add_declaration(self: World, *, now: datetime, **given: Any) -> Declaration:
        declaration: Declaration = original(self, now=now.replace(microsecond=0), **given)
        return declaration

    return add_declaration


def _cohort_of_anybody(facts: Facts, said: str | None) -> str | None:
    if facts.participant and facts.wanted_cohort != facts.participant.cohort:
        return "another cohort"
    return said


def _same_identifier(facts: Facts, said: str | None) -> str | None:
    """Treats equal identifiers as the same schedule, whatever the cohort."""
    wanted = facts.wanted_schedule
    same = wanted and facts.participant and wanted.identifier == facts.participant.schedule_identifier
    return "the same schedule" if same else said


def _schedule_of_each(facts: Facts, said: str | None) -> str | None:
    """Lets an earlier provider choose the schedule that the current provider already has."""
    own = facts.own_enrolment
    return None if own and own is not own.participant.current else said


def _held_against_the_course(facts: Facts, said: str | None) -> str | None:
    wanted = facts.text("schedule_identifier")
    return "unknown" if wanted and facts.wanted_schedule is None and not facts.found else said


SCHOOLS = tuple(
    Plant(f"schools-{name}", "what schools and the department do", what, plant)
    for name, what, plant in (
        (
            "person",
            "After a move the old provider sees no decision about funding.",
            patched(rendering, "participant_values", _frozen_person),
        ),
        (
            "provider-changed",
            "A provider goes on seeing participants whose school has changed to another one.",
            patched(World, "transfer", _still_seen),
        ),
        (
            "taken-over",
            "A change of provider at the same school starts training anew.",
            patched(World, "transfer", _starts_anew),
        ),
        (
            "mentor",
            "A mentor who has left stays the ECTs' mentor.",
            patched(World, "_release_ects", lambda _: lambda self, mentor, now: None),
        ),
        (
            "removal",
            "An earlier provider can act on somebody whom the new school has removed.",
            patched(Facts, "__init__", _own_school_only),
        ),
        (
            "fraction",
            "Declarations lose the fraction of their second.",
            patched(World, "add_declaration", _whole_seconds),
        ),
        (
            "cohort-of-anybody",
            "The cohort is complained of for other providers' participants.",
            rule_check(CATALOGUE, "schedule-cohort-unchanged", _cohort_of_anybody),
        ),
        (
            "same-identifier",
            "The same identifier of another cohort is the same schedule.",
            rule_check(CATALOGUE, "schedule-differs", _same_identifier),
        ),
        (
            "schedule-of-each",
            "Each provider has a schedule of its own.",
            rule_check(CATALOGUE, "schedule-differs", _schedule_of_each),
        ),
        (
            "unknown-schedule",
            "An identifier that the cohort doesn't have is held against the course.",
            rule_check(CATALOGUE, "schedule-permitted-for-course", _held_against_the_course),
        ),
        (
            "statements",
            "The statements of 2023 and 2024 are those of 2022, one and two years later.",
            patched(schedules, "_LAST_STATEMENTS", lambda _: 2022),
        ),
        (
            "further-statements",
            "After a cohort's last statement there is one each April.",
            patched(schedules, "_FURTHER_DEADLINES", lambda _: ((4, 30),)),
        ),
    )
)
