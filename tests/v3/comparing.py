"""Whether a world of v3 and the naive model show the same: records, lists, filters and orders."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

import orjson

from mock_server.v3.domain.calendar import london_day
from mock_server.v3.domain.lists import Sort
from mock_server.v3.domain.world import World
from mock_server.v3.filters import DeclarationFilter, ParticipantFilter, PartnershipFilter
from mock_server.v3.records import (
    declaration_json,
    participant_json,
    partnership_json,
    school_json,
    statement_json,
    transfers_json,
    unfunded_mentor_json,
)
from tests.v3 import naive_shown
from tests.v3.naive import Naive
from tests.v3.naive_records import COURSE, Person, Training

PROVIDERS: Final = ("alder", "birch", "cedar")


def compare(world: World, model: Naive, now: datetime) -> None:
    """All that providers see, at this moment."""
    today = london_day(now)
    no_type_is_live_twice(world)
    participants_agree(world, model, today)
    filters_and_orders_agree(world, model, now)
    declarations_agree(world, model)
    partnerships_schools_and_statements_agree(world, model, today)


def no_type_is_live_twice(world: World) -> None:
    """For one person and role (rules 5.8, row 8)."""
    live = [(each.teacher.id, each.role, each.declaration_type) for each in world.declarations.values() if each.blocks]
    assert len(set(live)) == len(live)


def participants_agree(world: World, model: Naive, today: date) -> None:
    for provider in PROVIDERS:
        expected = [person for person in model.people.values() if model.sees(provider, person)]
        listed = world.list_participants(provider).select().all()
        assert [view.id for view in listed] == [person.id for person in expected]
        for view, person in zip(listed, expected, strict=True):
            shown = attributes(participant_json(world, view, today))
            for entry in shown["ecf_enrolments"]:
                del entry["training_record_id"]
            assert shown == naive_shown.participant(model, provider, person, today)
        moving = [(person, naive_shown.transfers(model, provider, person, today)) for person in expected]
        moved = {person.id: shown for person, shown in moving if shown["transfers"]}
        for view in world.list_transfers(provider).select().all():
            record = attributes(transfers_json(world, view, today))
            for transfer in record["transfers"]:
                del transfer["training_record_id"]
                for side in ("leaving", "joining"):
                    if transfer[side] and transfer[side]["provider"]:
                        transfer[side]["provider"] = transfer[side]["provider"].split()[0].lower()
            assert record == moved.pop(view.id)
        assert not moved


def filters_and_orders_agree(world: World, model: Naive, now: datetime) -> None:
    month_ago = now - timedelta(days=30)
    for provider in PROVIDERS[:2]:
        seen = [person for person in model.people.values() if model.sees(provider, person)]

        def latest(person: Person, provider: str = provider) -> list[Training]:
            return [found for role in COURSE if (found := model.latest(provider, person, role))]

        fitting: list[tuple[ParticipantFilter | None, Callable[[Person], bool]]] = [
            (None, lambda _: True),
            (
                ParticipantFilter(frozenset({"2024"}), None),
                lambda person: any(each.cohort == "2024" for each in latest(person)),
            ),
            (
                ParticipantFilter(None, "deferred"),
                lambda person: any(each.deferral is not None for each in latest(person)),
            ),
            (
                ParticipantFilter(None, "active"),
                lambda person: any(not each.deferral and not each.withdrawal for each in latest(person)),
            ),
        ]
        for wanted, fits in fitting:
            for since in (None, month_ago):
                expected = [each for each in seen if fits(each) and (since is None or each.updated >= since)]
                listing = world.list_participants(provider)
                assert ids(listing.select(wanted, since).all()) == ids(expected)
                latest_first = sorted(expected, key=lambda person: person.updated, reverse=True)
                found = listing.select(wanted, since, (Sort("updated_at", descending=True),))
                assert ids(found.all()) == ids(latest_first)
                assert ids(found.page(2, 2)) == ids(latest_first[2:4])


def declarations_agree(world: World, model: Naive) -> None:
    for provider in PROVIDERS:
        expected = model.visible_declarations(provider)
        listed = world.list_declarations(provider).select().all()
        assert ids(listed) == ids(expected)
        for declaration, mine in zip(listed, expected, strict=True):
            shown = attributes(declaration_json(world, declaration))
            assert shown.pop("lead_provider_name").split()[0].lower() == mine.provider
            assert shown == naive_shown.declaration(mine)
        few = world.list_declarations(provider).select(DeclarationFilter(frozenset({"2024"}), None)).all()
        assert ids(few) == ids([each for each in expected if each.training.cohort == "2024"])


def partnerships_schools_and_statements_agree(world: World, model: Naive, today: date) -> None:
    for provider in PROVIDERS:
        own = [each for each in model.partnerships.values() if each.provider == provider]
        listed = world.list_partnerships(provider).select().all()
        assert ids(listed) == ids(own)
        for partnership, mine in zip(listed, own, strict=True):
            shown = attributes(partnership_json(partnership, today))
            for name in ("delivery_partner_name", "induction_tutor_name", "induction_tutor_email"):
                del shown[name]
            assert shown == naive_shown.partnership(model, mine, today)
        few = world.list_partnerships(provider).select(PartnershipFilter(frozenset({"2025"}), None)).all()
        assert ids(few) == ids([each for each in own if each.cohort == "2025"])
        for cohort in ("2024", "2025"):
            for record in world.list_schools(cohort).select().all():
                interested = world.has_expression_of_interest(provider, record)
                shown = attributes(school_json(record, interested=interested))
                for name in ("name", "created_at", "induction_tutor_name", "induction_tutor_email"):
                    del shown[name]
                assert shown == naive_shown.school(model, provider, record.school.urn, cohort)
        mentors = [unfunded_mentor_json(each) for each in world.list_unfunded_mentors(provider).select().all()]
        assert {orjson.loads(each)["id"]: attributes(each)["updated_at"] for each in mentors} == {
            each.id: naive_shown.moment(each.unfunded_updated) for each in model.unfunded(provider, today)
        }
    statements = {each.id: each for each in model.statements if each.output}
    for statement in (each for provider in PROVIDERS for each in world.list_statements(provider)):
        due = statements.pop(statement.id)
        shown = attributes(statement_json(statement))
        assert (shown["paid"], shown["updated_at"]) == (due.status == "paid", naive_shown.moment(due.updated))
    assert not statements


def attributes(record: bytes) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(record)["attributes"]
    return found


def ids(records: Any) -> list[str]:
    return [record.id for record in records]
