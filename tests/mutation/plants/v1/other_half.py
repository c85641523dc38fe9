"""Rules of which a server keeps the half that everybody tries: mentors, other cohorts, other states, other forms."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from mock_server.service import Call
from mock_server.v1 import operations
from mock_server.v1.domain import commands, schedules, states
from mock_server.v1.domain import records as domain_records
from mock_server.v1.domain.commands import CATALOGUE
from mock_server.v1.domain.facts import Facts
from mock_server.v1.domain.records import Declaration, Participant
from mock_server.v1.domain.schedules import Milestone, Schedule
from mock_server.v1.domain.world import World
from tests.mutation.planting import ChangedCheck, Plant, patched, rule_check
from tests.mutation.plants.v1.lying import Plantable


def _rule(id: str, check: ChangedCheck) -> Plantable:
    return rule_check(CATALOGUE, id, check)


def _mentor(found: Facts) -> bool:
    return found.participant is not None and found.participant.participant_type == "mentor"


def _not_for_mentors(found: Facts, said: str | None) -> str | None:
    return None if _mentor(found) else said


def _refuses_mentors(found: Facts, said: str | None) -> str | None:
    return "mentors can't" if _mentor(found) else said


def _training_bars(status: str) -> ChangedCheck:
    def check(found: Facts, said: str | None) -> str | None:
        barred = found.own_enrolment is not None and found.own_enrolment.training_status == status
        return f"the participant is {status}" if barred else said

    return check


def _on_replacement(found: Facts) -> bool:
    return found.participant is not None and "replacement" in found.participant.schedule_identifier


def _keeps_only(*kept: str, also: tuple[str, ...] = ()) -> ChangedCheck:
    """Only declarations in these states bind the schedule, besides dead ones in `also`."""

    def check(found: Facts, said: str | None) -> str | None:
        wanted = found.wanted_schedule
        if wanted is None or found.participant is None:
            return said
        for declaration in found.participant.declarations:
            milestone = wanted.milestones[declaration.declaration_type]
            date, closes = declaration.declaration_date, milestone.closes
            unfit = date <= milestone.opens or (closes is not None and date >= closes)
            if unfit and declaration.state in (*kept, *also):
                return "would invalidate a declaration"
        return None

    return check


def _live(change: Callable[[frozenset[str]], frozenset[str]]) -> Plantable:
    return patched(domain_records, "LIVE_STATES", change)


def _started_only(original: Any) -> Any:
    def live_declaration(self: Participant, declaration_type: str) -> Declaration | None:
        found: Declaration | None = original(self, declaration_type) if declaration_type == "started" else None
        return found

    return live_declaration


def _own_only(found: Facts, said: str | None) -> str | None:
    """Looks for a live declaration of the asking provider only."""
    holder = found.participant.live_declaration(found.declaration_type) if found.participant else None
    return (
        said
        if holder is None or found.own_enrolment is None or holder.provider == found.own_enrolment.provider
        else None
    )


def _without_server_date(*names: str) -> Plantable:
    """The operations pass over X-With-Server-Date."""

    def plant() -> None:
        for name in names:
            operations.OPERATIONS[name] = _at_the_clock(operations.OPERATIONS[name])

    return plant


def _at_the_clock(original: Any) -> Any:
    def answer(call: Call) -> Any:
        call.now = call.world.clock
        return original(call)

    return answer


def _upper_case_refused(*names: str) -> Plantable:
    """The operations know ids in lower case only."""

    def plant() -> None:
        for name in names:
            operations.OPERATIONS[name] = _as_written(operations.OPERATIONS[name])

    return plant


def _as_written(original: Any) -> Any:
    def answer(call: Call) -> Any:
        call.path_params = {
            name: f"{value}!" if value != value.lower() else value for name, value in call.path_params.items()
        }
        return original(call)

    return answer


def _text_only(name: str) -> Plantable:
    """A number counts as missing where a string is expected."""

    def make(original: Any) -> Any:
        def text(self: Facts, attribute: str) -> str:
            value = self._attributes.get(attribute)
            return "" if attribute == name and not isinstance(value, str) else str(original(self, attribute))

        return text

    return patched(Facts, "text", make)


def _milestones(change: Callable[[Schedule], Schedule]) -> Plantable:
    def make(original: Any) -> Any:
        def schedule(cohort: int, identifier: str) -> Schedule | None:
            found: Schedule | None = original(cohort, identifier)
            return found and change(found)

        return schedule

    return patched(schedules, "schedule", make)


def _ends(found: Schedule) -> Schedule:
    """Replacement schedules have milestone dates."""
    if "replacement" not in found.identifier:
        return found
    ended = {
        name: replace(milestone, milestone_date=milestone.start + timedelta(days=90))
        for name, milestone in found.milestones.items()
    }
    return Schedule(found.identifier, found.cohort, ended)


def _as_september(found: Schedule) -> Schedule:
    """Replacement schedules all begin in September."""
    if "replacement" not in found.identifier:
        return found
    year = found.milestones["started"].start
    start = year.replace(year=found.cohort, month=9, day=1)
    return Schedule(
        found.identifier, found.cohort, {name: replace(m, start=start) for name, m in found.milestones.items()}
    )


def _later_cohort(cohort: int, days: int) -> Callable[[Schedule], Schedule]:
    def change(found: Schedule) -> Schedule:
        if found.cohort != cohort or "standard" not in found.identifier:
            return found
        moved: dict[str, Milestone] = {
            name: replace(m, milestone_date=m.milestone_date and m.milestone_date + timedelta(days=days))
            for name, m in found.milestones.items()
        }
        return Schedule(found.identifier, found.cohort, moved)

    return change


def _duplicates(keep: Callable[[Participant, Participant], bool]) -> Plantable:
    """Only some of the others with the same number count as the same person."""

    def make(original: Any) -> Any:
        def others(self: World, participant: Participant) -> list[Participant]:
            return [other for other in original(self, participant) if keep(participant, other)]

        return others

    return patched(World, "others_with_trn_of", make)


def _unvalidated(original: Any) -> Any:
    def others(self: World, participant: Participant) -> list[Participant]:
        number = participant.person.teacher_reference_number
        everybody = self.participants.values()
        return [p for p in everybody if number and p is not participant and p.person.teacher_reference_number == number]

    return others


def _dead_count(original: Any) -> Any:
    """A person whose other declaration is dead counts as declared for."""

    def declare(world: World, provider: str, attributes: Any, now: datetime, **given: Any) -> Declaration:
        declaration: Declaration = original(world, provider, attributes, now, **given)
        others = world.others_with_trn_of(declaration.participant)
        if any(d.declaration_type == declaration.declaration_type for other in others for d in other.declarations):
            declaration.state, declaration.rendered = "ineligible", None
        return declaration

    return declare


def _copy_of_paid(original: Any) -> Any:
    """A copy of a declaration that is paid is refused."""

    def declare(world: World, provider: str, attributes: Any, now: datetime, **given: Any) -> Declaration:
        found = Facts(world, provider, str(attributes.get("participant_id")), attributes, now)
        holder = found.participant.live_declaration(found.declaration_type) if found.participant else None
        refuse = bool(holder and holder.state in ("payable", "paid"))
        declaration: Declaration = original(
            world, provider, attributes, now, **{**given, "refuse_copies": refuse or given["refuse_copies"]}
        )
        return declaration

    return declare


def _all_states(original: Any) -> Any:
    """Confirmed funding revives voided declarations, too."""

    def register(self: World, participant: Participant, person: Any, now: datetime) -> None:
        original(self, participant, person, now)
        for declaration in participant.declarations:
            if participant.person.eligible_for_funding and declaration.state == "ineligible":
                declaration.state, declaration.rendered = "eligible", None

    return register


def _becomes_ineligible(original: Any) -> Any:
    """Who is no longer eligible for funding takes their declarations back to submitted."""

    def register(self: World, participant: Participant, person: Any, now: datetime) -> None:
        original(self, participant, person, now)
        for declaration in participant.declarations:
            if participant.person.eligible_for_funding is False and declaration.state == "eligible":
                declaration.state, declaration.rendered = "submitted", None

    return register


def _evidence_only_for(*types: str) -> ChangedCheck:
    return lambda found, said: said if found.declaration_type in types else None


def _asks_started(found: Facts, said: str | None) -> str | None:
    """Wrong evidence is refused for `started`, too."""
    evidence = found.text("evidence_held")
    wrong = found.declaration_type == "started" and evidence and evidence not in ("other", "training-event-attended")
    return "evidence" if wrong else said


def _first_cohort(found: Facts, said: str | None) -> str | None:
    """A change of schedule without a cohort means the participant's own."""
    return None if not found.text("cohort") else said


