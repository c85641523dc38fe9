"""The stories of the seed `guide`: each scenario of the real sandbox (rules 7), once for each provider.

Each story is a function. Its docstring says what a provider finds. Their days count back from the clock.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from mock_server.v3.domain import departures, people, programmes, training
from mock_server.v3.domain.records import Register, Teacher, Training, Uplift
from mock_server.v3.domain.seed_scene import NotYet, Scene
from mock_server.v3.domain.vocabulary import (
    DECLARATION_TYPES,
    DEFER_REASONS,
    INELIGIBLE_REASONS,
    MENTOR_ONLY_REASON,
    SCHEDULE_IDENTIFIERS,
    WITHDRAW_REASONS,
)

OLD_EVIDENCE: Final = ("training-event-attended", "self-study-material-completed", "other")


def populate(providers: list[str], scene_of: Callable[[str], Scene]) -> None:
    """Tell every story for every provider, except those that can't have happened by the clock."""
    for provider in providers:
        for story in STORIES:
            try:
                story(scene_of(provider))
            except NotYet:
                continue


def _latest(teacher: Teacher, role: str = "ect") -> Training:
    return teacher.trainings_as(role)[-1]


# -- schools ---------------------------------------------------------------------------------------


def school_with_interest_only(scene: Scene) -> None:
    """An expression of interest and no partnership, so the provider's list lacks the participant."""
    scene.register(scene.school(), on=scene.start_of(scene.latest))


def school_rolled_over(scene: Scene) -> None:
    """Partnerships in two cohorts, the second rolled over from the first."""
    before, after = scene.settled[-2:] if len(scene.settled) > 1 else _not_yet()
    school = scene.school()
    scene.ect(before, school=school)
    start = scene.start_of(after)
    scene.register(school, on=start, partnership="rollover")


def school_moved_to_another_provider(scene: Scene) -> None:
    """All participants have moved to another provider. The first sees them as left, and active in training."""
    school = scene.school()
    for cohort in scene.settled[-2:]:
        ect = scene.ect(cohort, school=school)
        moment = scene.ago(20)
        scene.partner(school, cohort, scene.other)
        programmes.change_provider(scene.world, ect, "ect", scene.other, moment)


def school_without_participants(scene: Scene) -> None:
    """A partnership without participants, and a school with neither."""
    scene.partner(scene.school(), scene.latest)
    scene.school()
    scene.school(eligible=False)


def school_with_interest_and_partnership(scene: Scene) -> None:
    """An expression of interest and a partnership, in the last cohort before detailed evidence."""
    scene.ect(min(scene.latest, "2024"))


def school_led_school(scene: Scene) -> None:
    """Only school-led training, so a provider can't make a partnership."""
    scene.register(scene.school(), on=scene.start_of(scene.latest), provider=None)


def school_with_two_delivery_partners(scene: Scene) -> None:
    school = scene.school()
    scene.partner(school, scene.latest)
    scene.partner(school, scene.latest, number=1)
    scene.ect(school=school)


def school_with_two_providers(scene: Scene) -> None:
    school = scene.school(induction_tutor_email=None)
    scene.ect(school=school)
    scene.ect(school=school, provider=scene.other)


def school_training_both_roles(scene: Scene) -> None:
    """An ECT with a mentor who trains at the same school."""
    school = scene.school()
    mentor = scene.mentor(school=school)
    scene.ect(school=school, mentor=mentor)


def school_with_uplifts(scene: Scene) -> None:
    """Pupil premium and sparsity. A paid `started` carries the uplift."""
    cohort = min(scene.latest, "2024")
    school = scene.school(uplifts={cohort: Uplift(pupil_premium=True, sparsity=True)})
    ect = scene.ect(cohort, school=school)
    scene.declare(_latest(ect), "started", scene.start_of(cohort) + timedelta(days=30), None, "paid")


# -- participants ----------------------------------------------------------------------------------


def participants_of_every_cohort(scene: Scene) -> None:
    """An ECT and a mentor in each cohort that has begun."""
    for cohort in scene.settled:
        school = scene.school()
        scene.ect(cohort, school=school, mentor=scene.mentor(cohort, school=school))


