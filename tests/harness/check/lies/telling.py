"""What lies are made of: where one is told, and how it changes a question or an answer."""

import asyncio
import csv
import io
import json
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

from tests.harness.check.lies.proxy import Asked, Honest, Records, Telling, Told

# The lies of one class: name, what it says in a sentence, and the telling.
Found = tuple[tuple[str, str, Telling], ...]

SINCE, COHORT, WHO = "filter[updated_since]", "filter[cohort]", "filter[participant_id]"


def is_one(asked: Asked, of: str) -> bool:
    """Whether one record of a list is read."""
    return asked.method == "GET" and asked.path.startswith(f"{of}/") and asked.path.count("/") == of.count("/") + 1


def acts(asked: Asked, *actions: str) -> bool:
    return asked.method == "PUT" and asked.path.rpartition("/")[2] in actions


def asking(where: Callable[[Asked], bool], change: Callable[[Asked], Asked]) -> Telling:
    """The server understands another question."""

    async def tell(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
        return await honest(change(asked) if where(asked) else asked)

    return tell


def answering(where: Callable[[Asked, Told], bool], change: Callable[[Asked, Told], Told]) -> Telling:
    """The server gives another answer."""

    async def tell(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
        told = await honest(asked)
        return change(asked, told) if where(asked, told) else told

    return tell


def lists(change: Callable[[Asked, Records], Records], *paths: str) -> Telling:
    """A list shows other records."""
    return answering(
        lambda asked, told: asked.method == "GET" and asked.path in paths and told.status == 200,
        lambda asked, told: told.showing(change(asked, told.data)),
    )


def every(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Asked, Records], Records]:
    """Changes the attributes of every record."""
    return lambda asked, records: [{**r, "attributes": {**r["attributes"], **change(r["attributes"])}} for r in records]


def ones(change: Callable[[dict[str, Any]], dict[str, Any]], of: str) -> Telling:
    """A single record shows other attributes."""
    return answering(
        lambda asked, told: is_one(asked, of) and told.status == 200,
        lambda asked, told: told.showing(every(change)(asked, [told.data])[0]),
    )


def rows(change: Callable[[Asked, list[list[str]]], Iterable[list[str]]], of: str) -> Telling:
    """A CSV list has other rows; the first one given is the header row."""

    def changed(asked: Asked, told: Told) -> Told:
        known = list(csv.reader(io.StringIO(told.body.decode(), newline="")))
        if not known:
            return told
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(change(asked, known))
        return replace(told, body=text.getvalue().encode())

    return answering(lambda asked, told: asked.path == f"{of}.csv" and told.status == 200, changed)


def column(name: str, change: Callable[[str], str], of: str) -> Telling:
    """A column of a CSV list has other cells."""

    def changed(asked: Asked, known: list[list[str]]) -> Iterable[list[str]]:
        place = known[0].index(name)
        return [known[0], *([*row[:place], change(row[place]), *row[place + 1 :]] for row in known[1:])]

    return rows(changed, of)


# -- what many lies share ------------------------------------------------------------------------


def refusing(where: Callable[[Asked], bool], title: str, kind: str) -> Telling:
    """Requests are refused with that title. `kind` is the content type."""

    async def tell(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
        if not where(asked):
            return await honest(asked)
        body = {"errors": [{"title": title, "detail": f"#/{title} is wrong"}]}
        return Told(422, {"content-type": kind}, json.dumps(body).encode())

    return tell


def stale(names: tuple[str, ...], on: Callable[[Asked], bool], of: str, *paths: str) -> Telling:
    """Where `on` holds, these attributes are shown as they were when a list or single record first showed them.

    `of` is the path below which the single records are, and `paths` are the lists that show them as JSON.
    """

    async def tell(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
        told = await honest(asked)
        if asked.method != "GET" or told.status != 200:
            return told
        if asked.path.endswith(".csv"):
            if not on(asked):
                return told
            return await rows(lambda a, known: stale_rows(known, kept, names), of)(asked, honest, kept)
        if asked.path not in paths and not is_one(asked, of):
            return told
        data = told.data
        for record in data if isinstance(data, list) else [data]:
            # A record of another kind may have the same id.
            if not record["attributes"].keys() >= set(names):
                continue
            first = kept.setdefault(record["id"], dict(record["attributes"]))
            if on(asked):
                record["attributes"] |= {name: first[name] for name in names}
        return told.showing(data)

    return tell


def stale_rows(known: list[list[str]], kept: dict[str, Any], names: tuple[str, ...]) -> list[list[str]]:
    for row in known[1:]:
        for name in names:
            if row[0] in kept:
                value = kept[row[0]][name]
                row[known[0].index(name)] = str(value).lower() if isinstance(value, bool) else str(value)
    return known


def forgets(*names: str, on: Callable[[Asked], bool]) -> Telling:
    return asking(on, lambda asked: asked.without(*names))


def default_size(size: int, on: Callable[[Asked], bool]) -> Telling:
    """Pages of lists where `on` holds have another size when none is asked for."""
    return asking(
        lambda asked: on(asked) and not asked.get("page[per_page]"),
        lambda asked: asked.having(page__per_page=str(size)),
    )


def moved(text: str, **by: int) -> str:
    """A moment in a query, some time later."""
    try:
        at = datetime.fromisoformat(unquote(text).replace("Z", "+00:00"))
    except ValueError:
        return text
    return f"{at + timedelta(**by):%Y-%m-%dT%H:%M:%SZ}"


def later_since(on: Callable[[Asked], bool]) -> Telling:
    return asking(
        lambda asked: bool(asked.get(SINCE)) and on(asked),
        lambda asked: asked.having(filter__updated_since=moved(asked.get(SINCE), seconds=1)),
    )


def without_offset(text: str) -> str:
    plain = unquote(text)
    for sign in ("+", "-"):
        head, found, tail = plain.rpartition(sign)
        if found and "T" in head and ":" in tail:
            return f"{head}Z"
    return text


def after(requests: int, change: Callable[[Asked, Told], Told], *paths: str) -> Telling:
    """A lie about lists that begins after so many requests."""

    async def tell(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
        kept["requests"] = kept.get("requests", 0) + 1
        told = await honest(asked)
        known = asked.method == "GET" and asked.path in paths and told.status == 200
        return change(asked, told) if kept["requests"] > requests and known else told

    return tell


async def twice(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
    """Equal requests at the same time each get a record of their own."""
    if asked.method != "POST":
        return await honest(asked)
    kept["now"] = kept.get("now", 0) + 1
    try:
        await asyncio.sleep(0.1)
        told = await honest(asked)
        if kept["now"] > 1 and told.status == 200:
            kept["made"] = kept.get("made", 0) + 1
            return told.showing({**told.data, "id": f"00000000-0000-4000-8000-{kept['made']:012}"})
        return told
    finally:
        kept["now"] -= 1


def under_load(status: int, kind: str, on: Callable[[Asked], bool] = lambda asked: True) -> Telling:
    """Five requests at once get an error, of this content type."""

    async def tell(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
        kept["now"] = kept.get("now", 0) + 1
        try:
            await asyncio.sleep(0.02)
            if kept["now"] >= 5 and on(asked):
                body = b'{"error": "Internal server error"}'
                return Told(status, {"content-type": kind}, body)
            return await honest(asked)
        finally:
            kept["now"] -= 1

    return tell


def without_accents(text: str | None) -> str | None:
    return text and unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode()


def hides(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda attributes: {name: None}


def ignores_header(on: Callable[[Asked], bool]) -> Telling:
    return asking(
        on,
        lambda asked: replace(asked, headers={k: v for k, v in asked.headers.items() if k != "x-with-server-date"}),
    )


def upper(asked: Asked) -> bool:
    return any(part != part.lower() and len(part) == 36 for part in asked.path.split("/"))
