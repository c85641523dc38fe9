"""The published dates, as they were published: what the code's own tables are held against."""

import re
from datetime import date
from typing import Final, NamedTuple

TYPES: Final = ("started", "retained-1", "retained-2", "retained-3", "retained-4", "completed")
TERMS: Final = ("september", "january", "april")
FAMILIES: Final = ("standard", "extended", "reduced", "replacement")
IDENTIFIERS: Final = tuple(f"ecf-{family}-{term}" for family in FAMILIES for term in TERMS)
# The schedules that any course may have; the replacement ones are for mentors.
FOR_BOTH_COURSES: Final = tuple(name for name in IDENTIFIERS if "replacement" not in name)


class Window(NamedTuple):
    """One row of the published table: days included at both ends."""

    cohort: int
    schedule: str
    declaration_type: str
    start: date
    milestone_date: date
    payment: date


# cohort | schedule | type | start | date | paid
_STANDARD = """
| 2021 | ecf-standard-september | started | 2021-09-01 | 2021-11-30 | 2021-11-30 |
| 2021 | ecf-standard-september | retained-1 | 2021-09-01 | 2022-01-31 | 2022-02-28 |
| 2021 | ecf-standard-september | retained-2 | 2022-02-01 | 2022-04-30 | 2022-05-31 |
| 2021 | ecf-standard-september | retained-3 | 2022-05-01 | 2022-09-30 | 2022-10-31 |
| 2021 | ecf-standard-september | retained-4 | 2022-10-01 | 2023-01-31 | 2023-02-28 |
| 2021 | ecf-standard-september | completed | 2023-02-01 | 2023-04-30 | 2023-05-31 |
| 2021 | ecf-standard-january | started | 2021-12-01 | 2022-01-31 | 2022-02-28 |
| 2021 | ecf-standard-january | retained-1 | 2022-02-01 | 2022-04-30 | 2022-05-31 |
| 2021 | ecf-standard-january | retained-2 | 2022-05-01 | 2022-09-30 | 2022-10-31 |
| 2021 | ecf-standard-january | retained-3 | 2022-10-01 | 2023-01-31 | 2023-02-28 |
| 2021 | ecf-standard-january | retained-4 | 2023-02-01 | 2023-04-30 | 2023-05-31 |
| 2021 | ecf-standard-january | completed | 2023-02-01 | 2023-10-31 | 2023-11-30 |
| 2021 | ecf-standard-april | started | 2022-03-01 | 2022-04-30 | 2022-05-31 |
| 2021 | ecf-standard-april | retained-1 | 2022-06-01 | 2022-09-30 | 2022-10-31 |
| 2021 | ecf-standard-april | retained-2 | 2022-11-01 | 2023-01-31 | 2023-02-28 |
| 2021 | ecf-standard-april | retained-3 | 2023-03-01 | 2023-04-30 | 2023-05-31 |
| 2021 | ecf-standard-april | retained-4 | 2023-06-01 | 2023-10-31 | 2023-11-30 |
| 2021 | ecf-standard-april | completed | 2023-12-01 | 2024-01-31 | 2024-02-28 |
| 2022 | ecf-standard-september | started | 2022-06-01 | 2022-12-31 | 2022-11-30 |
| 2022 | ecf-standard-september | retained-1 | 2023-01-01 | 2023-03-31 | 2023-04-30 |
| 2022 | ecf-standard-september | retained-2 | 2023-04-01 | 2023-07-31 | 2023-08-31 |
| 2022 | ecf-standard-september | retained-3 | 2023-08-01 | 2023-12-31 | 2024-01-31 |
| 2022 | ecf-standard-september | retained-4 | 2024-01-01 | 2024-03-31 | 2024-04-30 |
| 2022 | ecf-standard-september | completed | 2024-04-01 | 2024-07-31 | 2024-08-31 |
| 2022 | ecf-standard-january | started | 2023-01-01 | 2023-03-31 | 2023-04-30 |
| 2022 | ecf-standard-january | retained-1 | 2023-04-01 | 2023-07-31 | 2023-08-31 |
| 2022 | ecf-standard-january | retained-2 | 2023-08-01 | 2023-12-31 | 2024-01-31 |
| 2022 | ecf-standard-january | retained-3 | 2024-01-01 | 2024-03-31 | 2024-04-30 |
| 2022 | ecf-standard-january | retained-4 | 2024-04-01 | 2024-07-31 | 2024-08-31 |
| 2022 | ecf-standard-january | completed | 2024-08-01 | 2024-12-31 | 2025-01-31 |
| 2022 | ecf-standard-april | started | 2023-04-01 | 2023-07-31 | 2023-08-31 |
| 2022 | ecf-standard-april | retained-1 | 2023-08-01 | 2023-12-31 | 2024-01-31 |
| 2022 | ecf-standard-april | retained-2 | 2024-01-01 | 2024-03-31 | 2024-04-30 |
| 2022 | ecf-standard-april | retained-3 | 2024-04-01 | 2024-07-31 | 2024-08-31 |
| 2022 | ecf-standard-april | retained-4 | 2024-08-01 | 2024-12-31 | 2025-01-31 |
| 2022 | ecf-standard-april | completed | 2025-01-01 | 2025-03-31 | 2025-04-30 |
"""

