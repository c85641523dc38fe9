"""`updated_at` that moves when it shouldn't or stays when it should, and what schools and the department do."""

from datetime import date, timedelta
from typing import Any

from mock_server.v3.domain import (
    clockwork,
    departures,
    derived,
    mentoring,
    organisations,
    partnerships,
    people,
    placing,
    registrations,
    settling,
)
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.moves import Moves
from tests.mutation.planting import Plant, patched

_DAY = timedelta(days=1)


def _stays_put(name: str, *facts: str) -> Any:
    """`Moves.NAME` changes the record without moving it, if it changes one of the facts."""

    def make(original: Any) -> Any:
        def change(self: Any, record: Any, *given: Any, **changed: Any) -> Any:
            before = dict(self.moved_participants)
            found = original(self, record, *given, **changed)
            if not facts or not changed.keys().isdisjoint(facts):
                for teacher in self.moved_participants.keys() - before.keys():
                    del self.moved_participants[teacher]
            return found

        return change

    return patched(Moves, name, make)


def _pattern_moves(original: Any) -> Any:
    def set_stay(self: Any, stay: Any, **facts: Any) -> None:
        if "working_pattern" in facts:
            self.participant(stay.teacher)
        original(self, stay, **facts)

    return set_stay


def _uplifts_move(original: Any) -> Any:
    def review(self: Any, teacher: Any) -> None:
        self.participant(teacher)

    return review


def _silent_partner(original: Any) -> Any:
    """The name of a delivery partner moves no partnership."""

    def change_delivery_partner(world: Any, partner: Any, now: Any, **facts: Any) -> None:
        before = {each: each.updated_at for each in world.partnerships.values()}
        original(world, partner, now, **facts)
        for each, moment in before.items():
            each.updated_at, each.rendered = moment, None

    return change_delivery_partner


def _declarations_stay(original: Any) -> Any:
    def change_delivery_partner(world: Any, partnership: Any, partner: Any, now: Any) -> None:
        with Change(world, now) as change:
            partnership.delivery_partner = partner
            change.partnership(partnership)
            for training in partnership.trainings:
                change.participant(training.teacher)

    return change_delivery_partner


def _one_cohort(original: Any) -> Any:
    """An expression of interest moves no record of a school."""
    return lambda self, school: self.review_school(school)


def _assigned_moves(original: Any) -> Any:
    def add_mentorship(self: Any, ect_stay: Any, mentor_stay: Any, *days: Any) -> None:
        self.unfunded(mentor_stay.teacher)
        original(self, ect_stay, mentor_stay, *days)

    return add_mentorship


def _never(original: Any) -> Any:
    return lambda *given, **facts: None


def _job(name: str, make: Any) -> Any:
    def plant() -> None:
        run = getattr(clockwork, name)
        jobs = tuple(job._replace(run=make(run)) if job.run is run else job for job in clockwork.JOBS)
        clockwork.JOBS = jobs  # type: ignore[misc, assignment]

    return plant


UPDATED = tuple(
    Plant(f"moved-{name}", "updated_at that moves wrongly", what, plant)
    for name, what, plant in (
        ("name", "A new name doesn't move the participant.", _stays_put("set_teacher", "full_name", "corrected_name")),
        ("trn", "A new TRN doesn't move the participant.", _stays_put("set_teacher", "teacher_reference_number")),
        ("email", "A new address doesn't move the participant.", _stays_put("set_stay", "email")),
        (
            "training",
            "A report doesn't move the participant.",
            _stays_put("set_training", "deferred_at", "withdrawn_at"),
        ),
        ("induction", "An induction doesn't move the participant.", _stays_put("set_inductions")),
        ("funding", "A mentor's funding end doesn't move the participant.", _stays_put("set_role", "ineligible_from")),
        ("schedule", "A new period doesn't move the participant.", _stays_put("add_training")),
        ("pattern", "The working pattern moves the participant.", patched(Moves, "set_stay", _pattern_moves)),
        ("review", "Whatever is shown differently moves the participant.", patched(Moves, "review", _uplifts_move)),
        (
            "partner-name",
            "A delivery partner's name moves no partnership.",
            patched(organisations, "change_delivery_partner", _silent_partner),
        ),
        (
            "put",
            "Another delivery partner moves no declaration.",
            patched(partnerships, "change_delivery_partner", _declarations_stay),
        ),
        ("interest", "Expressions of interest move no school.", patched(Moves, "school", _one_cohort)),
        ("unfunded", "An assignment moves an unfunded mentor.", patched(Moves, "add_mentorship", _assigned_moves)),
        ("nightly", "Partnerships don't move by the calendar.", _job("move_partnerships", _never)),
        ("mentors", "The calendar changes no mentor.", _job("reevaluate_mentors", _never)),
        (
            "statement",
            "A statement doesn't move when it is paid.",
            patched(
                settling.Settling,
                "_move_statement",
                lambda original: lambda self, statement, now: original(self, statement, statement.updated_at),
            ),
        ),
        (
            "transfer",
            "A departure moves no transfer.",
            patched(settling, "transfers_updated_at", lambda _: lambda shown: shown[0].leaving.created_at),
        ),
        ("provider-name", "A provider's name moves no transfer.", patched(organisations, "_show_name", _never)),
    )
)


