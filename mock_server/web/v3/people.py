"""v3's people of all providers, as the tester sees them: a searchable list, and one person's timeline."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from mock_server.v3.domain import derived
from mock_server.v3.domain.calendar import is_ongoing, is_over, london_day
from mock_server.v3.domain.records import Declaration, Stay, Teacher, Training
from mock_server.v3.domain.states import DECLARATION_ARROWS
from mock_server.v3.domain.vocabulary import (
    DECLARATION_TYPES,
    INELIGIBLE_REASONS,
    PARTICIPANT_STATUSES,
    ROLES,
    SCHEDULE_IDENTIFIERS,
    TRAINING_STATUSES,
    WORKING_PATTERNS,
)
from mock_server.v3.domain.world import World
from mock_server.v3.service import V3
from mock_server.web.paging import page_of
from mock_server.web.v3.story import ROLES as ROLE_NAMES
from mock_server.web.v3.story import story
from mock_server.web.visit import NotThere, Visit

STATUSES: Final = tuple(dict.fromkeys((*PARTICIPANT_STATUSES, *TRAINING_STATUSES)))
# How many mentors a form offers: more than a school has.
_MOST_MENTORS: Final = 100


@dataclass(frozen=True, slots=True)
class PersonInRole:
    """A person in one role: `training` is the latest in that role, if any. Without a training, the statuses are None.

    An expression of interest and school-led training have statuses too, though no provider sees them.
    """

    role: str
    training: Training | None
    participant_status: str | None
    training_status: str | None

    @property
    def name(self) -> str:
        return ROLE_NAMES[self.role]

    @property
    def marks(self) -> list[str]:
        """The statuses to show. An active training needs no second mark."""
        shown = [self.participant_status, self.training_status if self.training_status != "active" else None]
        return [each for each in shown if each is not None]


@dataclass(frozen=True, slots=True)
class TeacherRow:
    teacher: Teacher
    parts: list[PersonInRole]
    steps: list[Declaration]


def world_of(visit: Visit) -> World:
    world: World = visit.sandbox.world(V3)
    return world


def today_of(visit: Visit) -> date:
    return london_day(visit.sandbox.clock.now())


def stamp(visit: Visit) -> object:
    """Includes today, because statuses also change with the calendar."""
    world = world_of(visit)
    return world, world.changes, today_of(visit)


def choices(world: World) -> dict[str, Any]:
    """The options that the forms offer."""
    return {
        "roles": [(role, ROLE_NAMES[role]) for role in ROLES],
        "slugs": [(provider.slug, provider.name) for provider in world.providers.values()],
        "cohorts": sorted(world.cohorts, reverse=True),
        "schedules": SCHEDULE_IDENTIFIERS,
        "partners": [(partner.id, partner.name) for partner in world.delivery_partners.values()],
        "patterns": [(pattern, pattern.replace("_", " ")) for pattern in WORKING_PATTERNS],
    }


def parts_of(teacher: Teacher, today: date, provider: str | None = None) -> list[PersonInRole]:
    """The person's roles, each with its latest training: with `provider`, or with anyone if that is None."""
    parts = []
    for role in ROLES:
        trainings = [each for each in teacher.trainings_as(role) if provider in (None, each.provider)]
        if trainings:
            latest = trainings[-1]
            statuses = derived.participant_status(latest, today), derived.training_status(latest)
            parts.append(PersonInRole(role, latest, *statuses))
        elif provider is None and teacher.stays_as(role):
            parts.append(PersonInRole(role, None, None, None))
    return parts


def steps(teacher: Teacher) -> list[Declaration]:
    """The latest declaration of each type and role, in order. A live declaration hides a later one that isn't live."""
    latest: dict[tuple[str, int], Declaration] = {}
    for declaration in teacher.declarations:
        key = declaration.role, DECLARATION_TYPES.index(declaration.declaration_type)
        shown = latest.get(key)
        if shown is None or declaration.blocks or not shown.blocks:
            latest[key] = declaration
    return [latest[key] for key in sorted(latest)]


