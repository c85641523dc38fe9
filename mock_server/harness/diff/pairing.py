"""Says which path and operation of the new contract an old one became.

A path may keep its place, or move below another version: `/v8/things` becomes `/v9/things`. An operation may
also go to another path. Its id tells, or else the path that differs least.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from mock_server.harness.diff.versions import Node
from mock_server.http.contract import METHODS, resolve

# The beginning of a path up to its version, such as `/api/v9`.
_VERSION: Final = re.compile(r"(/[^{}]*?)?/v[0-9]+(?=/|$)")


@dataclass(frozen=True, slots=True)
class Route:
    """Where an operation stands in its document."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


class Pairing:
    """The paths and operations of two documents.

    `prefixes` are the beginnings of all old and all new paths if they differ in their version; else None.
    """

    def __init__(self, old: Node, new: Node) -> None:
        self._old, self._new = _operations(old), _operations(new)
        self.prefixes = _prefixes(list(old["paths"]), list(new["paths"]))

    def path(self, old_path: str) -> str:
        """The new path of the old one, if it changed only in its version. There may be no such path."""
        if self.prefixes is None:
            return old_path
        before, after = self.prefixes
        return after + old_path.removeprefix(before)

    def same_place(self, old: Route) -> Route | None:
        """The operation with the same method and path, apart from the version."""
        place = Route(old.method, self.path(old.path))
        return place if place in self._new else None

    def moved(self, old: Route) -> Route | None:
        """The operation with the same id on another place, if no other operation was on that place before."""
        return self._moved.get(old)

    def nearest(self, old: Route) -> Route | None:
        """Between two versions: the operation on the path that has the fewest segments more or less.

        Only fixed segments may be more or less. None for an operation that kept its place or moved, and if several
        are equally near.
        """
        if self.prefixes is None or self.same_place(old) or self.moved(old):
            return None
        distances = {
            place: distance
            for place in self._new
            if place.method == old.method and (distance := _distance(self.path(old.path), place.path)) is not None
        }
        found = [place for place, distance in distances.items() if distance == min(distances.values())]
        return found[0] if len(found) == 1 else None

    @cached_property
    def _moved(self) -> Mapping[Route, Route]:
        kept = {self.same_place(each) for each in self._old}
        by_id = {each["operationId"]: place for place, each in self._new.items() if "operationId" in each}
        return {
            old: place
            for old, each in self._old.items()
            if not self.same_place(old)
            and (place := by_id.get(each.get("operationId"))) is not None
            and place not in kept
        }

    @cached_property
    def added(self) -> list[Route]:
        """The new operations that no old one became, in the order of the new document."""
        known = {self.same_place(old) or self.moved(old) or self.nearest(old) for old in self._old}
        return [place for place in self._new if place not in known]


def _operations(document: Node) -> Mapping[Route, Node]:
    return {
        Route(method, path): item[method]
        for path, reference in document["paths"].items()
        for item in [resolve(document, reference)]
        for method in METHODS
        if method in item
    }


def _prefixes(old: list[str], new: list[str]) -> tuple[str, str] | None:
    before, after = _prefix(old), _prefix(new)
    return (before, after) if before and after and before != after else None


def _prefix(paths: list[str]) -> str | None:
    """The version that every path begins with."""
    found = {match.group() if (match := _VERSION.match(path)) else None for path in paths}
    return found.pop() if len(found) == 1 else None


def _distance(one: str, other: str) -> int | None:
    """How many segments only one of two paths has. None if they differ in anything but fixed segments in one of them.

    A segment with a dot, such as `things.csv`, isn't fixed: it is a form of another one.
    """
    shorter, longer = sorted((one.split("/"), other.split("/")), key=len)
    remaining, extra = list(shorter), []
    for segment in longer:
        if remaining and segment == remaining[0]:
            del remaining[0]
        else:
            extra.append(segment)
    return None if remaining or any("{" in segment or "." in segment for segment in extra) else len(extra)
