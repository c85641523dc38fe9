"""Draws states as boxes and moves as arrows, in a drawing no wider than a phone.

People choose the places of the boxes, because no layout program draws eight boxes as well. The caller chooses the boxes
and arrows. A box without a place is an error.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

# Column and row of a box.
Place = tuple[int, int]

BOX_HEIGHT: Final = 38
ROW_HEIGHT: Final = 88
MARGIN: Final = 7
# How far the detour runs beyond the last column.
LANE: Final = 16
CORNER: Final = 12
LINE_HEIGHT: Final = 14


@dataclass(frozen=True, slots=True)
class Arrow:
    """`label` may have several lines. `dashed` arrows have a dashed line."""

    source: str
    target: str
    label: str = ""
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """The place of each box. `gap` is the room between two columns, in pixels.

    `beside` is the room to the right of the last column, for a detour or for labels.
    """

    places: Mapping[str, Place]
    box_width: int
    gap: int
    beside: int = LANE

    def left(self, state: str) -> int:
        return MARGIN + self.places[state][0] * (self.box_width + self.gap)

    def right(self, state: str) -> int:
        return self.left(state) + self.box_width

    def centre(self, state: str) -> int:
        return self.left(state) + self.box_width // 2

    def top(self, state: str) -> int:
        return MARGIN + self.places[state][1] * ROW_HEIGHT

    def middle(self, state: str) -> int:
        return self.top(state) + BOX_HEIGHT // 2

    def bottom(self, state: str) -> int:
        return self.top(state) + BOX_HEIGHT

    @property
    def width(self) -> int:
        return max(self.right(state) for state in self.places) + self.beside + 2

    @property
    def height(self) -> int:
        return max(self.bottom(state) for state in self.places) + MARGIN

    def has_box(self, column: int, rows: range) -> bool:
        return any((column, row) in self.places.values() for row in rows)


def draw(
    identifier: str,
    title: str,
    description: str,
    layout: Layout,
    arrows: Sequence[Arrow],
    first: frozenset[str] = frozenset(),
) -> str:
    """The SVG element. A dot marks the states in `first`, in which something can begin.

    `identifier` must be unique on the page.
    """
    parts = [
        f'<svg class="states" viewBox="0 0 {layout.width} {layout.height}" width="{layout.width}" '
        f'height="{layout.height}" role="img" aria-labelledby="{identifier}-title {identifier}-text">',
        f'<title id="{identifier}-title">{escape(title)}</title>',
        f'<desc id="{identifier}-text">{escape(description)}</desc>',
        f'<defs><marker id="{identifier}-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto"><path class="head" d="M0 0 8 4 0 8z"/></marker></defs>',
    ]
    ways = {(arrow.source, arrow.target) for arrow in arrows}
    for arrow in arrows:
        # If two arrows join the same boxes, each keeps to its own side.
        shift = 7 if (arrow.target, arrow.source) in ways else 0
        kind = "arrow dashed" if arrow.dashed else "arrow"
        way = _way(layout, arrow.source, arrow.target, shift)
        parts.append(f'<path class="{kind}" d="{way}" marker-end="url(#{identifier}-head)"/>')
        parts.append(_label(layout, arrow, shift))
    for state in layout.places:
        x, y = layout.left(state), layout.top(state)
        parts.append(f'<rect class="state" x="{x}" y="{y}" width="{layout.box_width}" height="{BOX_HEIGHT}" rx="6"/>')
        parts.append(f'<text class="state" x="{layout.centre(state)}" y="{y + 24}">{escape(state)}</text>')
        if state in first:
            parts.append(f'<circle class="first" cx="{x}" cy="{layout.middle(state)}" r="5"/>')
    return "".join([*parts, "</svg>"])


def _way(layout: Layout, source: str, target: str, shift: int) -> str:
    """The path of an arrow: along the row, along the column, or from one column to another further down."""
    (from_column, from_row), (to_column, to_row) = layout.places[source], layout.places[target]
    if from_row == to_row:
        if from_column < to_column:
            return f"M{layout.right(source)} {layout.middle(source) - shift}H{layout.left(target)}"
        return f"M{layout.left(source)} {layout.middle(source) + shift}H{layout.right(target)}"
    if from_column == to_column:
        if from_row < to_row:
            return f"M{layout.centre(source) - shift} {layout.bottom(source)}V{layout.top(target)}"
        return f"M{layout.centre(source) + shift} {layout.top(source)}V{layout.bottom(target)}"
    if from_column > to_column:
        return _down_then_back(layout, source, target)
    if from_row > to_row:
        return _up(layout, source, target)
    if layout.has_box(to_column, range(from_row + 1, to_row)):
        return _round(layout, source, target)
    if layout.has_box(to_column, range(from_row, from_row + 1)):
        return _between(layout, source, target)
    return _across_then_down(layout, source, target)


def _down_then_back(layout: Layout, source: str, target: str) -> str:
    x, y = layout.centre(source), layout.middle(target)
    return f"M{x} {layout.bottom(source)}V{y - CORNER}Q{x} {y} {x - CORNER} {y}H{layout.right(target)}"


def _across_then_down(layout: Layout, source: str, target: str) -> str:
    x, y = layout.centre(target), layout.middle(source) + 6
    return f"M{layout.right(source)} {y}H{x - CORNER}Q{x} {y} {x} {y + CORNER}V{layout.top(target)}"


def _between(layout: Layout, source: str, target: str) -> str:
    """From side to side, because a box stands beside the source and above the target."""
    x, y, end_x, end_y = layout.right(source), layout.middle(source), layout.left(target), layout.top(target) + 10
    half = (x + end_x) // 2
    return f"M{x} {y}C{half + 8} {y} {half - 8} {end_y} {end_x} {end_y}"


def _up(layout: Layout, source: str, target: str) -> str:
    """From the top to the side of a box in a higher row, between the labels of the other arrows."""
    x, y, end_x, end_y = layout.right(source) - 4, layout.top(source), layout.left(target), layout.bottom(target) - 8
    return f"M{x} {y}C{x + 4} {y - 30} {end_x - 40} {end_y} {end_x} {end_y}"


def _round(layout: Layout, source: str, target: str) -> str:
    """Around the last column, because a box stands in the way."""
    x, y, end_y = layout.right(target) + LANE, layout.middle(source) - 8, layout.middle(target)
    return (
        f"M{layout.right(source)} {y}H{x - CORNER}Q{x} {y} {x} {y + CORNER}"
        f"V{end_y - CORNER}Q{x} {end_y} {x - CORNER} {end_y}H{layout.right(target)}"
    )


def _label(layout: Layout, arrow: Arrow, shift: int) -> str:
    """Above or below an arrow along a row, to the right of an arrow along a column.

    If two arrows join two boxes of a column, the label of the one that goes down is to its left.
    """
    if not arrow.label:
        return ""
    lines = arrow.label.split("\n")
    more = (len(lines) - 1) * LINE_HEIGHT
    x, anchor, y = _label_place(layout, arrow, shift, more)
    spans = "".join(
        f'<tspan x="{x}" y="{y + index * LINE_HEIGHT}">{escape(line)}</tspan>' for index, line in enumerate(lines)
    )
    return f'<text class="label" text-anchor="{anchor}">{spans}</text>'


def _label_place(layout: Layout, arrow: Arrow, shift: int, more: int) -> tuple[int, str, int]:
    """Where the first line begins, and the side from which it runs. `more` is the height of all further lines."""
    source, target = arrow.source, arrow.target
    (from_column, from_row), (to_column, to_row) = layout.places[source], layout.places[target]
    if from_row == to_row:
        middle = (layout.centre(source) + layout.centre(target)) // 2
        y = -shift - 6 - more if from_column < to_column else shift + 15
        return middle, "middle", layout.middle(source) + y
    between = (layout.bottom(source) + layout.top(target)) // 2 + 4 - more // 2
    if from_column < to_column and from_row > to_row:
        return (layout.right(source) + layout.left(target)) // 2 + 8, "start", between
    if from_column != to_column or not shift:
        return layout.centre(source) + 9, "start", between
    if from_row < to_row:
        return layout.centre(source) - shift - 7, "end", between
    return layout.centre(source) + shift + 9, "start", between
