"""Lies about lists: filters, pages and CSV, and what is lost in long ones."""

from collections.abc import Callable

from tests.harness.check.lies.proxy import Asked
from tests.harness.check.lies.telling import (
    COHORT,
    SINCE,
    WHO,
    Found,
    after,
    asking,
    default_size,
    forgets,
    is_one,
    later_since,
    lists,
    rows,
)
from tests.harness.check.lies.v1.paths import DECLARATIONS, JSON_LISTS, OLDER, PARTICIPANTS


def _has(*names: str, paths: tuple[str, ...] = JSON_LISTS) -> Callable[[Asked], bool]:
    return lambda asked: asked.path in paths and all(asked.get(name) for name in names)


def _is_list(asked: Asked) -> bool:
    return asked.path in JSON_LISTS


def _later_page(asked: Asked) -> bool:
    return asked.path in JSON_LISTS and asked.page > 1


COMBINATIONS: Found = (
    ("cohort-first-page", "filter[cohort] counts on the first page only.", forgets(COHORT, on=_later_page)),
    ("since-first-page", "filter[updated_since] counts on the first page only.", forgets(SINCE, on=_later_page)),
    ("who-first-page", "filter[participant_id] counts on the first page only.", forgets(WHO, on=_later_page)),
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
    ("both-since", "With both filters filter[updated_since] is ignored.", forgets(SINCE, on=_has(SINCE, COHORT))),
    ("both-cohort", "With both filters filter[cohort] is ignored.", forgets(COHORT, on=_has(SINCE, COHORT))),
    ("both-who", "With both filters filter[participant_id] is ignored.", forgets(WHO, on=_has(SINCE, WHO))),
    ("both-who-since", "With a participant's filter the moment is ignored.", forgets(SINCE, on=_has(SINCE, WHO))),
    ("default-99", "A page has 99 records.", default_size(99, _is_list)),
    (
        "default-filtered",
        "A page has 25 records with a filter.",
        default_size(25, lambda a: _is_list(a) and bool(a.get(COHORT))),
    ),
    (
        "default-since",
        "A page has 25 records since a moment.",
        default_size(25, lambda a: _is_list(a) and bool(a.get(SINCE))),
    ),
    ("default-older", "The older list has pages of 50.", default_size(50, lambda a: a.path == OLDER)),
    ("csv-cohort", "The CSV list ignores filter[cohort].", forgets(COHORT, on=_has(paths=(f"{PARTICIPANTS}.csv",)))),
    ("csv-since", "The CSV list ignores the moment.", forgets(SINCE, on=_has(paths=(f"{PARTICIPANTS}.csv",)))),
    ("csv-both", "CSV ignores the moment beside a cohort.", forgets(SINCE, on=_has(COHORT, paths=(f"{OLDER}.csv",)))),
    ("csv-who", "The CSV list ignores the participant.", forgets(WHO, on=_has(paths=(f"{DECLARATIONS}.csv",)))),
    (
        "csv-who-since",
        "The CSV list ignores the moment beside a participant.",
        forgets(SINCE, on=_has(WHO, paths=(f"{DECLARATIONS}.csv",))),
    ),
    (
        "csv-bound",
        "The CSV list leaves out the moment itself.",
        later_since(lambda a: a.path == f"{PARTICIPANTS}.csv"),
    ),
    ("older-bound", "The older list leaves out the moment itself.", later_since(lambda a: a.path == OLDER)),
    (
        "bound-with-cohort",
        "With a cohort the moment itself is left out.",
        later_since(lambda a: a.path == PARTICIPANTS and bool(a.get(COHORT))),
    ),
    ("older-cohort", "The older list ignores filter[cohort].", forgets(COHORT, on=_has(COHORT, paths=(OLDER,)))),
    ("older-since", "The older list ignores the moment.", forgets(SINCE, on=_has(SINCE, paths=(OLDER,)))),
    (
        "first-cohort",
        "Of several cohorts the first one counts.",
        asking(
            lambda asked: "," in asked.get(COHORT),
            lambda asked: asked.having(filter__cohort=asked.get(COHORT).split(",")[0]),
        ),
    ),
    ("unknown-cohort", "A cohort that nobody has gives all.", forgets(COHORT, on=lambda a: a.get(COHORT) == "1999")),
    ("one-cohort", "A single record ignores the cohort.", forgets(COHORT, on=lambda a: is_one(a, PARTICIPANTS))),
    ("one-since", "A single record ignores the moment.", forgets(SINCE, on=lambda a: is_one(a, PARTICIPANTS))),
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
        after(1500, lambda a, t: t.showing(t.data[1:]), *JSON_LISTS),
    ),
    ("oldest-lost", "Records beyond the 80th are lost.", lists(lambda a, r: r[:80], PARTICIPANTS)),
)
