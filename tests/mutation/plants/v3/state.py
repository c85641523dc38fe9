"""Changes that aren't saved, that are saved though refused, or that come about wrongly (rules 5 and 6)."""

from datetime import datetime, timedelta
from typing import Any

from mock_server.http.exchange import Answer
from mock_server.rules.table import RulesBroken
from mock_server.service import Call
from mock_server.v3 import operations
from mock_server.v3.domain import commands, declarations, partnerships, people, statements, states, training
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.records import Declaration
from mock_server.v3.domain.world import World
from tests.mutation.planting import Plant, patched

_DAY = timedelta(days=1)


def _operation(id: str, make: Any) -> Any:
    """Plants `make(handler)` in place of the handler of an operation."""
    return lambda: operations.OPERATIONS.update({id: make(operations.OPERATIONS[id])})


def _forgets_void(original: Any) -> Any:
    def void(call: Call) -> Answer:
        declaration = call.world.own_declaration(call.slug, call.path_id)
        before = declaration and (declaration.payment_status, declaration.clawback_status)
        answer: Answer = original(call)
        if declaration is not None:
            declaration.payment_status, declaration.clawback_status = before
            declaration.rendered = None
        return answer

    return void


def _forgets_report(original: Any) -> Any:
    """The answer is that of the report; afterwards the training is as it was."""

    def act(call: Call) -> Answer:
        view = call.world.view(call.slug, call.path_id)
        latest = view and (view.ect or view.mentor)
        before = latest and (latest.deferred_at, latest.deferral_reason, latest.finished_on)
        answer: Answer = original(call)
        if latest is not None:
            latest.deferred_at, latest.deferral_reason, latest.finished_on = before
            view.rendered = None
        return answer

    return act


def _unlisted(original: Any) -> Any:
    def declare(*given: Any) -> Declaration:
        declaration: Declaration = original(*given)
        world = given[0]
        if declaration.sequence % 3 == 0:
            world.declaration_lists[declaration.provider].take_out(declaration)
        return declaration

    return declare


def _saved_though_refused(name: str, save: Any) -> Any:
    def make(original: Any) -> Any:
        def command(*given: Any) -> Any:
            try:
                return original(*given)
            except RulesBroken:
                save(*given)
                raise

        return command

    return patched(commands, name, make)


def _defers(world: World, view: Any, attributes: Any, now: datetime) -> None:
    latest = view.ect or view.mentor
    training.defer(world, latest, "other", now)


def _declares(world: World, provider: str, attributes: Any, now: datetime) -> None:
    teacher = world.teachers.get(str(attributes.get("participant_id")))
    latest = None if teacher is None else world.latest_training(provider, teacher, "ect")
    if latest is not None:
        declarations.declare(world, latest, "started", now, None, now)


def _touches(world: World, view: Any, attributes: Any, now: datetime) -> None:
    """A refused report moves `updated_at`."""
    with Change(world, now) as change:
        change.participant(view.teacher)


def _makes(world: World, provider: str, attributes: Any, now: datetime) -> None:
    school = world.schools.get(str(attributes.get("school_id")))
    partner = world.delivery_partners.get(str(attributes.get("delivery_partner_id")))
    if school is not None and partner is not None and not world.partnerships_of(provider, school, "2025"):
        partnerships.create(world, provider, school, "2025", partner, now)


STATE = tuple(
    Plant(f"unsaved-{name}", "state not saved", what, plant)
    for name, what, plant in (
        ("report", "A deferral is answered, and forgotten.", _operation("deferParticipant", _forgets_report)),
        ("void", "A void is answered, and forgotten.", _operation("voidDeclaration", _forgets_void)),
        ("list", "Some declarations aren't in the list.", patched(commands, "declare", _unlisted)),
        (
            "interests",
            "A new partnership leaves expressions of interest as they are.",
            patched(partnerships, "add", lambda original: _without_interests(original)),
        ),
    )
) + tuple(
    Plant(f"saved-{name}", "state saved though refused", what, plant)
    for name, what, plant in (
        (
            "report",
            "A refused deferral is saved.",
            _operation("deferParticipant", lambda _: operations._act(_refused_but_deferred)),
        ),
        ("declaration", "A refused declaration is recorded.", _saved_though_refused("declare", _declares)),
        (
            "moment",
            "A refused return moves updated_at.",
            _operation("resumeParticipant", lambda _: operations._act(_refused_but_touched)),
        ),
        ("partnership", "A refused partnership is made.", _saved_though_refused("create_partnership", _makes)),
    )
)


