"""The lies, by class, as a provider may meet them in a sandbox that looks right."""

import asyncio
import gzip
import json
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

from tests.harness.check.lies.proxy import (
    COHORT,
    DECLARATIONS,
    JSON_LISTS,
    OLDER,
    PARTICIPANTS,
    SINCE,
    WHO,
    Asked,
    Honest,
    Lie,
    Telling,
    Told,
    acts,
    answering,
    asking,
    column,
    every,
    is_one,
    lists,
    ones,
    rows,
)

Found = tuple[tuple[str, str, Telling], ...]


def _forgets(*names: str, on: Callable[[Asked], bool]) -> Telling:
    return asking(on, lambda asked: asked.without(*names))


def _has(*names: str, paths: tuple[str, ...] = JSON_LISTS) -> Callable[[Asked], bool]:
    return lambda asked: asked.path in paths and all(asked.get(name) for name in names)


def _later_page(asked: Asked) -> bool:
    return asked.path in JSON_LISTS and asked.page > 1


def _default_size(size: int, on: Callable[[Asked], bool]) -> Telling:
    return asking(
        lambda asked: asked.path in JSON_LISTS and not asked.get("page[per_page]") and on(asked),
        lambda asked: asked.having(page__per_page=str(size)),
    )


def _moved(text: str, **by: int) -> str:
    """A moment in a query, some time later."""
    try:
        at = datetime.fromisoformat(unquote(text).replace("Z", "+00:00"))
    except ValueError:
        return text
    return f"{at + timedelta(**by):%Y-%m-%dT%H:%M:%SZ}"


def _later_since(on: Callable[[Asked], bool]) -> Telling:
    return asking(
        lambda asked: bool(asked.get(SINCE)) and on(asked),
        lambda asked: asked.having(filter__updated_since=_moved(asked.get(SINCE), seconds=1)),
    )


def _without_offset(text: str) -> str:
    plain = unquote(text)
    for sign in ("+", "-"):
        head, found, tail = plain.rpartition(sign)
        if found and "T" in head and ":" in tail:
            return f"{head}Z"
    return text