async def list_context(visit: Visit) -> dict[str, Any]:
    query, world = visit.query, world_of(visit)
    filters = {name: query[name] for name in ("q", "provider", "role", "status") if name in query}
    provider, today = query.get("provider"), today_of(visit)
    # Newest first.
    page = await page_of(reversed(world.teachers.values()), query, _sought(query, today) if filters else None)
    rows = [TeacherRow(each, parts_of(each, today, provider), steps(each)) for each in page.rows]
    of_all = choices(world)
    kinds = [
        ("cohorts", "Cohort", "the latest that has begun", of_all["cohorts"]),
        ("roles", "Roles", "three ECTs for each mentor", of_all["roles"]),
        ("training_statuses", "Training status", "active", TRAINING_STATUSES),
        ("declarations", "Declaration “started”", "none", DECLARATION_ARROWS),
    ]
    return of_all | {"page": page, "rows": rows, "filters": filters, "statuses": STATUSES, "kinds": kinds}


def _sought(query: Mapping[str, str], today: date) -> Callable[[Teacher], bool]:
    """A check of whether the filters let a person through. One role must fit all of them."""
    provider, role, status = query.get("provider"), query.get("role"), query.get("status")
    words = query.get("q", "").lower().split()

    def fits(teacher: Teacher) -> bool:
        if words and not _has(teacher, words):
            return False
        return provider is role is status is None or any(
            role in (None, part.role) and status in (None, part.participant_status, part.training_status)
            for part in parts_of(teacher, today, provider)
        )

    return fits


def _has(teacher: Teacher, words: list[str]) -> bool:
    known = [teacher.full_name, teacher.id, teacher.teacher_reference_number or ""]
    known += [f"{stay.email or ''} {stay.school.urn}" for stay in teacher.stays]
    text = " ".join(known).lower()
    return all(word in text for word in words)


async def person_context(visit: Visit) -> dict[str, Any]:
    """Raises NotThere if no person has the id. A merged person's id leads to the person who remains."""
    world, id, today = world_of(visit), visit.about.lower(), today_of(visit)
    teacher = world.teachers.get(id) or world.merged.get(id)
    if teacher is None:
        raise NotThere("participant")
    return choices(world) | {
        "teacher": teacher,
        "parts": parts_of(teacher, today),
        "steps_of_person": steps(teacher),
        "eligible": {role: derived.eligible_for_funding(teacher.role(role)) for role in ROLES},
        "moments": story(teacher),
        "today": today,
        "latest": {role: stays[-1] for role in ROLES if (stays := teacher.stays_as(role))},
        "mentors": _mentors(teacher, today),
        "mentor_id": _mentor_id(teacher, today),
        "reasons": INELIGIBLE_REASONS,
        "arrows": DECLARATION_ARROWS,
        "schools": {stay.school.urn: stay.school.name for stay in teacher.stays},
        "working_pattern": derived.working_pattern(teacher),
    }


def _mentors(teacher: Teacher, today: date) -> list[tuple[str, str]]:
    """Ids and names of the mentors at the school where the person is, or will be, an ECT."""
    stays = teacher.stays_as("ect")
    if not stays:
        return []
    there = [stay.teacher for stay in stays[-1].school.stays if stay.role == "mentor" and not _is_over(stay, today)]
    return [(mentor.id, mentor.full_name) for mentor in there if mentor is not teacher][:_MOST_MENTORS]


def _is_over(stay: Stay, today: date) -> bool:
    return is_over(stay.finished_on, today)


def _mentor_id(teacher: Teacher, today: date) -> str:
    """The id of the ECT's mentor today; empty if there is none."""
    ongoing = [
        each.mentor.id
        for stay in teacher.stays_as("ect")
        for each in stay.mentorships
        if is_ongoing(each.started_on, each.finished_on, today)
    ]
    return ongoing[-1] if ongoing else ""
