"""What the page shows of v3: people, schools, statements and cohorts, and what v3's calendar will do."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Final

from mock_server.v3.domain.calendar import day_after
from mock_server.v3.domain.states import AUTHORISED_AS
from mock_server.v3.domain.world import World
from mock_server.web.kit import RecordLink, WebKit
from mock_server.web.v3 import organisations, people
from mock_server.web.v3.forms import FORMS
from mock_server.web.view import PageView

_VIEWS: Final = (
    PageView("people", "People", people.list_context, ("people",), people.stamp, api="v3"),
    PageView(
        "person",
        "Person",
        people.person_context,
        ("person", "timeline"),
        people.stamp,
        api="v3",
        below="people",
        ids=("participant_id", "id"),
    ),
    PageView("schools", "Schools", organisations.schools_context, ("schools",), people.stamp, api="v3"),
    PageView(
        "school",
        "School",
        organisations.school_context,
        ("school", "partnerships", "stays"),
        people.stamp,
        api="v3",
        below="schools",
        ids=("school_urn", "urn"),
    ),
    PageView("statements", "Statements", organisations.statements_context, ("statements",), people.stamp, api="v3"),
    PageView(
        "statement",
        "Statement",
        organisations.statement_context,
        ("statement", "declarations"),
        people.stamp,
        api="v3",
        below="statements",
        ids=("id",),
    ),
    PageView("cohorts", "Cohorts", organisations.cohorts_context, ("partners",), people.stamp, api="v3"),
)


def _people(world: World, ids: Iterable[str]) -> list[RecordLink]:
    found = {}
    for id in ids:
        declaration = world.declarations.get(id)
        teacher = declaration.teacher if declaration else world.teachers.get(id) or world.merged.get(id)
        if teacher:
            found[teacher.id] = teacher
    return [RecordLink(f"people/{each.id}", each.full_name) for each in found.values()]


def _ahead(world: World) -> list[tuple[datetime, str]]:
    """Runs that will move declarations (rules 6.2): at deadlines, and on payment dates if the world pays by date."""
    runs: Counter[tuple[datetime, str]] = Counter()
    for statement in world.statements.values():
        if statement.fee_type != "output" or statement.status == "paid":
            continue
        states = Counter(declaration.state for declaration in (*statement.declarations, *statement.clawbacks))
        if statement.status == "open" and states["eligible"]:
            runs[_midnight(day_after(statement.deadline_date)), "payable"] += states["eligible"]
        for before, after in AUTHORISED_AS.items():
            count = states[before] + (states["eligible"] if before == "payable" else 0)
            if world.pays_by_date and count:
                runs[_midnight(statement.payment_date), after] += count
    return [
        (moment, f"{count:,} become{'s' if count == 1 else ''} {state}")
        for (moment, state), count in sorted(runs.items())
        if moment > world.clock
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


KIT: Final = WebKit("v3", _VIEWS, FORMS, lambda world: len(world.teachers), _people, _ahead)