COMBINATIONS: Found = (
    ("cohort-first-page", "filter[cohort] counts on the first page only.", _forgets(COHORT, on=_later_page)),
    ("since-first-page", "filter[updated_since] counts on the first page only.", _forgets(SINCE, on=_later_page)),
    ("who-first-page", "filter[participant_id] counts on the first page only.", _forgets(WHO, on=_later_page)),
    (
        "order-later-pages",
        "With filter[updated_since] the order of later pages is another.",
        lists(lambda a, r: r[::-1] if a.get(SINCE) and a.page > 1 else r, PARTICIPANTS),
    ),
    (
        "order-every-page",
        "With filter[updated_since] two records change places.",
        lists(lambda a, r: [*r[1::-1], *r[2:]] if a.get(SINCE) else r, PARTICIPANTS),
    ),
    ("both-since", "With both filters filter[updated_since] is ignored.", _forgets(SINCE, on=_has(SINCE, COHORT))),
    ("both-cohort", "With both filters filter[cohort] is ignored.", _forgets(COHORT, on=_has(SINCE, COHORT))),
    ("both-who", "With both filters filter[participant_id] is ignored.", _forgets(WHO, on=_has(SINCE, WHO))),
    ("both-who-since", "With a participant's filter the moment is ignored.", _forgets(SINCE, on=_has(SINCE, WHO))),
    ("default-99", "A page has 99 records.", _default_size(99, lambda asked: True)),
    ("default-filtered", "A page has 25 records with a filter.", _default_size(25, lambda a: bool(a.get(COHORT)))),
    ("default-since", "A page has 25 records since a moment.", _default_size(25, lambda a: bool(a.get(SINCE)))),
    ("default-older", "The older list has pages of 50.", _default_size(50, lambda a: a.path == OLDER)),
    ("csv-cohort", "The CSV list ignores filter[cohort].", _forgets(COHORT, on=_has(paths=(f"{PARTICIPANTS}.csv",)))),
    ("csv-since", "The CSV list ignores the moment.", _forgets(SINCE, on=_has(paths=(f"{PARTICIPANTS}.csv",)))),
    ("csv-both", "CSV ignores the moment beside a cohort.", _forgets(SINCE, on=_has(COHORT, paths=(f"{OLDER}.csv",)))),
    ("csv-who", "The CSV list ignores the participant.", _forgets(WHO, on=_has(paths=(f"{DECLARATIONS}.csv",)))),
    (
        "csv-who-since",
        "The CSV list ignores the moment beside a participant.",
        _forgets(SINCE, on=_has(WHO, paths=(f"{DECLARATIONS}.csv",))),
    ),
    (
        "csv-bound",
        "The CSV list leaves out the moment itself.",
        _later_since(lambda a: a.path == f"{PARTICIPANTS}.csv"),
    ),
    ("older-bound", "The older list leaves out the moment itself.", _later_since(lambda a: a.path == OLDER)),
    (
        "bound-with-cohort",
        "With a cohort the moment itself is left out.",
        _later_since(lambda a: a.path == PARTICIPANTS and bool(a.get(COHORT))),
    ),
    ("older-cohort", "The older list ignores filter[cohort].", _forgets(COHORT, on=_has(COHORT, paths=(OLDER,)))),
    ("older-since", "The older list ignores the moment.", _forgets(SINCE, on=_has(SINCE, paths=(OLDER,)))),
    (
        "first-cohort",
        "Of several cohorts the first one counts.",
        asking(
            lambda asked: "," in asked.get(COHORT),
            lambda asked: asked.having(filter__cohort=asked.get(COHORT).split(",")[0]),
        ),
    ),
    ("unknown-cohort", "A cohort that nobody has gives all.", _forgets(COHORT, on=lambda a: a.get(COHORT) == "1999")),
    ("one-cohort", "A single record ignores the cohort.", _forgets(COHORT, on=lambda a: is_one(a, PARTICIPANTS))),
    ("one-since", "A single record ignores the moment.", _forgets(SINCE, on=lambda a: is_one(a, PARTICIPANTS))),
    (
        "too-large",
        "A page size above 3000 counts as 100.",
        asking(
            lambda asked: asked.size > 3000,
            lambda asked: asked.having(page__per_page="100"),
        ),
    ),
    (
        "last-page",
        "The last record of a filtered list is missing on a short page.",
        lists(lambda a, r: r[:-1] if a.get(COHORT) and a.page > 1 and len(r) > 1 else r, PARTICIPANTS),
    ),
)

_STALE = "stale"


