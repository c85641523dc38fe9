"""Lies about lists: filters, order and pages, and what is lost in long ones."""

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
    later_since,
    lists,
)
from tests.harness.check.lies.v3.paths import (
    DECLARATIONS,
    LISTS,
    PARTICIPANTS,
    PARTNERSHIPS,
    SCHOOLS,
    STATEMENTS,
    TRANSFERS,
    UNFUNDED,
)

PARTNER, URN = "filter[delivery_partner_id]", "filter[urn]"


def _has(*names: str, of: tuple[str, ...] = LISTS) -> Callable[[Asked], bool]:
    return lambda asked: asked.path in of and all(asked.get(name) for name in names)


def _later_page(asked: Asked) -> bool:
    return asked.path in LISTS and asked.page > 1


COMBINATIONS: Found = (
    (
        "cohort-first-page",
        "filter[cohort] counts on the first page only.",
        forgets(COHORT, on=lambda a: _later_page(a) and a.path != SCHOOLS),
    ),
    ("since-first-page", "filter[updated_since] counts on the first page only.", forgets(SINCE, on=_later_page)),
    ("who-first-page", "filter[participant_id] counts on the first page only.", forgets(WHO, on=_later_page)),
    (
        "order-later-pages",
        "With filter[updated_since] the order of later pages is another.",
        lists(lambda a, r: r[::-1] if a.get(SINCE) and a.page > 1 else r, PARTICIPANTS),
    ),
    (
        "order-every-page",
        "With a cohort two records change places.",
        lists(lambda a, r: [*r[1::-1], *r[2:]] if a.get(COHORT) else r, PARTICIPANTS),
    ),
    ("both-since", "With a cohort the moment is ignored.", forgets(SINCE, on=_has(SINCE, COHORT, of=(PARTICIPANTS,)))),
    (
        "both-cohort",
        "With a moment the cohort is ignored.",
        forgets(COHORT, on=_has(SINCE, COHORT, of=(PARTICIPANTS,))),
    ),
    ("both-who", "With a moment the participant is ignored.", forgets(WHO, on=_has(SINCE, WHO))),
    ("both-who-since", "With a participant the moment is ignored.", forgets(SINCE, on=_has(SINCE, WHO))),
    (
        "both-partner",
        "With a cohort the delivery partner is ignored.",
        forgets(PARTNER, on=_has(PARTNER, COHORT, of=(PARTNERSHIPS,))),
    ),
    ("partner", "Declarations ignore the delivery partner.", forgets(PARTNER, on=_has(PARTNER, of=(DECLARATIONS,)))),
    ("urn", "Schools ignore the URN.", forgets(URN, on=_has(URN, of=(SCHOOLS,)))),
    ("statements-cohort", "Statements ignore the cohort.", forgets(COHORT, on=_has(COHORT, of=(STATEMENTS,)))),
    ("statements-since", "Statements ignore the moment.", forgets(SINCE, on=_has(SINCE, of=(STATEMENTS,)))),
    ("transfers-since", "Transfers ignore the moment.", forgets(SINCE, on=_has(SINCE, of=(TRANSFERS,)))),
    ("unfunded-since", "Unfunded mentors ignore the moment.", forgets(SINCE, on=_has(SINCE, of=(UNFUNDED,)))),
    ("default-99", "A page has 99 records.", default_size(99, lambda a: a.path in LISTS)),
    ("default-filtered", "A page has 10 records with a cohort.", default_size(10, _has(COHORT, of=(PARTICIPANTS,)))),
    ("default-since", "A page has 25 records since a moment.", default_size(25, _has(SINCE))),
    ("bound", "The moment itself is left out.", later_since(lambda a: a.path == PARTICIPANTS)),
    ("bound-declarations", "Declarations of the moment are left out.", later_since(lambda a: a.path == DECLARATIONS)),
    ("bound-partnerships", "Partnerships of the moment are left out.", later_since(lambda a: a.path == PARTNERSHIPS)),
    ("bound-with-cohort", "With a cohort the moment is left out.", later_since(_has(COHORT, of=(PARTICIPANTS,)))),
    (
        "first-cohort",
        "Of several cohorts the first one counts.",
        asking(lambda a: "," in a.get(COHORT), lambda a: a.having(filter__cohort=a.get(COHORT).split(",")[0])),
    ),
    (
        "first-who",
        "Of several participants the first one counts.",
        asking(lambda a: "," in a.get(WHO), lambda a: a.having(filter__participant_id=a.get(WHO).split(",")[0])),
    ),
    (
        "unknown-cohort",
        "A cohort that nobody has gives all.",
        forgets(COHORT, on=lambda a: a.path in (PARTICIPANTS, PARTNERSHIPS) and a.get(COHORT) == "1999"),
    ),
    (
        "too-large",
        "A page size above 3000 counts as 100.",
        asking(lambda a: a.size > 3000, lambda a: a.having(page__per_page="100")),
    ),
    (
        "last-page",
        "The last record of a filtered list is missing on a short page.",
        lists(lambda a, r: r[:-1] if a.get(COHORT) and a.page > 1 and len(r) > 1 else r, PARTICIPANTS),
    ),
    ("sort", "Participants ignore `sort`.", forgets("sort", on=lambda a: a.path == PARTICIPANTS)),
)

VOLUME: Found = (
    (
        "pages-cut",
        "A page has 60 records at most.",
        asking(lambda a: a.path in LISTS and a.size > 60, lambda a: a.having(page__per_page="60")),
    ),
    ("oldest-lost", "Records beyond the 80th are lost.", lists(lambda a, r: r[:80], PARTICIPANTS)),
    ("schools-cut", "The list of schools lacks its last one.", lists(lambda a, r: r[:-1], SCHOOLS)),
    (
        "lost-later",
        "After 1000 requests the list lacks its first record.",
        after(1000, lambda a, t: t.showing(t.data[1:]), *LISTS),
    ),
)