def _same_day(original: Any) -> Any:
    """Conflicting dates: the leaving date becomes the joining date."""
    return lambda change, stay, day: departures.end_stay(change, stay, day)


def _by_term(original: Any) -> Any:
    """November is still autumn."""
    return lambda day, family="standard": original(day - timedelta(days=30) if day.month == 11 else day, family)


def _current_cohort(original: Any) -> Any:
    """Whoever moves goes into the cohort of the day."""

    def usual(world: Any, role: str, previous: Any, start: date, frozen_at: Any, family: str) -> Any:
        return original(world, role, None, start, frozen_at, family)

    return usual


def _no_frozen_year(original: Any) -> Any:
    return lambda change, teacher, role, place: None


def _stays_after_passing(original: Any) -> Any:
    return lambda change, teacher: None


def _undo_deletes(original: Any) -> Any:
    return lambda change, stay: change.delete_stay(stay)


def _mentors_pile_up(original: Any) -> Any:
    return lambda change, stay, start: None


def _exempt_ignored(original: Any) -> Any:
    return lambda change, teacher, register: original(
        change, teacher, type(register)(register.started_on, register.completed_on, exempt=False)
    )


def _interest_shown(original: Any) -> Any:
    """School-led training and expressions of interest count as the provider's in transfers."""
    return lambda training: None if training is None else training.provider


def _completed_leaves(original: Any) -> Any:
    """A transfer stays although the induction is completed."""

    def transfers(teacher: Any) -> Any:
        inductions, register = teacher.inductions, teacher.register
        teacher.inductions = ()
        try:
            return original(teacher)
        finally:
            teacher.inductions, teacher.register = inductions, register

    return transfers


def _mentor_speaks_not(original: Any) -> Any:
    def programme_choice(school: Any, cohort: str) -> str:
        choice: str = original(school, cohort)
        provider_led = (cohort, "provider_led") in school.choices
        return choice if choice != "provider_led" or provider_led else "not_yet_known"

    return programme_choice


def _former_too(original: Any) -> Any:
    """Somebody whom the provider trains is an unfunded mentor, too."""

    def review(self: Any, provider: str, mentor: Any) -> None:
        views, mentor.views = mentor.views, ()
        try:
            original(self, provider, mentor)
        finally:
            mentor.views = views

    return review


def _rolls_newest(original: Any) -> Any:
    return lambda world, provider, school, cohort: None


def _merge_forgets(original: Any) -> Any:
    return lambda self, teacher, changes: self.participant(teacher)


SCHOOLS = tuple(
    Plant(f"school-{name}", "what schools and the department do", what, plant)
    for name, what, plant in (
        ("conflict", "The leaving date becomes the joining date.", patched(registrations, "end_before", _same_day)),
        ("month", "November counts as autumn.", patched(placing, "identifier_by_month", _by_term)),
        ("cohort", "Whoever moves goes into the cohort of the day.", patched(placing, "_usual", _current_cohort)),
        (
            "after-frozen",
            "Who leaves a frozen cohort goes to 2025.",
            patched(placing, "COHORT_AFTER_FROZEN", lambda _: "2025"),
        ),
        (
            "frozen-year",
            "Nobody notes who comes from a frozen cohort.",
            patched(placing, "note_frozen_year", _no_frozen_year),
        ),
        ("passed", "Passing ends no training.", patched(people, "_leave_after_induction", _stays_after_passing)),
        (
            "undo",
            "An undone registration goes, though it is to be paid.",
            patched(departures, "delete_or_close", _undo_deletes),
        ),
        ("mentors", "An earlier mentor stays.", patched(mentoring, "_end_others", _mentors_pile_up)),
        ("exempt", "An exemption changes nothing.", patched(people, "_follow_register", _exempt_ignored)),
        (
            "interest",
            "An expression of interest names the provider in transfers.",
            patched(derived, "provider_of", _interest_shown),
        ),
        ("completed", "Who has passed has a transfer.", patched(settling, "transfers", _completed_leaves)),
        ("choice", "Mentors don't speak for a school.", patched(settling, "programme_choice", _mentor_speaks_not)),
        (
            "unfunded",
            "Whom the provider trains is an unfunded mentor, too.",
            patched(settling.Settling, "_review_unfunded", _former_too),
        ),
        ("rollover", "Nothing is rolled over.", patched(partnerships, "rolled_over_from", _rolls_newest)),
        ("merge", "A merge notes no former id.", patched(Moves, "add_id_changes", _merge_forgets)),
        (
            "depart",
            "A departure takes effect a day early.",
            patched(
                departures, "end_stay", lambda original: lambda change, stay, day: original(change, stay, day - _DAY)
            ),
        ),
    )
)