def _stale(names: tuple[str, ...], on: Callable[[Asked], bool], of: str = PARTICIPANTS) -> Telling:
    """These attributes are shown as they were when a record was first seen in the list."""

    async def tell(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
        told = await honest(asked)
        if asked.method != "GET" or told.status != 200:
            return told
        if asked.path.endswith(".csv"):
            if not on(asked):
                return told
            return await rows(lambda a, known: _stale_rows(known, kept, names), of)(asked, honest, kept)
        if asked.path not in JSON_LISTS and not is_one(asked, of):
            return told
        data = told.data
        for record in data if isinstance(data, list) else [data]:
            first = kept.setdefault(record["id"], dict(record["attributes"]))
            if on(asked):
                record["attributes"] |= {name: first[name] for name in names}
        return told.showing(data)

    return tell


def _stale_rows(known: list[list[str]], kept: dict[str, Any], names: tuple[str, ...]) -> list[list[str]]:
    for row in known[1:]:
        for name in names:
            if row[0] in kept:
                value = kept[row[0]][name]
                row[known[0].index(name)] = str(value).lower() if isinstance(value, bool) else str(value)
    return known


def _after(requests: int, change: Callable[[Asked, Told], Told]) -> Telling:
    """A lie that begins after so many requests."""

    async def tell(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
        kept["requests"] = kept.get("requests", 0) + 1
        told = await honest(asked)
        known = asked.method == "GET" and asked.path in JSON_LISTS and told.status == 200
        return change(asked, told) if kept["requests"] > requests and known else told

    return tell


VOLUME: Found = (
    (
        "pages-cut",
        "A page has 60 records at most.",
        asking(
            lambda a: (
                a.path in JSON_LISTS and a.get("page[per_page]").isdecimal() and int(a.get("page[per_page]")) > 60
            ),
            lambda a: a.having(page__per_page="60"),
        ),
    ),
    ("csv-cut", "The CSV list has the first 40 rows.", rows(lambda a, known: known[:41], PARTICIPANTS)),
    ("csv-cut-older", "The older CSV list has the first 40 rows.", rows(lambda a, known: known[:41], OLDER)),
    ("csv-cut-declarations", "The declarations' CSV ends early.", rows(lambda a, known: known[:31], DECLARATIONS)),
    ("older-cut", "The older list lacks the newest record.", lists(lambda a, r: r[:-1] if len(r) > 50 else r, OLDER)),
    (
        "lost-later",
        "After 1500 requests the list lacks its first record.",
        _after(1500, lambda a, t: t.showing(t.data[1:])),
    ),
    ("oldest-lost", "Records beyond the 80th are lost.", lists(lambda a, r: r[:80], PARTICIPANTS)),
)


async def _twice(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
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


def _under_load(status: int, on: Callable[[Asked], bool] = lambda asked: True) -> Telling:
    async def tell(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
        kept["now"] = kept.get("now", 0) + 1
        try:
            await asyncio.sleep(0.02)
            if kept["now"] >= 5 and on(asked):
                body = b'{"error": "Internal server error"}'
                return Told(status, {"content-type": "application/vnd.api+json"}, body)
            return await honest(asked)
        finally:
            kept["now"] -= 1

    return tell


CONCURRENCY: Found = (
    ("made-twice", "Equal declarations at once make two.", _twice),
    ("busy-500", "Five requests at once get 500.", _under_load(500)),
    ("busy-503", "Five requests at once get 503.", _under_load(503)),
    ("busy-posts", "Five declarations at once get 500.", _under_load(500, lambda a: a.method == "POST")),
)


def _plain(text: str | None) -> str | None:
    return text and unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode()


def _hides(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda attributes: {name: None}


def _swapped(attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        "pupil_premium_uplift": attributes["sparsity_uplift"],
        "sparsity_uplift": attributes["pupil_premium_uplift"],
    }


def _unmoved(*actions: str) -> Telling:
    """An action changes the record, and everybody sees the moment of before."""

    async def tell(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
        if acts(asked, *actions):
            one = f"{PARTICIPANTS}/{asked.path.split('/')[-2]}"
            before = await honest(replace(asked, method="GET", path=one, query=(), body=b""))
            told = await honest(asked)
            if told.status == 200 and before.status == 200:
                kept.setdefault(told.data["id"], before.data["attributes"]["updated_at"])
                record = told.data
                record["attributes"]["updated_at"] = kept[record["id"]]
                return told.showing(record)
            return told
        told = await honest(asked)
        if asked.method != "GET" or told.status != 200 or asked.path.endswith(".csv") or "declarations" in asked.path:
            return told
        data = told.data
        for record in data if isinstance(data, list) else [data]:
            if record["id"] in kept:
                record["attributes"]["updated_at"] = kept[record["id"]]
        return told.showing(data)

    return tell


def _unsaved(*paths: str) -> Telling:
    """The action answers as if it had happened."""

    async def tell(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
        told = await honest(asked)
        if acts(asked, "defer") and any(part in asked.path for part in paths) and told.status == 200:
            back = {"data": {"type": "x", "attributes": {"course_identifier": asked.attributes["course_identifier"]}}}
            await honest(replace(asked, path=asked.path.replace("/defer", "/resume"), body=json.dumps(back).encode()))
        return told

    return tell


_STATUS, _SCHEDULE, _STATE = ("training_status",), ("schedule_identifier",), ("state", "voided")

CONSISTENCY: Found = (
    ("stale-list", "The list shows an old training status.", _stale(_STATUS, lambda a: a.path == PARTICIPANTS)),
    ("stale-older", "The older list shows an old training status.", _stale(_STATUS, lambda a: a.path == OLDER)),
    ("stale-one", "The single record is old.", _stale(_STATUS, lambda a: is_one(a, PARTICIPANTS))),
    ("stale-csv", "The CSV list is old.", _stale(_STATUS, lambda a: a.path == f"{PARTICIPANTS}.csv")),
    ("stale-schedule", "The list shows an old schedule.", _stale(_SCHEDULE, lambda a: a.path == PARTICIPANTS)),
    ("stale-schedule-csv", "CSV shows an old schedule.", _stale(_SCHEDULE, lambda a: a.path == f"{PARTICIPANTS}.csv")),
    ("stale-since", "With a moment the list is old.", _stale(_STATUS, lambda a: bool(a.get(SINCE)))),
    ("stale-moment", "The list shows an old updated_at.", _stale(("updated_at",), lambda a: a.path == PARTICIPANTS)),
    ("unmoved", "A deferral doesn't move updated_at.", _unmoved("defer")),
    ("unmoved-schedule", "A change of schedule doesn't move updated_at.", _unmoved("change-schedule")),
    ("unmoved-resume", "A return doesn't move updated_at.", _unmoved("resume")),
    (
        "stale-void",
        "The list shows a voided declaration as it was.",
        _stale(_STATE, lambda a: a.path == DECLARATIONS, DECLARATIONS),
    ),
    (
        "stale-void-one",
        "The single declaration is as before it was voided.",
        _stale(_STATE, lambda a: is_one(a, DECLARATIONS), DECLARATIONS),
    ),
    (
        "stale-void-csv",
        "The CSV list shows a voided declaration as it was.",
        _stale(_STATE, lambda a: a.path == f"{DECLARATIONS}.csv", DECLARATIONS),
    ),
    ("uplifts-list", "The list swaps the uplifts.", lists(every(_swapped), PARTICIPANTS)),
    ("uplifts-one", "The single record swaps the uplifts.", ones(_swapped, PARTICIPANTS)),
    (
        "null-for-false",
        "The single record has null for false.",
        ones(lambda a: {"eligible_for_funding": a["eligible_for_funding"] or None}, PARTICIPANTS),
    ),
    (
        "csv-accents",
        "The CSV list strips accents.",
        column("full_name", lambda text: _plain(text) or "", PARTICIPANTS),
    ),
    ("name-cut", "The older list cuts names.", lists(every(lambda a: {"full_name": a["full_name"][:10]}), OLDER)),
    ("email-hidden", "The single record hides the email.", ones(_hides("email"), PARTICIPANTS)),
    ("mentor-hidden", "The CSV list hides the mentor.", column("mentor_id", lambda _: "", PARTICIPANTS)),
    (
        "trn-number",
        "The CSV list drops leading zeros and ends TRNs early.",
        column("teacher_reference_number", lambda text: text.lstrip("0") and text[:7].replace("1", "7", 1), OLDER),
    ),
    ("unsaved-older", "A deferral on the older path isn't saved.", _unsaved(f"{OLDER}/")),
    (
        "payment-flag",
        "The single declaration is never eligible.",
        ones(lambda a: {"eligible_for_payment": False}, DECLARATIONS),
    ),
    (
        "date-of-declaration",
        "The CSV list shows another date.",
        column("declaration_date", lambda text: text[:10] + "T00:00:00Z", DECLARATIONS),
    ),
)


def _refusing(where: Callable[[Asked], bool], title: str) -> Telling:
    async def tell(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
        if not where(asked):
            return await honest(asked)
        body = {"errors": [{"title": title, "detail": f"#/{title} is wrong"}]}
        return Told(422, {"content-type": "application/vnd.api+json"}, json.dumps(body).encode())

    return tell


def _ignores_header(on: Callable[[Asked], bool]) -> Telling:
    return asking(
        on,
        lambda asked: replace(asked, headers={k: v for k, v in asked.headers.items() if k != "x-with-server-date"}),
    )


def _again(*actions: str) -> Telling:
    """A refusal because it has already happened is told as a success."""

    async def tell(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
        told = await honest(asked)
        if acts(asked, *actions) and told.titles in (["participant_profile"], ["Invalid action"]):
            of = DECLARATIONS if actions == ("void",) else PARTICIPANTS
            return await honest(replace(asked, method="GET", path=f"{of}/{asked.path.split('/')[-2]}", body=b""))
        return told

    return tell


async def _other_date(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
    """A second declaration of a type is accepted in place of the first."""
    told = await honest(asked)
    if asked.method == "POST" and told.titles == ["base"]:
        who = asked.attributes["participant_id"]
        found = await honest(replace(asked, method="GET", query=((WHO, who),), body=b""))
        return found.showing(found.data[-1]) if found.data else told
    return told


def _upper(asked: Asked) -> bool:
    return any(part != part.lower() and len(part) == 36 for part in asked.path.split("/"))


RULES: Found = (
    (
        "evidence-mentors",
        "A mentor's declaration needs no evidence.",
        asking(
            lambda a: (
                a.method == "POST"
                and a.attributes.get("course_identifier") == "ecf-mentor"
                and not a.attributes.get("evidence_held")
            ),
            lambda a: a.sending(evidence_held="other"),
        ),
    ),
    (
        "evidence-list",
        "Any evidence counts.",
        asking(
            lambda a: a.method == "POST" and bool(a.attributes.get("evidence_held")),
            lambda a: a.sending(evidence_held="other"),
        ),
    ),
    (
        "replacement",
        "An ECT may follow a replacement schedule.",
        asking(
            lambda a: acts(a, "change-schedule") and "replacement" in str(a.attributes.get("schedule_identifier")),
            lambda a: a.sending(schedule_identifier="ecf-extended-april"),
        ),
    ),
    ("server-date-post", "X-With-Server-Date counts in no declaration.", _ignores_header(lambda a: a.method == "POST")),
    (
        "server-date-acts",
        "X-With-Server-Date counts in no action.",
        _ignores_header(lambda a: acts(a, "defer", "resume")),
    ),
    (
        "server-date-older",
        "X-With-Server-Date counts in no action of the older paths.",
        _ignores_header(lambda a: a.method == "PUT" and f"{OLDER}/ecf" not in a.path),
    ),
    (
        "server-date-schedule",
        "X-With-Server-Date counts in no change of schedule.",
        _ignores_header(lambda a: acts(a, "change-schedule")),
    ),
    (
        "upper-acts",
        "An id in upper case is unknown to actions.",
        _refusing(lambda a: a.method == "PUT" and _upper(a), "participant_id"),
    ),
    (
        "upper-one",
        "An id in upper case is unknown.",
        asking(lambda a: a.method == "GET" and _upper(a), lambda a: replace(a, path=f"{PARTICIPANTS}/none")),
    ),
    (
        "offset-ignored",
        "An offset is ignored.",
        asking(
            lambda a: bool(a.get(SINCE)) and "%" not in a.get(SINCE),
            lambda a: a.having(filter__updated_since=_without_offset(a.get(SINCE))),
        ),
    ),
    (
        "double-encoding",
        "Encoded twice, a moment loses its offset.",
        asking(lambda a: "%" in a.get(SINCE), lambda a: a.having(filter__updated_since=_without_offset(a.get(SINCE)))),
    ),
    (
        "day-end",
        "A date alone means the end of the day.",
        asking(
            lambda a: len(a.get(SINCE)) == 10 and a.get(SINCE)[:4].isdecimal(),
            lambda a: a.having(filter__updated_since=f"{a.get(SINCE)}T23:59:59Z"),
        ),
    ),
    (
        "number-cohort",
        "A cohort as a number is refused.",
        _refusing(lambda a: isinstance(a.attributes.get("cohort"), int), "cohort"),
    ),
    (
        "number-date",
        "A declaration date may be a number.",
        asking(
            lambda a: isinstance(a.attributes.get("declaration_date"), int),
            lambda a: a.sending(declaration_date="2021-11-20T09:00:00Z"),
        ),
    ),
    ("void-twice", "A declaration is voided twice.", _again("void")),
    ("defer-twice", "A deferral is taken twice.", _again("defer")),
    ("resume-twice", "A return is taken twice.", _again("resume")),
    ("other-date", "A second declaration of a type is taken.", _other_date),
    (
        "since-inclusive",
        "Declarations of the moment itself are listed.",
        asking(
            lambda a: a.path == DECLARATIONS and bool(a.get(SINCE)),
            lambda a: a.having(filter__updated_since=_moved(a.get(SINCE), seconds=-1)),
        ),
    ),
    (
        "reason-any",
        "Any reason counts.",
        asking(lambda a: acts(a, "defer") and bool(a.attributes.get("reason")), lambda a: a.sending(reason="other")),
    ),
)


def _token(change: Callable[[Asked], str | None]) -> Telling:
    """Other credentials are accepted, too. The scheme stays."""

    def accepted(asked: Asked) -> Asked:
        token = change(asked)
        scheme = _header(asked)[0] or "Bearer"
        return replace(asked, headers={**asked.headers, "authorization": f"{scheme} {token}"}) if token else asked

    return asking(lambda asked: True, accepted)


def _header(asked: Asked) -> tuple[str, str]:
    scheme, _, token = asked.headers.get("authorization", "").partition(" ")
    return scheme, token.strip()


_TOKENS = ("alder-token", "birch-token")

ACCESS: Found = (
    (
        "token-in-query",
        "A token in the query is accepted.",
        _token(
            lambda a: next((value for _, value in a.query if value in _TOKENS), None) if not _header(a)[1] else None
        ),
    ),
    (
        "token-prefix",
        "The beginning of a token is accepted.",
        _token(lambda a: next((t for t in _TOKENS if len(_header(a)[1]) > 3 and t.startswith(_header(a)[1])), None)),
    ),
    (
        "token-appended",
        "A token with a letter more is accepted.",
        _token(lambda a: next((t for t in _TOKENS if _header(a)[1][:-1] == t), None)),
    ),
    (
        "scheme",
        "Any scheme is accepted.",
        asking(
            lambda a: _header(a)[1] in _TOKENS,
            lambda a: replace(a, headers={**a.headers, "authorization": f"Bearer {_header(a)[1]}"}),
        ),
    ),
    (
        "token-case",
        "The case of a token is ignored.",
        _token(lambda a: _header(a)[1].lower() if _header(a)[1].lower() in _TOKENS else None),
    ),
)

_HTML = b"<!doctype html><title>Sorry</title>"


def _as_html(asked: Asked, told: Told) -> Told:
    return replace(told, headers={**told.headers, "content-type": "text/html"}, body=_HTML)


def _zipped(asked: Asked, told: Told) -> Told:
    return replace(told, headers={**told.headers, "content-encoding": "gzip"}, body=gzip.compress(told.body))


def _unnamed(asked: Asked, told: Told) -> Told:
    document = json.loads(told.body)
    for error in document["errors"]:
        error["detail"] = "It is wrong."
    return replace(told, body=json.dumps(document).encode())


MINOR: Found = (
    (
        "gzip-unasked",
        "Answers are compressed for clients that don't accept it.",
        answering(lambda a, t: "gzip" not in a.headers.get("accept-encoding", "") and len(t.body) > 100, _zipped),
    ),
    (
        "html-for-browsers",
        "Browsers get HTML errors.",
        answering(lambda a, t: "text/html" in a.headers.get("accept", "") and t.status >= 400, _as_html),
    ),
    (
        "html-for-any",
        "Lists are HTML for a client that wants HTML.",
        answering(lambda a, t: a.headers.get("accept") == "text/html" and t.status == 200, _as_html),
    ),
    (
        "html-outside",
        "Paths outside of the API are answered in HTML.",
        answering(lambda a, t: not a.path.startswith("/api/v1/p") and t.status == 404, _as_html),
    ),
    (
        "detail-unnamed",
        "The detail of a refusal names no attribute.",
        answering(lambda a, t: t.status == 422, _unnamed),
    ),
)

CLASSES = {
    "combinations": COMBINATIONS,
    "volume": VOLUME,
    "concurrency": CONCURRENCY,
    "consistency": CONSISTENCY,
    "rules": RULES,
    "access": ACCESS,
    "minor": MINOR,
}

LIES = {name: Lie(name, kind, what, tell) for kind, found in CLASSES.items() for name, what, tell in found}