def participants_on_every_schedule(scene: Scene) -> None:
    """ECTs on the schedules for ECTs, mentors on the others."""
    cohort = scene.latest
    start = scene.start_of(cohort)
    for identifier in SCHEDULE_IDENTIFIERS:
        role = "mentor" if "-replacement-" in identifier else "ect"
        school = scene.school()
        scene.partner(school, cohort)
        scene.register(school, role, on=start, cohort=cohort, schedule_identifier=identifier)


def part_time(scene: Scene) -> None:
    scene.ect(working_pattern="part_time")


def without_induction(scene: Scene) -> None:
    """Without a decision on funding, a declaration stays submitted. And an ECT who is exempt in the register."""
    waiting = scene.ect(inducted=False)
    scene.declare(_latest(waiting), "started", scene.start_of(scene.latest) + timedelta(days=40), _detailed(scene))
    exempt = scene.ect(inducted=False)
    people.change_induction(scene.world, exempt, scene.ago(30), register=Register(exempt=True))


def joining(scene: Scene) -> None:
    """A registered participant who starts in six weeks."""
    school = scene.school()
    cohort = scene.world.cohort_containing(scene.today)
    if cohort is None:
        raise NotYet
    scene.partner(school, cohort.year)
    scene.register(school, on=scene.today + timedelta(days=45), at=scene.ago(2), cohort=cohort.year)


def leaving(scene: Scene) -> None:
    """Leaves in three weeks: an incomplete transfer without a new school."""
    ect = scene.ect()
    departures.depart(scene.world, ect, "ect", scene.ago(3), on=scene.today + timedelta(days=21))


def left(scene: Scene) -> None:
    """Left, and active in training, because no provider has said otherwise."""
    ect = scene.ect()
    departures.depart(scene.world, ect, "ect", scene.ago(10), on=scene.today - timedelta(days=9))


def withdrawn_for_every_reason(scene: Scene) -> None:
    for reason in WITHDRAW_REASONS:
        role = "mentor" if reason == MENTOR_ONLY_REASON else "ect"
        teacher = scene.mentor() if role == "mentor" else scene.ect()
        training.withdraw(scene.world, _latest(teacher, role), reason, scene.ago(15))


def deferred_for_every_reason(scene: Scene) -> None:
    """Deferred once for every reason. The provider can resume them."""
    for reason in DEFER_REASONS:
        training.defer(scene.world, _latest(scene.ect()), reason, scene.ago(12))


def resumed(scene: Scene) -> None:
    """Deferred, and back since last week."""
    ect = scene.ect()
    training.defer(scene.world, _latest(ect), "career-break", scene.ago(25))
    training.resume(scene.world, _latest(ect), scene.ago(7))


def not_resumable(scene: Scene) -> None:
    """Withdrawn here, and in training with another provider at the same school."""
    ect = scene.ect()
    training.withdraw(scene.world, _latest(ect), "changed-lead-provider", scene.ago(20))
    scene.partner(ect.stays[-1].school, scene.latest, scene.other)
    programmes.change_provider(scene.world, ect, "ect", scene.other, scene.ago(19))


def moved_schools(scene: Scene) -> None:
    """Transfers: to another school, to another provider, and a future one. The declarations go along."""
    for provider, days in ((scene.provider, -30), (scene.other, -28), (scene.other, 14)):
        ect = scene.ect()
        scene.declare(_latest(ect), "started", scene.start_of(scene.latest) + timedelta(days=22), _detailed(scene))
        school = scene.school()
        scene.partner(school, scene.latest, provider)
        on = scene.today + timedelta(days=days)
        scene.register(school, on=on, at=min(scene.morning(on), scene.ago(1)), teacher=ect, provider=provider)


def completed_induction(scene: Scene) -> None:
    """Passed the induction. The stay ended that day, and the participant is active, because they finished."""
    cohort = scene.settled[0]
    ect = scene.ect(cohort)
    day = scene.start_of(cohort) + timedelta(days=365 * 2)
    if day > scene.today:
        raise NotYet
    people.change_induction(scene.world, ect, scene.morning(day), finished_on=day, outcome="pass")


def mentored_by_an_earlier_cohort(scene: Scene) -> None:
    """ECTs whose mentors trained in earlier cohorts."""
    for cohort in scene.settled[-3:-1]:
        school = scene.school()
        mentor = scene.mentor(cohort, school=school)
        scene.ect(school=school, mentor=mentor)


