"""Histories of some hundred acts, dense with requests, in a world of v3 and in the naive model at once.

The properties try short ones in all variety; here people are declared for, paid for, moved and brought back again.
"""

from random import Random
from typing import Any

import pytest

from tests.v3.comparing import PROVIDERS
from tests.v3.naive import DEFER_REASONS, WITHDRAW_REASONS
from tests.v3.naive_sheet import TYPES
from tests.v3.test_properties import SCHEDULES, URNS, Service

ACTS = 400


def come(history: Service, random: Random) -> str:
    """A newcomer, and half of the ECTs begin their induction."""
    facts: dict[str, Any] = {
        "role": random.choice(("ect", "ect", "mentor")),
        "provider": random.choice(("alder", "alder", "birch", None)),
        "school": random.choice(URNS),
        "cohort": random.choice(("2024", "2025")),
        "schedule": random.choice(("ecf-standard-september", "ecf-standard-september", *SCHEDULES)),
        "ago": random.choice((0, 1, 14, 100, 300)),
    }
    id = history.come(facts)
    if facts["role"] == "ect" and random.random() < 0.5:
        history.induct(id)
    return id


def act(history: Service, random: Random, people: list[str], partnerships: list[str], declared: list[str]) -> None:
    """One act; nine in ten are requests of providers, or let time pass."""
    id, role = random.choice(people), random.choice(("ect", "mentor"))
    anyone = random.choice(PROVIDERS) if random.random() < 0.1 else None
    provider, school, cohort = random.choice(PROVIDERS), random.choice(URNS), random.choice(("2024", "2025"))
    match random.choices(range(13), (30, 14, 10, 8, 14, 4, 3, 3, 3, 3, 3, 3, 2))[0]:
        case 0:
            type, ago = random.choice(TYPES[:7]), random.choice((0, 0, 0, 1, 30, 200))
            for each in [id, random.choice(people)]:
                if new := history.declare(each, role, anyone, type, ago, {}):
                    declared.append(new)
        case 1:
            history.pass_some_time(random.choice((1, 1, 2, 7, 20)))
        case 2:
            given = {
                "reason": random.choice((*WITHDRAW_REASONS, *DEFER_REASONS)),
                "course_identifier": history.course(id, role),
            }
            history.both("act", random.choice(("withdraw", "defer")), anyone or history.whose(id, role), id, given)
        case 3:
            given = {"course_identifier": history.course(id, role)}
            history.both("act", "resume", anyone or history.whose(id, role), id, given)
        case 4:
            given = {"course_identifier": history.course(id, role), "schedule_identifier": random.choice(SCHEDULES)}
            if random.random() < 0.4:
                given["cohort"] = cohort
            history.both("act", "change_schedule", anyone or history.whose(id, role), id, given)
        case 5:
            if declared:
                new = random.choice(declared)
                history.both("void", history.model.declarations[new].provider, new)
        case 6:
            people.append(come(history, random))
        case 7:
            partner = random.choice(history.acts.partners_of(provider)).id
            given = {"cohort": cohort, "school_id": history.model.schools[school], "delivery_partner_id": partner}
            if new := history.both_make("create_partnership", provider, given):
                partnerships.append(new)
        case 8:
            if partnerships:
                new = random.choice(partnerships)
                owner = history.model.partnerships[new].provider
                partner = random.choice(history.acts.partners_of(owner)).id
                history.both("update_partnership", owner, new, {"delivery_partner_id": partner})
        case 9:
            history.move(id, provider, school, cohort)
        case 10:
            history.change_provider(id, role, provider)
        case 11:
            history.assign_mentor(id, random.choice(people))
        case 12:
            random.choice((history.induct, history.pass_induction))(id)


# The last one withdraws a mentor between the void of a paid `completed` and its clawback.
@pytest.mark.parametrize("seed", [*range(5), 119])
def test_a_long_history_is_the_models(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - meant to repeat
    history = Service()
    history.open_schools(("2024",), partnered=True)
    people = [come(history, random) for _ in range(6)]
    partnerships: list[str] = []
    declared: list[str] = []
    states: set[str] = set()
    for number in range(ACTS):
        act(history, random, people, partnerships, declared)
        if number % 5 == 0:
            history.both_show_the_same()
            states |= {each.state for each in history.model.declarations.values()}
    history.both_show_the_same()
    assert {"eligible", "payable", "voided"} <= states, "the history tried too little"
