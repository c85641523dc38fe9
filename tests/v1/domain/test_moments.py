"""Moments and durations: what is read, what is refused, how it is written (rules 5.3 and 6.2)."""

from datetime import UTC, datetime, timedelta
from time import tzset

import pytest

from mock_server.rules.moments import (
    Duration,
    advance,
    format_moment,
    parse_duration,
    parse_iso8601,
    parse_rfc3339,
)

NINE = datetime(2021, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2021-11-20T09:00:00Z", NINE),
        ("2021-11-20t09:00:00z", NINE),
        ("2021-11-20T09:00:00", NINE),
        ("2021-11-20T09:00:00-00:00", NINE),
        ("2021-11-20T10:00:00+01:00", NINE),
        ("2021-11-20T10:00:00+0100", NINE),
        ("2021-11-20T10:00:00+01", NINE),
        ("2021-11-20T05:30:00-0330", NINE),
        ("2021-11-20T09:00:00,5Z", NINE + timedelta(seconds=0.5)),
        ("2021-11-20T10:00:00,25+01", NINE + timedelta(seconds=0.25)),
        ("2021-11-20T08:30:00.5-00:30", NINE + timedelta(seconds=0.5)),
        ("2021-11-20T09:00:00.1234567890123Z", NINE + timedelta(microseconds=123456)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_and_turned_into_utc(text: str, moment: datetime) -> None:
    """Rules 6.2: with an optional fraction after a point or a comma, and an offset in three forms."""
    for parse in (parse_rfc3339, parse_iso8601):
        result = parse(text)
        assert result == moment
        assert result is not None
        assert result.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2021-11-20 09:00:00Z",
        "2021-11-20T09:00Z",
        "2021-11-20T09:00:00 Z",
        " 2021-11-20T09:00:00Z",
        "2021-11-20T09:00:00Z\n",
        "2021-11-20T09:00:00.Z",
        "2021-11-20T09:00:00,Z",
        "2021-11-20T09:00:00,5.5Z",
        "2021-11-20T09:00:00+1",
        "2021-11-20T09:00:00+01:0",
        "2021-11-20T09:00:00+010",
        "2021-11-20T09:00:00+24",
        "2021-11-20T09:00:00+24:00",
        "2021-11-20T09:00:00+0160",
        "2021-11-20T09:00:00+01:60",
        "2021-11-20T24:00:00Z",
        "2021-12-31T23:59:60Z",
        "2021-02-29T00:00:00Z",
        "2021-13-01T00:00:00Z",
        "2021-00-10T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "12021-11-20T09:00:00Z",
        "2021-W46-6T09:00:00Z",
        "20211120T090000Z",
        "٢٠٢١-11-20T09:00:00Z",
        "2021-11-20T09:00:00\x00",
        "2021-11-20T09:00:00." + "1" * 100_000 + "X",
    ],
)
def test_a_moment_that_is_not_written_so_or_does_not_exist_is_refused(text: str) -> None:
    assert parse_rfc3339(text) is None
    assert parse_iso8601(text) is None


def test_a_date_alone_is_its_first_moment_in_a_filter_and_nothing_in_a_body() -> None:
    assert parse_iso8601("2021-11-20") == datetime(2021, 11, 20, tzinfo=UTC)
    assert parse_iso8601("2021-02-29") is None
    assert parse_rfc3339("2021-11-20") is None


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NINE, "2021-11-20T09:00:00Z"),
        (NINE + timedelta(microseconds=999_999), "2021-11-20T09:00:00Z"),
        (datetime(33, 4, 3, tzinfo=UTC), "0033-04-03T00:00:00Z"),
    ],
)
def test_a_moment_is_written_in_whole_seconds(moment: datetime, text: str) -> None:
    assert format_moment(moment) == text


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("P30D", Duration(0, timedelta(days=30))),
        ("P2W", Duration(0, timedelta(weeks=2))),
        ("P1Y6M", Duration(18, timedelta())),
        ("PT36H", Duration(0, timedelta(hours=36))),
        ("P1DT2H3M4S", Duration(0, timedelta(days=1, hours=2, minutes=3, seconds=4))),
        ("P0D", Duration(0, timedelta())),
    ],
)
def test_a_duration_is_read(text: str, duration: Duration) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "P1", "P1DT", "-P1D", "P-1D", "1D", "P1W1D", "P1.5D", "P1H", "PT1D", "P٣D", "P1D\n",
     "p1d", "P9999999999D", "P999999999Y" + "9" * 10_000 + "D", "P999999999DT999999999H"],
)  # fmt: skip
def test_anything_else_is_no_duration(text: str) -> None:
    assert parse_duration(text) is None


def test_months_keep_to_the_calendar() -> None:
    assert advance(datetime(2021, 1, 31, 9, tzinfo=UTC), Duration(1, timedelta())) == datetime(
        2021, 2, 28, 9, tzinfo=UTC
    )
    assert advance(datetime(2021, 12, 31, tzinfo=UTC), Duration(2, timedelta(days=1))) == datetime(
        2022, 3, 1, tzinfo=UTC
    )


def test_the_year_9999_can_be_reached() -> None:
    last = datetime(9999, 12, 31, 9, tzinfo=UTC)
    assert advance(datetime(9998, 12, 31, 9, tzinfo=UTC), Duration(12, timedelta())) == last


@pytest.mark.parametrize("text", ["P8000Y", "P999999999Y", "P4000000D"])
def test_the_clock_ends_with_the_year_9999(text: str) -> None:
    duration = parse_duration(text)
    assert duration is not None
    with pytest.raises(OverflowError):
        advance(NINE, duration)


def test_the_clock_ends_at_the_end_of_the_year_9999_and_says_so() -> None:
    with pytest.raises(OverflowError, match="the clock ends with the year 9999"):
        advance(datetime(9999, 12, 1, tzinfo=UTC), Duration(1, timedelta()))


def test_a_moment_without_a_zone_is_in_utc_wherever_the_machine_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as here:
        here.setenv("TZ", "Pacific/Auckland")
        tzset()
        moment = parse_rfc3339("2021-11-20T09:00:00")
    tzset()
    assert moment == NINE