_ALL_RETAINED = ("retained-1", "retained-2", "retained-3", "retained-4")
_TRAINING = ("deferParticipant", "resumeParticipant", "withdrawParticipant", "changeParticipantSchedule")
_NEWER_TRAINING = (
    "deferEcfParticipant",
    "resumeEcfParticipant",
    "withdrawEcfParticipant",
    "changeEcfParticipantSchedule",
)

OTHER_HALF = tuple(
    Plant(f"half-{name}", "the other half of a rule", what, plant)
    for name, what, plant in (
        ("evidence-mentors", "Mentors need no evidence.", _rule("declaration-evidence-held", _not_for_mentors)),
        (
            "evidence-completed",
            "`completed` needs no evidence.",
            _rule("declaration-evidence-held", _evidence_only_for(*_ALL_RETAINED)),
        ),
        (
            "evidence-retained-3",
            "`retained-3` needs no evidence.",
            _rule(
                "declaration-evidence-held", _evidence_only_for("retained-1", "retained-2", "retained-4", "completed")
            ),
        ),
        (
            "evidence-started",
            "Wrong evidence is refused for `started`.",
            _rule("declaration-evidence-held", _asks_started),
        ),
        ("defer-mentors", "Mentors can't be deferred.", _rule("defer-not-withdrawn", _refuses_mentors)),
        ("resume-mentors", "Mentors can't be resumed.", _rule("resume-not-withdrawn", _refuses_mentors)),
        ("withdraw-mentors", "Mentors can't be withdrawn.", _rule("withdraw-not-withdrawn", _refuses_mentors)),
        ("withdrawn-mentors", "Mentors can be withdrawn twice.", _rule("withdraw-not-withdrawn", _not_for_mentors)),
        (
            "milestones-mentors",
            "Milestones don't bind mentors.",
            _rule("declaration-date-in-milestone", _not_for_mentors),
        ),
        ("slot-mentors", "Mentors may be declared for twice.", _rule("declaration-slot-free", _not_for_mentors)),
        (
            "keeps-mentors",
            "Mentors' declarations don't hold their schedule.",
            _rule("schedule-keeps-declarations", _not_for_mentors),
        ),
        (
            "deferred",
            "A deferred participant can't be declared for.",
            _rule("declaration-before-withdrawal", _training_bars("deferred")),
        ),
        (
            "deferred-schedule",
            "A deferred participant keeps the schedule.",
            _rule("schedule-not-withdrawn", _training_bars("deferred")),
        ),
        (
            "withdrawn",
            "A withdrawn participant can't be declared for at all.",
            _rule("declaration-before-withdrawal", _training_bars("withdrawn")),
        ),
        (
            "replacement-declared",
            "Nobody on a replacement schedule can be declared for.",
            _rule("declaration-type-in-schedule", lambda f, said: "no milestone" if _on_replacement(f) else said),
        ),
        ("replacement-ends", "Replacement schedules have milestone dates.", _milestones(_ends)),
        ("replacement-starts", "Replacement schedules all begin in September.", _milestones(_as_september)),
        ("cohort-2023", "The milestones of 2023 close a day late.", _milestones(_later_cohort(2023, 1))),
        ("cohort-2024", "The milestones of 2024 close a day early.", _milestones(_later_cohort(2024, -1))),
        ("cohort-2025", "The milestones of 2025 close a day late.", _milestones(_later_cohort(2025, 1))),
        (
            "payable-holds",
            "A payable declaration doesn't hold the schedule.",
            _rule("schedule-keeps-declarations", _keeps_only("submitted", "eligible", "paid")),
        ),
        (
            "paid-holds",
            "A paid declaration doesn't hold the schedule.",
            _rule("schedule-keeps-declarations", _keeps_only("submitted", "eligible", "payable")),
        ),
        (
            "eligible-holds",
            "An eligible declaration doesn't hold the schedule.",
            _rule("schedule-keeps-declarations", _keeps_only("submitted", "payable", "paid")),
        ),
        (
            "ineligible-holds",
            "An ineligible declaration holds the schedule.",
            _rule("schedule-keeps-declarations", _keeps_only("submitted", "eligible", "payable", "paid", "ineligible")),
        ),
        (
            "clawback-holds",
            "A declaration awaiting clawback holds the schedule.",
            _rule(
                "schedule-keeps-declarations",
                _keeps_only("submitted", "eligible", "payable", "paid", "awaiting-clawback"),
            ),
        ),
        (
            "clawed-back-holds",
            "A declaration that was clawed back holds the schedule.",
            _rule(
                "schedule-keeps-declarations", _keeps_only("submitted", "eligible", "payable", "paid", "clawed-back")
            ),
        ),
        ("slot-paid", "A paid declaration leaves its slot free.", _live(lambda s: s - {"paid"})),
        ("slot-ineligible", "An ineligible declaration holds its slot.", _live(lambda s: s | {"ineligible"})),
        (
            "slot-started",
            "Only `started` may be declared once.",
            patched(Participant, "live_declaration", _started_only),
        ),
        ("slot-own", "Another provider's declaration leaves the slot free.", _rule("declaration-slot-free", _own_only)),
        ("date-void", "A void passes over X-With-Server-Date.", _without_server_date("voidParticipantDeclaration")),
        (
            "date-declare",
            "A declaration passes over X-With-Server-Date.",
            _without_server_date("createParticipantDeclaration"),
        ),
        (
            "date-withdraw",
            "A withdrawal passes over X-With-Server-Date.",
            _without_server_date("withdrawParticipant", "withdrawEcfParticipant"),
        ),
        ("date-resume", "A return passes over X-With-Server-Date.", _without_server_date("resumeEcfParticipant")),
        (
            "date-schedule",
            "A change of schedule is dated by the clock.",
            _without_server_date("changeEcfParticipantSchedule"),
        ),
        ("date-older", "The older paths pass over X-With-Server-Date.", _without_server_date(*_TRAINING)),
        ("upper-defer", "Actions know ids in lower case only.", _upper_case_refused(*_NEWER_TRAINING)),
        ("upper-older", "Actions on older paths know ids in lower case only.", _upper_case_refused(*_TRAINING)),
        ("upper-void", "A void knows ids in lower case only.", _upper_case_refused("voidParticipantDeclaration")),
        ("number-cohort", "A number for a cohort counts as missing.", _text_only("cohort")),
        (
            "duplicate-provider",
            "A person is known as the same with one provider only.",
            _duplicates(lambda p, o: p.current.provider == o.current.provider),
        ),
        (
            "duplicate-mentor",
            "A mentor is never the same person.",
            _duplicates(lambda p, _: p.participant_type == "ect"),
        ),
        (
            "duplicate-dead",
            "A person whose declaration was voided counts as declared for.",
            patched(commands, "declare", _dead_count),
        ),
        (
            "duplicate-unvalidated",
            "A number that isn't validated makes people the same.",
            patched(World, "others_with_trn_of", _unvalidated),
        ),
        ("copy-paid", "A copy of a paid declaration is refused.", patched(commands, "declare", _copy_of_paid)),
        (
            "revived",
            "Confirmed funding makes ineligible declarations eligible.",
            patched(World, "register", _all_states),
        ),
        (
            "taken-back",
            "Who loses eligibility takes declarations back to submitted.",
            patched(World, "register", _becomes_ineligible),
        ),
        (
            "cohort-own",
            "Without a cohort the participant's own is meant.",
            _rule("schedule-cohort-unchanged", _first_cohort),
        ),
        (
            "void-ineligible",
            "An ineligible declaration can't be voided.",
            lambda: states.TRANSITIONS.update(ineligible=()),
        ),
        (
            "void-payable",
            "A payable declaration awaits clawback when it is voided.",
            lambda: (
                states.TRANSITIONS.update(payable=("paid", "awaiting-clawback", "voided"))
                or states.VOIDED_AS.update(payable="awaiting-clawback")
            ),
        ),
    )
)
