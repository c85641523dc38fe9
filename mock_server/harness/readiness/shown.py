"""What a client asked a list for, and what an answer let it read."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import orjson

from mock_server.rules.moments import parse_rfc3339

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request for a list asked for.

    `list` names the list. `narrowed` are the cohorts, None for all of them. `whole` says that the answer has every
    page. `by_change` says that the list is in order of change. `lookup` says that the request asked for a few records,
    so that it is no reading of the list.
    """

    list: str
    since: datetime | None = None
    narrowed: frozenset[str] | None = None
    page: int = 1
    per_page: int = 100
    whole: bool = False
    by_change: bool = False
    lookup: bool = False


# The name of an attribute, or that of a list of objects together with the names of their members. `a.b` is the member
# `b` of the member `a`.
Name = str | tuple[str, tuple[str, ...]]


class ShownRecord(NamedTuple):
    """One record that an answer showed. `facts` are those of its attributes that requirements look at.

    Of a list of objects there is a tuple with the values of the members, in the order of their names.
    """

    id: str
    updated_at: datetime | None
    facts: Mapping[str, Any]


# Clients that poll get the same answers again and again.
@lru_cache(maxsize=512)
def shown_in(body: bytes, names: tuple[Name, ...], is_csv: bool = False) -> tuple[ShownRecord, ...]:
    """The records in the body of an answer, with these attributes.

    The journal keeps only the beginning of a long body. Then these are the records in that beginning.
    """
    records = _csv_records(body) if is_csv else _json_records(body)
    return tuple(_shown(id, attributes, names) for id, attributes in records)


def _shown(id: str, attributes: Mapping[str, Any], names: tuple[Name, ...]) -> ShownRecord:
    updated_at = attributes.get("updated_at")
    values = tuple(_value(attributes, name) for name in names)
    return ShownRecord(id, parse_rfc3339(updated_at) if isinstance(updated_at, str) else None, _facts(names, values))


def _value(attributes: Mapping[str, Any], name: Name) -> Any:
    """A value that two records with the same facts can share."""
    if isinstance(name, str):
        first, _, rest = name.partition(".")
        value = attributes.get(first)
        if rest:
            return _value(value, rest) if isinstance(value, dict) else None
        if isinstance(value, list):
            return tuple(each for each in value if isinstance(each, str))
        return value if isinstance(value, str | bool) else None
    of, members = name
    items = attributes.get(of)
    objects = [each for each in items if isinstance(each, dict)] if isinstance(items, list) else []
    return tuple(tuple(_value(each, member) for member in members) for each in objects)


# Most records have the same facts as many others, so that they share them.
@lru_cache(maxsize=4096)
def _facts(names: tuple[Name, ...], values: tuple[Any, ...]) -> Mapping[str, Any]:
    keys = (name if isinstance(name, str) else name[0] for name in names)
    return MappingProxyType(dict(zip(keys, values, strict=True)))


def _json_records(body: bytes) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        yield from _first_records(body.decode("utf-8", "ignore"))
        return
    data = document.get("data") if isinstance(document, dict) else None
    for record in data if isinstance(data, list) else [data]:
        if isinstance(record, dict) and isinstance(record.get("attributes"), dict):
            yield str(record.get("id")), record["attributes"]


def _first_records(text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The whole records of a list that is cut off somewhere."""
    decoder, place = json.JSONDecoder(), text.find("[") + 1
    while place:
        try:
            record, place = decoder.raw_decode(text, place)
        except ValueError:
            return
        yield str(record.get("id")), record.get("attributes", {})
        place = text.find("{", place)
        if place < 0:
            return


def _csv_records(body: bytes) -> Iterator[tuple[str, Mapping[str, Any]]]:
    # The last line may be cut off.
    text = body.decode("utf-8", "ignore").rpartition("\n")[0]
    for row in csv.DictReader(io.StringIO(text)):
        yield str(row.get("id")), row