# deadline → payment
_STATEMENTS = {
    2021: """2021-11-30 → 2021-11-30; 2022-01-31 → 2022-02-25; 2022-04-30 → 2022-05-25; 2022-05-31 → 2022-06-25;
        2022-09-30 → 2022-10-25; 2023-01-31 → 2023-02-25; 2023-04-30 → 2023-05-25; 2023-09-30 → 2023-10-25;
        2024-01-31 → 2024-02-25; 2024-04-30 → 2024-05-25; 2024-07-31 → 2024-08-25""",
    2022: """2022-11-30 → 2022-11-30; 2023-01-31 → 2023-02-25; 2023-04-30 → 2023-05-25; 2023-05-31 → 2023-06-25;
        2023-09-30 → 2023-10-25; 2024-01-31 → 2024-02-25; 2024-04-30 → 2024-05-25; 2024-09-30 → 2024-10-25;
        2025-01-31 → 2025-02-25; 2025-04-30 → 2025-05-25; 2025-07-31 → 2025-08-25""",
    2023: """2023-12-31 → 2024-01-25; 2024-03-31 → 2024-04-25; 2024-07-31 → 2024-08-25; 2024-09-30 → 2024-10-25;
        2024-12-31 → 2025-01-25; 2025-03-31 → 2025-04-25; 2025-07-31 → 2025-08-25; 2025-09-30 → 2025-10-25;
        2025-12-31 → 2026-01-25; 2026-03-31 → 2026-04-25; 2026-07-31 → 2026-08-25""",
    2024: """2024-12-31 → 2025-01-25; 2025-03-31 → 2025-04-25; 2025-07-31 → 2025-08-25; 2025-09-30 → 2025-10-25;
        2025-12-31 → 2026-01-25; 2026-03-31 → 2026-04-25; 2026-07-31 → 2026-08-25; 2026-09-30 → 2026-10-25;
        2026-12-31 → 2027-01-25; 2027-03-31 → 2027-04-25""",
}


def _years_later(text: str, years: int) -> str:
    """Every year of the text moved; no date of the 2022 tables is the last of a February."""
    return re.sub(r"20\d\d", lambda year: str(int(year[0]) + years), text)


def _windows(text: str) -> list[Window]:
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in text.strip().splitlines()]
    return [Window(int(cohort), name, kind, *map(date.fromisoformat, dates)) for cohort, name, kind, *dates in rows]


def _deadlines(text: str) -> list[tuple[date, date]]:
    pairs = re.findall(r"(\S+) → ([0-9-]+)", text)
    return [(date.fromisoformat(deadline), date.fromisoformat(payment)) for deadline, payment in pairs]


_OF_2022: Final = "\n".join(line for line in _STANDARD.splitlines() if line.startswith("| 2022"))

# Cohorts 2023 and 2024 follow 2022's pattern, one and two years later.
WINDOWS: Final = [
    *_windows(_STANDARD),
    *_windows(_years_later(_OF_2022, 1)),
    *_windows(_years_later(_OF_2022, 2)),
]
STATEMENTS: Final = {cohort: _deadlines(listed) for cohort, listed in _STATEMENTS.items()}
# After a cohort's last one: (month, day) of the deadlines of every year; each is paid on the 25th of the next month.
FURTHER_DEADLINES: Final = ((3, 31), (7, 31), (9, 30), (12, 31))
# Extended, reduced and replacement schedules, as (month, day, years after the cohort's).
OPEN_STARTS: Final = {"september": (9, 1, 0), "january": (1, 1, 1), "april": (4, 1, 1)}