def _without_interests(original: Any) -> Any:
    def add(change: Any, provider: str, school: Any, *rest: Any) -> Any:
        interests, school.interests = school.interests, {}
        try:
            return original(change, provider, school, *rest)
        finally:
            school.interests = interests

    return add


def _refused_but_deferred(world: World, view: Any, attributes: Any, now: datetime) -> Any:
    try:
        return commands.defer(world, view, attributes, now)
    except RulesBroken:
        _defers(world, view, attributes, now)
        raise


def _refused_but_touched(world: World, view: Any, attributes: Any, now: datetime) -> Any:
    try:
        return commands.resume(world, view, attributes, now)
    except RulesBroken:
        _touches(world, view, attributes, now)
        raise


# -- states that come about wrongly ----------------------------------------------------------------


def _keeps_training_on(original: Any) -> Any:
    """A withdrawal doesn't end the training."""

    def withdraw(world: World, latest: Any, reason: str, now: datetime) -> None:
        with Change(world, now) as change:
            change.set_training(latest, withdrawn_at=change.now, withdrawal_reason=reason)

    return withdraw


def _old_period_again(original: Any) -> Any:
    """A return takes up the old period, and has no first day."""

    def resume(world: World, latest: Any, now: datetime) -> Any:
        with Change(world, now) as change:
            change.set_training(latest, finished_on=None, deferred_at=None, withdrawn_at=None)
        return latest

    return resume


def _always_in_place(original: Any) -> Any:
    """A change of schedule never starts a period."""

    def move(change: Any, latest: Any, identifier: str, cohort: str) -> Any:
        partnership = latest.partnership
        if cohort != latest.cohort:
            training.note_cohort_change(change, latest, cohort)
            partnership = training.partnership_in(change.world, latest, cohort)
        change.set_training(latest, partnership=partnership, cohort=cohort, schedule_identifier=identifier)
        return latest

    return move


def _oldest_partnership(original: Any) -> Any:
    def partnership_in(world: World, latest: Any, cohort: str) -> Any:
        candidates = world.partnerships_of(latest.provider, latest.partnership.school, cohort)
        return next(iter(candidates), None)

    return partnership_in


def _no_note(original: Any) -> Any:
    return lambda change, latest, cohort: None


def _frozen_by_day(original: Any) -> Any:
    return lambda self, cohort, now: original(self, cohort, now + _DAY)


def _first_mentorship(original: Any) -> Any:
    return lambda stay, day: stay.mentorships[0] if stay.mentorships else None


def _no_completion(original: Any) -> Any:
    return lambda change, declaration: None


def _not_undone(original: Any) -> Any:
    """A void leaves the mentor's completion as it is."""

    def complete_mentor(change: Any, declaration: Declaration) -> None:
        if declaration.blocks:
            original(change, declaration)

    return complete_mentor


def _training_stays_over(original: Any) -> Any:
    return lambda change, latest, started_on: None


def _keeps_statement(original: Any) -> Any:
    def void(world: World, declaration: Declaration, now: datetime) -> None:
        statement = declaration.statement
        original(world, declaration, now)
        if declaration.payment_status == "voided" and statement is not None:
            declaration.statement, declaration.rendered = statement, None

    return void


def _pays_empty(original: Any) -> Any:
    return lambda statement: statement.fee_type == "output" and statement.status == "payable"


