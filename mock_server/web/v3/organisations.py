"""v3's schools with their partnerships, statements with their declarations, and cohorts, as the tester sees them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, Final

from mock_server.v3.domain import derived
from mock_server.v3.domain.records import Partnership, School, Statement
from mock_server.v3.domain.statements import can_be_authorised
from mock_server.v3.domain.states import STATEMENT_ARROWS
from mock_server.v3.domain.vocabulary import FEE_TYPES
from mock_server.v3.records import MONTHS
from mock_server.web.paging import page_of
from mock_server.web.v3.people import choices, today_of, world_of
from mock_server.web.visit import NotThere, Visit

# How many people at a school, declarations of a statement, or delivery partners a view shows.
MOST_SHOWN: Final = 100

# -- schools ---------------------------------------------------------------------------------------


async def schools_context(visit: Visit) -> dict[str, Any]:
    query, world = visit.query, world_of(visit)
    filters = {name: query[name] for name in ("q", "provider") if name in query}
    # Newest first.
    page = await page_of(reversed(world.schools.values()), query, _sought(query) if filters else None)
    return choices(world) | {"page": page, "filters": filters}


def _sought(query: Mapping[str, str]) -> Callable[[School], bool]:
    """A check of whether the filters let a school through."""
    provider, words = query.get("provider"), query.get("q", "").lower().split()

    def fits(school: School) -> bool:
        text = f"{school.name} {school.urn} {school.id}".lower()
        partner = provider is None or any(each.provider == provider for each in school.partnerships)
        return partner and all(word in text for word in words)

    return fits


@dataclass(frozen=True, slots=True)
class PartnershipRow:
    partnership: Partnership
    training_now: int


async def school_context(visit: Visit) -> dict[str, Any]:
    """The address names the school by its URN. Raises NotThere if no school has it."""
    world, today = world_of(visit), today_of(visit)
    school = world.schools_by_urn.get(visit.about)
    if school is None:
        raise NotThere("school")
    rows = [PartnershipRow(each, _training_now(each, today)) for each in reversed(school.partnerships)]
    return choices(world) | {
        "school": school,
        "partnerships": rows,
        "stays": list(islice(reversed(school.stays), MOST_SHOWN)),
        "today": today,
    }


def _training_now(partnership: Partnership, today: date) -> int:
    return derived.participants_currently_training(partnership, today)


# -- statements ------------------------------------------------------------------------------------


async def statements_context(visit: Visit) -> dict[str, Any]:
    query, world = visit.query, world_of(visit)
    names = ("provider", "cohort", "status")
    filters = {name: query[name] for name in names if name in query}
    found = [
        statement
        for statement in world.statements.values()
        if all(getattr(statement, name) == wanted for name, wanted in filters.items())
    ]
    # Statements that hold something come first: most are years ahead, and hold nothing yet.
    found.sort(key=lambda each: (_holds(each), each.payment_date, each.sequence), reverse=True)
    return choices(world) | {
        "page": await page_of(found, query),
        "filters": filters,
        "statuses": tuple(STATEMENT_ARROWS),
        "fee_types": FEE_TYPES,
        "months": [(str(number), name) for number, name in enumerate(MONTHS, 1)],
        "title": title_of,
    }


def _holds(statement: Statement) -> bool:
    return bool(statement.declarations or statement.clawbacks)


def title_of(statement: Statement) -> str:
    return f"{MONTHS[statement.month - 1]} {statement.year}"


async def statement_context(visit: Visit) -> dict[str, Any]:
    """Raises NotThere if no statement has the id."""
    world = world_of(visit)
    statement = world.statements.get(visit.about.lower())
    if statement is None:
        raise NotThere("statement")
    return {
        "statement": statement,
        "title": title_of,
        "declarations": list(islice(statement.declarations, MOST_SHOWN)),
        "clawbacks": list(islice(statement.clawbacks, MOST_SHOWN)),
        "next_status": _next_status(statement),
    }


def _next_status(statement: Statement) -> str | None:
    """The status that the statement can move to now, or None (rules 6.2)."""
    if statement.status == "payable" and not can_be_authorised(statement):
        return None
    return next(iter(STATEMENT_ARROWS[statement.status]), None)


# -- cohorts and delivery partners -----------------------------------------------------------------


async def cohorts_context(visit: Visit) -> dict[str, Any]:
    world = world_of(visit)
    return choices(world) | {
        "all_cohorts": [world.cohorts[year] for year in sorted(world.cohorts, reverse=True)],
        "all_providers": list(world.providers.values()),
        "delivery_partners": list(islice(reversed(world.delivery_partners.values()), MOST_SHOWN)),
        "partner_count": len(world.delivery_partners),
        "contracts": {
            year: [provider.name for provider in world.providers.values() if year in provider.cohorts]
            for year in world.cohorts
        },
    }
