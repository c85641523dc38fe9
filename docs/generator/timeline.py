"""Draws when providers can make each declaration: one SVG for each schedule, from the server's own milestones.

Horizontal places are percentages and vertical places are pixels. So one drawing fits a phone and a wide screen, with
letters of the same size. The site's style sheet sets the colours.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Final, Protocol

ROW_HEIGHT: Final = 46
AXIS_HEIGHT: Final = 26
BAR_HEIGHT: Final = 14
# An open-ended bar runs this far beyond the last start, to show that it continues.
OPEN_END: Final = timedelta(days=366)


class Milestone(Protocol):
    """When providers can make one type of declaration. `milestone_date` is None without a last day."""

    @property
    def declaration_type(self) -> str: ...
    @property
    def start(self) -> date: ...
    @property
    def milestone_date(self) -> date | None: ...


class Schedule(Protocol):
    """A schedule of any service. `milestones` is by declaration type."""

    @property
    def identifier(self) -> str: ...
    @property
    def cohort(self) -> int | str: ...
    @property
    def milestones(self) -> Mapping[str, Milestone]: ...


@dataclass(frozen=True, slots=True)
class Bar:
    """One row. `end` is the last day, or None without a cut-off. The row marks `payment`, if there is one."""

    name: str
    start: date
    end: date | None
    payment: date | None = None

    @property
    def span(self) -> str:
        return f"from {written(self.start)}" if self.end is None else written_span(self.start, self.end)


def written(day: date) -> str:
    """`1 Sep 2021`."""
    return f"{day.day} {day:%b %Y}"


def written_span(start: date, end: date) -> str:
    """`1 Sep – 30 Nov 2021`: it shows the year once if both days share it."""
    first = f"{start.day} {start:%b}" if start.year == end.year else written(start)
    return f"{first} – {written(end)}"


def standard_timeline(schedule: Schedule, payments: Mapping[str, date] | None = None) -> str:
    """The six windows of a schedule that has milestone dates. `payments` are its payment dates, by declaration type."""
    bars = [_bar(milestone, (payments or {}).get(name)) for name, milestone in schedule.milestones.items()]
    identifier = f"timeline-{schedule.cohort}-{schedule.identifier}"
    return draw(identifier, f"Milestones of {schedule.identifier}, cohort {schedule.cohort}", bars)


def open_timeline(cohort: int | str, schedules: Sequence[Schedule]) -> str:
    """One row for each schedule without milestone dates: from its start on, a provider can make every declaration."""
    bars = [Bar(each.identifier, next(iter(each.milestones.values())).start, None) for each in schedules]
    return draw(f"timeline-{cohort}-open", f"Schedules without milestone dates, cohort {cohort}", bars)


def _bar(milestone: Milestone, payment: date | None) -> Bar:
    return Bar(milestone.declaration_type, milestone.start, milestone.milestone_date, payment)


def draw(identifier: str, title: str, bars: Sequence[Bar]) -> str:
    """The SVG element; `identifier` must be unique on the page."""
    axis = _Axis.over(bars)
    height = AXIS_HEIGHT + ROW_HEIGHT * len(bars) + 4
    described = "; ".join(_described(bar) for bar in bars)
    parts = [
        f'<svg class="timeline" width="100%" height="{height}" role="img" '
        f'aria-labelledby="{identifier}-title {identifier}-text">',
        f'<title id="{identifier}-title">{escape(title)}</title>',
        f'<desc id="{identifier}-text">{escape(described)}.</desc>',
        *axis.ticks(height),
    ]
    for row, bar in enumerate(bars):
        parts += _row(bar, axis, AXIS_HEIGHT + row * ROW_HEIGHT)
    return "".join([*parts, "</svg>"])


def _described(bar: Bar) -> str:
    if bar.end is None:
        return f"{bar.name}: from {written(bar.start)}, without an end"
    paid = f", paid on {written(bar.payment)}" if bar.payment else ""
    return f"{bar.name}: from {written(bar.start)} to {written(bar.end)}{paid}"


@dataclass(frozen=True, slots=True)
class _Axis:
    first: date
    last: date

    @classmethod
    def over(cls, bars: Iterable[Bar]) -> "_Axis":
        bars = list(bars)
        last = max(
            max(day for day in (bar.end or bar.start + OPEN_END, bar.payment) if day is not None) for bar in bars
        )
        return cls(min(bar.start for bar in bars), last + timedelta(days=10))

    def at(self, day: date) -> float:
        """The place where the day begins, as a percentage of the width."""
        return 100 * (day - self.first).days / (self.last - self.first).days

    def ticks(self, height: int) -> Iterable[str]:
        for year in range(self.first.year, self.last.year + 1):
            for month in (1, 4, 7, 10):
                day = date(year, month, 1)
                place = self.at(day)
                if not 0 <= place < 100:
                    continue
                kind = "year" if month == 1 else "quarter"
                yield f'<line class="{kind}" x1="{place:.2f}%" x2="{place:.2f}%" y1="0" y2="{height}"/>'
                if place < 92:
                    label = str(year) if month == 1 else f"{day:%b}"
                    yield f'<text class="{kind}" x="{place:.2f}%" dx="4" y="12">{label}</text>'


def _row(bar: Bar, axis: _Axis, top: int) -> Iterable[str]:
    start = axis.at(bar.start)
    end = 100.0 if bar.end is None else axis.at(bar.end + timedelta(days=1))
    for screen, place, anchor in (("narrow", *_narrow_label(bar, start, end)), ("wide", *_wide_label(start, end))):
        yield (
            f'<text class="{screen}" x="{place:.2f}%" y="{top + 14}" text-anchor="{anchor}">'
            f'<tspan class="name">{escape(bar.name)}</tspan><tspan class="span" dx="6">{bar.span}</tspan></text>'
        )
    kind = "window open" if bar.end is None else "window"
    yield (
        f'<rect class="{kind}" x="{start:.2f}%" y="{top + 21}" width="{end - start:.2f}%" height="{BAR_HEIGHT}" '
        'rx="3"/>'
    )
    if bar.end is None:
        yield f'<text class="onward" x="100%" dx="-8" y="{top + 32}" text-anchor="end">→</text>'
    if bar.payment:
        yield f'<circle class="payment" cx="{axis.at(bar.payment):.2f}%" cy="{top + 21 + BAR_HEIGHT // 2}" r="4"/>'


# A label stands over its bar and must stay inside the picture, but only the browser knows the width. So each bar has
# two labels, and the style sheet shows the one for the screen. On a phone a label takes two thirds of the width, on
# larger screens two fifths.
def _narrow_label(bar: Bar, start: float, end: float) -> tuple[float, str]:
    middle = (start + end) / 2
    # The label of an open bar contains the schedule's whole name, and may take nearly all of the width.
    if middle < 36 or start < 3:
        return start, "start"
    if bar.end is None:
        return end, "end"
    return (end, "end") if middle > 64 else (middle, "middle")


def _wide_label(start: float, end: float) -> tuple[float, str]:
    return (start, "start") if start < 60 else (end, "end")