def _eligible_without_statement(original: Any) -> Any:
    def confirm(change: Any, declaration: Declaration) -> None:
        change.set_declaration(declaration, payment_status="eligible")

    return confirm


LIFE = tuple(
    Plant(f"life-{name}", "a state that comes about wrongly", what, plant)
    for name, what, plant in (
        ("withdraw", "A withdrawal doesn't end the training.", patched(training, "withdraw", _keeps_training_on)),
        ("resume", "A return takes up the old period.", patched(training, "resume", _old_period_again)),
        (
            "in-place",
            "A change of schedule starts no new period.",
            patched(training, "move_to_schedule", _always_in_place),
        ),
        (
            "partner",
            "A change of cohort takes the oldest partnership.",
            patched(training, "partnership_in", _oldest_partnership),
        ),
        ("frozen-note", "Nobody notes who leaves a frozen cohort.", patched(training, "note_cohort_change", _no_note)),
        ("freeze", "A freeze begins a day early.", patched(World, "is_frozen", _frozen_by_day)),
        (
            "mentorship",
            "A declaration has the first mentor.",
            patched(declarations, "nearest_mentorship", _first_mentorship),
        ),
        ("completion", "A mentor's completion ends nothing.", patched(declarations, "complete_mentor", _no_completion)),
        ("undo", "A void doesn't undo a mentor's completion.", patched(declarations, "complete_mentor", _not_undone)),
        (
            "train-on",
            "A void doesn't let the mentor train on.",
            patched(declarations, "_train_on", _training_stays_over),
        ),
        (
            "statement",
            "A voided declaration stays on its statement.",
            patched(declarations, "void", _keeps_statement),
        ),
        ("empty", "Empty statements are paid.", patched(statements, "can_be_authorised", _pays_empty)),
        (
            "on-statement",
            "An eligible declaration is on no statement.",
            patched(declarations, "confirm", _eligible_without_statement),
        ),
        (
            "funding",
            "Confirmed funding makes nothing eligible.",
            patched(people, "confirm_all", lambda _: lambda *given: None),
        ),
        (
            "clawback",
            "A void of a paid declaration is a plain void.",
            patched(declarations, "void", lambda original: _plain_void(original)),
        ),
        (
            "blocking",
            "A declaration that awaits clawback holds its type.",
            patched(World, "blocking_declarations", lambda original: _holds_longer(original)),
        ),
        (
            "roles",
            "The roles share their types.",
            patched(
                World,
                "blocking_declarations",
                lambda _: lambda self, teacher, role: [each for each in teacher.declarations if each.blocks],
            ),
        ),
        (
            "own-types",
            "Each provider has types of its own.",
            patched(
                World,
                "blocking_declarations",
                lambda original: lambda self, teacher, role: original(self, teacher, role)[1:],
            ),
        ),
        (
            "uplift",
            "Every type carries the uplift.",
            patched(declarations, "add", lambda original: _always_uplifted(original)),
        ),
        ("payment", "Payments never happen.", patched(states, "AUTHORISED_AS", lambda table: table.clear() or table)),
    )
)


def _plain_void(original: Any) -> Any:
    def void(world: World, declaration: Declaration, now: datetime) -> None:
        if declaration.state == "paid":
            with Change(world, now) as change:
                change.set_declaration(declaration, payment_status="voided", statement=None)
        else:
            original(world, declaration, now)

    return void


def _holds_longer(original: Any) -> Any:
    def blocking_declarations(self: World, teacher: Any, role: str) -> Any:
        awaiting = [d for d in teacher.declarations if d.role == role and d.clawback_status == "awaiting-clawback"]
        return [*original(self, teacher, role), *awaiting]

    return blocking_declarations


def _always_uplifted(original: Any) -> Any:
    def add(*given: Any) -> Declaration:
        declaration: Declaration = original(*given)
        declaration.pupil_premium_uplift = declaration.sparsity_uplift = True
        return declaration

    return add
