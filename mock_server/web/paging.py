"""Splits a list of records into pages."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Record = TypeVar("Record")

PAGE: Final = 50
# How many records we look at before other tasks get a turn.
_SLICE: Final = 500


@dataclass(frozen=True, slots=True)
class Page(Generic[Record]):
    """`found` counts the records on all `pages`; `number` is the number of this page, from 1."""

    rows: list[Record]
    found: int
    number: int
    pages: int


async def page_of(
    records: Iterable[Record], query: Mapping[str, str], fits: Callable[[Record], bool] | None = None
) -> Page[Record]:
    """The page of fitting records that the query asks for; the first page if the query's `page` is unreadable."""
    # A copy, because the world changes while other tasks get their turn.
    found = list(records)
    if fits is not None:
        every, found = found, []
        for start in range(0, len(every), _SLICE):
            found += filter(fits, every[start : start + _SLICE])
            await asyncio.sleep(0)
    asked = query.get("page", "")
    number = max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    rows = found[(number - 1) * PAGE : number * PAGE]
    return Page(rows, len(found), number, max(1, -(-len(found) // PAGE)))
