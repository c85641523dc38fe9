"""What the domain remembers to be quick: each answer must be the same as without it."""

import re
from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations
from random import Random
from uuid import UUID

import pytest

from mock_server.rules.identifiers import Identifiers
from mock_server.rules.table import Fine, Row, Table, rule
from mock_server.v3.domain import clockwork, statements
from mock_server.v3.domain.calendar import LONDON, london_day, whole_second
from mock_server.v3.domain.declaration_dates import parse_declaration_date
from mock_server.v3.domain.identifiers import canonical_id
from tests.v3.domain.worlds import NOW, new_world

MICROSECOND = timedelta(microseconds=1)


def moments_at_edges() -> list[datetime]:
    """Around midnight in London: in winter, in summer, and on the days on which the clocks change."""
    found = []
    for day in (date(2026, 2, 10), date(2026, 3, 29), date(2026, 3, 30), date(2026, 7, 1), date(2026, 10, 25)):
        midnight = datetime.combine(day, time.min, LONDON).astimezone(UTC)
        found += [midnight - MICROSECOND, midnight, midnight + timedelta(hours=12)]
    # Before 1847, London's clocks were 75 seconds behind.
    return [*found, datetime(1840, 1, 1, 0, 1, 14, tzinfo=UTC), datetime(1840, 1, 1, 0, 1, 15, tzinfo=UTC)]


def test_londons_day_is_right_whatever_day_was_asked_for_before() -> None:
    """Rules 2.9."""
    for first, second in permutations(moments_at_edges(), 2):
        london_day(first)
        assert london_day(second) == second.astimezone(LONDON).date()


def test_the_calendars_first_and_last_moments_have_a_day() -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    for moment in (first, last, first, NOW, last, NOW):
        assert london_day(moment) == moment.date()
        assert whole_second(moment) == moment.replace(microsecond=0)


def test_a_whole_second_is_right_whatever_second_was_asked_for_before() -> None:
    around = [NOW - MICROSECOND, NOW, NOW + MICROSECOND, NOW + timedelta(seconds=1) - MICROSECOND]
    around.append(NOW + timedelta(seconds=1))
    for first, second in permutations(around, 2):
        whole_second(first)
        assert whole_second(second) == second.replace(microsecond=0)


def test_ids_are_uuids_of_version_4_and_the_ones_that_the_random_bits_say() -> None:
    bits, new_id = Random(5), Identifiers(5)  # noqa: S311 - meant to repeat
    for _ in range(200):
        assert new_id() == str(UUID(int=bits.getrandbits(128), version=4))


@pytest.mark.parametrize("text", ["2026-02-29T09:00:00Z", "0000-01-01T00:00:00Z", "2026-13-01T00:00:00Z"])
def test_a_day_that_the_calendar_lacks_is_no_date(text: str) -> None:
    """Rules 5.8, row 11."""
    assert parse_declaration_date(text) is None


def test_an_id_as_it_is_shown_stays_as_it_is() -> None:
    """Rules 2.7."""
    id = "0a1b2c3d-0000-4000-8000-00000000000f"
    assert [canonical_id(each) for each in (id, id.upper(), f"{{{id}}}", id.replace("-", ""))] == [id] * 4
    assert canonical_id(f"{id}\n") == canonical_id(re.sub("f$", "g", id)) == ""


def test_the_next_statement_goes_by_deadline_even_after_the_deadlines_change() -> None:
    """Rules 5.8, row 16."""
    world = new_world()
    first, second = [each for each in world.list_statements("alder") if each.cohort == "2025"][-2:]
    today = first.deadline_date
    assert world.open_statement("alder", "2025", today) is first
    statements.change(world, first, NOW, deadline_date=second.deadline_date + timedelta(days=1), payment_date=date.max)
    assert world.open_statement("alder", "2025", today) is second
    filed = world.statements_by_contract["alder", "2025"]
    assert filed == sorted(filed, key=lambda each: (each.deadline_date, each.sequence))


def test_a_run_at_one_oclock_comes_once_however_the_clock_gets_there() -> None:
    """Rules 6.2."""
    world = new_world()
    ran: list[datetime] = []
    job = clockwork.Job(time(1, 0), lambda _world, moment: ran.append(moment))
    day = NOW.date() + timedelta(days=1)
    world.days[day] = {}
    with pytest.MonkeyPatch().context() as patch:
        patch.setattr(clockwork, "JOBS", (job,))
        for clock in ("00:59:59", "01:00:00", "01:00:01", "23:59:59"):
            clockwork.follow_clock(world, datetime.combine(day, time.fromisoformat(clock), UTC))
    assert ran == [datetime.combine(day, time(1), UTC)]


@rule("always", "title", means="", remedy="")
def _always(_facts: object) -> str | None:
    return "complains"


@rule("never", "title", means="", remedy="")
def _never(_facts: object) -> str | None:
    return None


def _yes(_facts: object) -> bool:
    return True


def test_a_row_that_only_stops_others_still_stops_them() -> None:
    assert Table(Row(1, _never), Fine(2, (_yes,), stops=(3,)), Row(3, _always)).violations(None) == []
    assert [each.rule.id for each in Table(Row(1, _never), Row(2, _always)).violations(None)] == ["always"]