def ect_who_became_mentor(scene: Scene) -> None:
    """One participant with two enrolments."""
    first = scene.settled[0]
    start = scene.start_of(str(int(first) + 2))
    school = scene.school()
    teacher = scene.ect(first, school=school)
    people.change_induction(scene.world, teacher, scene.morning(start), finished_on=start, outcome="pass")
    scene.partner(school, str(int(first) + 2))
    scene.register(school, "mentor", on=start + timedelta(days=1), teacher=teacher)


def mentor_at_two_schools(scene: Scene) -> None:
    """The person trains at one school, and mentors ECTs at both."""
    here, there = scene.school(), scene.school()
    mentor = scene.mentor(school=here)
    scene.register(there, "mentor", on=scene.start_of(scene.latest), teacher=mentor)
    for school in (here, here, there):
        scene.ect(school=school, mentor=mentor)


def tutor_who_became_mentor(scene: Scene) -> None:
    """The induction tutor of the school mentors an ECT there."""
    school = scene.school(induction_tutor_name="Tutor Mentor", induction_tutor_email="tutor.mentor@example.org")
    mentor = scene.mentor(school=school, full_name="Tutor Mentor", email="tutor.mentor@example.org")
    scene.ect(school=school, mentor=mentor)


def unfunded_mentors(scene: Scene) -> None:
    """One trains with another provider, and one is barred from training."""
    school = scene.school()
    start = scene.start_of(scene.latest)
    elsewhere = scene.mentor(school=school, provider=scene.other)
    scene.ect(school=school, mentor=elsewhere)
    barred = scene.register(school, "mentor", on=start, provider=None)
    people.change_funding(
        scene.world,
        barred,
        "mentor",
        scene.morning(start),
        mentor_funding_end_date=start,
        mentor_ineligible_for_funding_reason="completed_during_early_roll_out",
    )
    scene.ect(school=school, mentor=barred)


def mentors_no_longer_funded(scene: Scene) -> None:
    """One for each reason. A declaration completed the first."""
    start = scene.start_of(scene.latest)
    completed = scene.mentor()
    scene.declare(_latest(completed, "mentor"), "started", start + timedelta(days=20), _detailed(scene))
    evidence = "75-percent-engagement-met" if _is_detailed(scene, scene.latest) else "other"
    scene.declare(_latest(completed, "mentor"), "completed", scene.today - timedelta(days=8), evidence)
    for reason in INELIGIBLE_REASONS[1:]:
        mentor = scene.mentor()
        people.change_funding(
            scene.world,
            mentor,
            "mentor",
            scene.ago(40),
            mentor_funding_end_date=scene.today - timedelta(days=40),
            mentor_ineligible_for_funding_reason=reason,
        )


def replacement_mentor(scene: Scene) -> None:
    """The earlier mentor has a declaration, so the new one is on a replacement schedule."""
    school = scene.school()
    first = scene.mentor(school=school)
    ect = scene.ect(school=school, mentor=first)
    start = scene.start_of(scene.latest)
    scene.declare(_latest(first, "mentor"), "started", start + timedelta(days=20), _detailed(scene))
    second = scene.register(school, "mentor", on=start, provider=None)
    scene.mentored(ect, second, scene.today - timedelta(days=5))


def moved_from_a_frozen_cohort(scene: Scene) -> None:
    """Came from a cohort with frozen payments. The participant is in 2024 now, with a flag for the change."""
    ect = scene.ect("2022")
    scene.declare(_latest(ect), "started", date(2022, 10, 3), None)
    start = scene.start_of("2025")
    school = scene.school()
    scene.partner(school, "2024")
    scene.register(school, on=start, teacher=ect)


def merged(scene: Scene) -> None:
    """Two records of one person, now one. The first id is gone."""
    survivor = scene.ect()
    gone = scene.mentor()
    people.merge(scene.world, gone, survivor, scene.ago(6))


def undone_registration(scene: Scene) -> None:
    """Without declarations nothing remains."""
    departures.undo(scene.world, scene.ect(inducted=False), "ect", scene.ago(4))


def changed_schedule(scene: Scene) -> None:
    ect = scene.ect()
    cohort = scene.latest
    training.change_schedule(scene.world, _latest(ect), "ecf-extended-september", cohort, scene.ago(9))


