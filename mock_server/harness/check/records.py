"""What a service says of its lists, so that the check can hold one answer against another.

A token alone shows whether list, pages, CSV and the single record agree, and whether a change shows in all of them. A
service's kit fills in the tables; `consistency` does the comparing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# A record as a list shows it: `id` and `attributes`.
Record = Mapping[str, Any]
# All records of each list, by the list's name.
Lists = Mapping[str, Sequence[Record]]


@dataclass(frozen=True, slots=True)
class ListFilter:
    """A filter that keeps the records with one value. `values` gives what of a record it is compared with.

    With `several` it takes values separated by commas. `unknown` is a value that no record has.
    """

    name: str
    values: Callable[[Record], Sequence[str]]
    unknown: str
    several: bool = False


@dataclass(frozen=True, slots=True)
class Since:
    """A filter that keeps the records changed since a moment. `moment` gives a record's moment, in RFC 3339.

    It keeps those at or after it when `inclusive`, else those after it. In the second case a record of the same second
    may be there or not: the answer hides fractions of a second. With `sorts` the list is sorted by the moment.
    With `decoded_twice` a plus sign that is encoded once arrives as a space, so nobody can send it.
    """

    name: str
    moment: Callable[[Record], str]
    inclusive: bool
    sorts: bool
    decoded_twice: bool = False


@dataclass(frozen=True, slots=True)
class CheckedList:
    """One list, and everything else that shows its records. Operations are named by their ids."""

    name: str
    operation: str
    # Other operations that give the same list, and those that give it as CSV, with a record's row there.
    same: tuple[str, ...]
    csv: tuple[str, ...]
    row: Callable[[Record], Sequence[str]]
    # The operation that gives one record. It may know fewer records than the list, and take the filters.
    one: str
    one_knows_all: bool
    one_is_filtered: bool
    filters: tuple[ListFilter, ...]
    since: Since
    page_size: int = 100
    most: int = 3000


@dataclass(frozen=True, slots=True)
class RecordRequest:
    """A request about a record. `operations` are the paths that do the same, the newest first."""

    operations: tuple[str, ...]
    body: Callable[[Record], Any]
    # What the record's attributes become. Every other attribute but the moment stays.
    becomes: Callable[[Record], Mapping[str, Any]]
    # The rules that refuse it when it is sent again, by their ids.
    again: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """A change of a record of `listing`, and the change that undoes it. `fits` picks the records to try."""

    says: str
    listing: str
    fits: Callable[[Record, Lists], bool]
    do: RecordRequest
    undo: RecordRequest


@dataclass(frozen=True, slots=True)
class Creation:
    """A record that the check adds to `listing` about a record of `about`, and the call that ends it.

    `bodies` gives request bodies that the server should accept, the likeliest first. `other` makes a body of one, which
    `rules` refuse while the record lives. `shows` gives attributes of the record that a body makes.
    """

    says: str
    listing: str
    about: str
    operation: str
    fits: Callable[[Record, Lists], bool]
    bodies: Callable[[Record, Lists], Sequence[Any]]
    shows: Callable[[Any], Mapping[str, Any]]
    other: Callable[[Any], Any]
    rules: tuple[str, ...]
    undo: RecordRequest


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request about a record of `listing` that these rules refuse, and no others.

    `operations` with an id in their path get the record's id. `body` is None when the record isn't good for it.
    """

    says: str
    listing: str
    operations: tuple[str, ...]
    fits: Callable[[Record, Lists], bool]
    body: Callable[[Record, Lists], Any]
    rules: tuple[str, ...]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Records:
    """The tables of one service."""

    listings: tuple[CheckedList, ...]
    acts: tuple[Act, ...] = ()
    creations: tuple[Creation, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    # The header that dates one request.
    dated_by: str | None = None
    # The titles of refusals for reasons that no list shows. The check tries another record then.
    not_this_one: tuple[tuple[str, ...], ...] = ()
