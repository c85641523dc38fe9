"""Rules 5.8, row 11: the form of `declaration_date`."""

from datetime import UTC, datetime

import pytest

from mock_server.v3.domain.declaration_dates import parse_declaration_date


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-11-20T09:00:00Z", datetime(2025, 11, 20, 9, tzinfo=UTC)),
        ("2025-11-20T09:00:00+00", datetime(2025, 11, 20, 9, tzinfo=UTC)),
        ("2025-11-20T09:00:00-05", datetime(2025, 11, 20, 14, tzinfo=UTC)),
        ("2025-11-20T09:00:00+0130", datetime(2025, 11, 20, 7, 30, tzinfo=UTC)),
        ("2025-11-20T09:00:00+01:30", datetime(2025, 11, 20, 7, 30, tzinfo=UTC)),
        ("2025-11-20T23:59:59.999Z", datetime(2025, 11, 20, 23, 59, 59, 999000, tzinfo=UTC)),
        ("2025-11-20T09:00:00,5Z", datetime(2025, 11, 20, 9, 0, 0, 500000, tzinfo=UTC)),
        ("2025-11-20T09:00:00.123456789Z", datetime(2025, 11, 20, 9, 0, 0, 123456, tzinfo=UTC)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_a_date_in_the_right_form_is_read(text: str, moment: datetime) -> None:
    assert parse_declaration_date(text) == moment


def test_a_date_without_a_zone_is_utc_in_summer_too() -> None:
    assert parse_declaration_date("2025-07-20T09:00:00") == datetime(2025, 7, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "2025-11-20",
        "2025-11-20T09:00Z",
        "2025-11-20T09:00:00z",
        "2025-11-20t09:00:00Z",
        "2025-11-20 09:00:00Z",
        "2025-11-20T09:00:00.Z",
        "2025-11-20T09:00:00Z ",
        "2025-11-20T09:00:00Z\n",
        "2025-11-20T09:00:00+1:30",
        "2025-11-20T09:00:00+24:00",
        "2025-11-20T09:00:00 01:00",
        "2025-11-20T24:00:00Z",
        "2025-11-20T09:60:00Z",
        "2025-11-20T09:00:60Z",
        "2026-02-30T10:00:00Z",
        "2025-02-29T10:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "٢٠٢٥-11-20T09:00:00Z",
    ],
)
def test_other_forms_and_impossible_dates_are_not_read(text: str) -> None:
    assert parse_declaration_date(text) is None