def partnership_in_another_cohort(scene: Scene) -> None:
    """A paid declaration, and a partnership in another cohort to which the participant can move."""
    before, after = scene.settled[-2:] if len(scene.settled) > 1 else _not_yet()
    school = scene.school()
    ect = scene.ect(before, school=school)
    scene.partner(school, after)
    scene.declare(
        _latest(ect), "started", scene.start_of(before) + timedelta(days=25), _detailed(scene, before), "paid"
    )


# -- declarations ----------------------------------------------------------------------------------


def every_state(scene: Scene) -> None:
    """One `started` in each state, two cohorts back, so that some statements are paid."""
    cohort = scene.settled[-2] if len(scene.settled) > 1 else scene.latest
    day = scene.start_of(cohort) + timedelta(days=28)
    for state in ("submitted", "eligible", "payable", "paid", "voided", "awaiting-clawback", "clawed-back"):
        try:
            scene.declare(_latest(scene.ect(cohort)), "started", day, _detailed(scene, cohort), state)
        except NotYet:
            continue


def every_type(scene: Scene) -> None:
    """All nine types on an extended schedule of the first cohort, as far as the clock allows."""
    cohort = scene.settled[0]
    start = scene.start_of(cohort)
    ect = scene.ect(cohort, schedule_identifier="ecf-extended-september")
    for number, kind in enumerate(DECLARATION_TYPES):
        evidence = None if kind == "started" else OLD_EVIDENCE[number % len(OLD_EVIDENCE)]
        scene.declare(_latest(ect), kind, start + timedelta(days=30 + 90 * number), evidence)


def detailed_evidence(scene: Scene) -> None:
    """Every kind of evidence that a cohort from 2025 on knows."""
    start = scene.start_of("2025")
    for number, (kind, evidence) in enumerate(
        (
            ("started", "materials-engaged-with-offline"),
            ("started", "training-event-attended"),
            ("started", "self-study-material-completed"),
            ("started", "other"),
            ("retained-2", "75-percent-engagement-met"),
            ("retained-2", "75-percent-engagement-met-reduced-induction"),
            ("completed", "one-term-induction"),
        )
    ):
        scene.declare(_latest(scene.ect("2025")), kind, start + timedelta(days=21 + number), evidence)


def retained_before_started(scene: Scene) -> None:
    """`retained-1` and no `started`; and a paid `started` with a submitted `retained-2`."""
    start = scene.start_of("2025")
    scene.declare(_latest(scene.ect("2025")), "retained-1", start + timedelta(days=45), "other")
    both = _latest(scene.ect("2025"))
    scene.declare(both, "started", start + timedelta(days=25), "other", "paid")
    scene.declare(both, "retained-2", start + timedelta(days=50), "75-percent-engagement-met", "submitted")


def _is_detailed(scene: Scene, cohort: str) -> bool:
    return scene.world.cohorts[cohort].detailed_evidence


def _detailed(scene: Scene, cohort: str | None = None) -> str | None:
    """Evidence of `started`: cohorts before 2025 keep none."""
    return "other" if _is_detailed(scene, cohort or scene.latest) else None


def _not_yet() -> tuple[str, str]:
    raise NotYet


STORIES: Final[tuple[Callable[[Scene], None], ...]] = (
    participants_of_every_cohort,
    school_with_interest_only,
    school_rolled_over,
    school_moved_to_another_provider,
    school_without_participants,
    school_with_interest_and_partnership,
    school_led_school,
    school_with_two_delivery_partners,
    school_with_two_providers,
    school_training_both_roles,
    school_with_uplifts,
    participants_on_every_schedule,
    part_time,
    without_induction,
    joining,
    leaving,
    left,
    withdrawn_for_every_reason,
    deferred_for_every_reason,
    resumed,
    not_resumable,
    moved_schools,
    completed_induction,
    mentored_by_an_earlier_cohort,
    ect_who_became_mentor,
    mentor_at_two_schools,
    tutor_who_became_mentor,
    unfunded_mentors,
    mentors_no_longer_funded,
    replacement_mentor,
    moved_from_a_frozen_cohort,
    merged,
    undone_registration,
    changed_schedule,
    partnership_in_another_cohort,
    every_state,
    every_type,
    detailed_evidence,
    retained_before_started,
)
