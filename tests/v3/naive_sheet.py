"""The tables that the naive model reads: written from the fact sheet, for the cohorts that the properties use."""

from datetime import date
from typing import Final

TYPES: Final = "started retained-1 retained-2 retained-3 retained-4 completed extended-1 extended-2 extended-3".split()
FAMILIES: Final = ("standard", "extended", "reduced", "replacement")
TERMS: Final = ("september", "january", "april")

# Flags of the cohorts.
UPLIFTED: Final = ("2021", "2022", "2023", "2024")
DETAILED: Final = ("2025", "2026")
FUNDED_MENTORS: Final = ("2025", "2026")
ORDERED: Final = ("2025", "2026")

# Schedules 2, of 2024; first and last day of each type.
_STANDARD_2024: Final = {
    "september": """2024-06-01 2024-12-31  2025-01-01 2025-03-31  2025-04-01 2025-07-31
                    2025-08-01 2025-12-31  2026-01-01 2026-03-31  2026-04-01 2026-07-31""",
    "january": """2025-01-01 2025-03-31  2025-04-01 2025-07-31  2025-08-01 2025-12-31
                  2026-01-01 2026-03-31  2026-04-01 2026-07-31  2026-08-01 2026-12-31""",
    "april": """2025-04-01 2025-07-31  2025-08-01 2025-12-31  2026-01-01 2026-03-31
                2026-04-01 2026-07-31  2026-08-01 2026-12-31  2027-01-01 2027-03-31""",
}
# Schedules 3: the first day of each term, in the year of the cohort or the next.
_STARTS: Final = {"september": (0, 9, 1), "january": (1, 1, 1), "april": (1, 4, 1)}


def schedule_exists(identifier: str) -> bool:
    return identifier in [f"ecf-{family}-{term}" for family in FAMILIES for term in TERMS]


def milestone(cohort: str | None, schedule: str | None, type: str | None) -> tuple[date, date | None] | None:
    """First and last day, or None: no such milestone."""
    if type not in TYPES or schedule is None:
        return None
    _, family, term = schedule.split("-")
    place = TYPES.index(type)
    if place > 5 and family != "extended":
        return None
    year = int(cohort or 0)
    if family == "standard" and year <= 2024:
        # 2022's and 2023's days are the same, one and two years earlier.
        days = [date.fromisoformat(day) for day in _STANDARD_2024[term].split()]
        first, last = days[2 * place], days[2 * place + 1]
        return first.replace(year=first.year + year - 2024), last.replace(year=last.year + year - 2024)
    if (family, term) == ("standard", "september"):
        return date(year, 6, 1), None
    years, month, day = _STARTS[term]
    return date(year + years, month, day), None


_THREE: Final = ["training-event-attended", "self-study-material-completed", "other"]
_FOUR: Final = [*_THREE, "materials-engaged-with-offline"]
_TWO: Final = ["75-percent-engagement-met", "75-percent-engagement-met-reduced-induction"]

# By detailed evidence, role and type; empty where whatever is sent is dropped.
EVIDENCE: Final[dict[tuple[bool, str, str], list[str]]] = {
    **{(False, role, type): _THREE if type != "started" else [] for role in ("ect", "mentor") for type in TYPES},
    **{(True, "ect", type): _FOUR for type in TYPES},
    (True, "ect", "retained-2"): _TWO,
    (True, "ect", "completed"): [*_TWO, "one-term-induction"],
    (True, "mentor", "started"): _FOUR,
    (True, "mentor", "completed"): _TWO,
}
