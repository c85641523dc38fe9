"""How lists read their query: each trap of filters, sorting and pages, as tables (rules 2.4 to 2.6).

A table has the query and what comes: a status, or which of the world's records.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from mock_server.harness.check.bench import PEER
from mock_server.harness.check.probes import probe
from mock_server.harness.check.transport import UNKNOWN_ID, ask
from mock_server.harness.v3.check.behaviour.transport import LISTS, MANNERS
from mock_server.harness.v3.check.bench import COURSES, Bench, body
from mock_server.harness.v3.check.contract import CHECK, OPERATIONS

# -- what is refused, by every list (rules 2.4 and 2.6) ----------------------------------------------

_NO_PAIRS: Final = (
    "filter=abc",
    "filter=",
    "filter",
    "filter[]=x",
    "page=2",
    "page=",
)
_UNREADABLE: Final = (
    "page[page]=",
    "page[page]=0",
    "page[page]=-1",
    "page[page]=abc",
    "page[page]=1.8",
    "page[page]=10abc",
    "page[page]=%2B1",
    "page[page]=1_0",
    "page[page]=%D9%A1",
    "page[per_page]=0",
    "page[per_page]=%20",
    "page[per_page]=0.8",
    "page[per_page]=many",
)
# Where a list has `filter[updated_since]`. The value is decoded once more: `%2B` arrives as a space.
_UNREADABLE_MOMENTS: Final = (
    "yesterday",
    "2025-13-01",
    "2025-02-30T00:00:00Z",
    "2025-01-01T00:00Z",
    "2025-01-01T00:00:00+01:00",
    "2025-01-01T00:00:00%2B01:00",
    "2025-01-01%2000:00:00Z",
    "1735689600",
)
_READABLE_MOMENTS: Final = (
    "",
    "%20",
    "2025-01-01",
    "2025-01-01T00:00:00",
    "2025-01-01T00:00:00Z",
    "2025-01-01T00:00:00.5Z",
    "2025-01-01T00:00:00-01:00",
    "2025-01-01T00:00:00%252B01:00",
    "2025-01-01T00%253A00%253A00%252B01%253A00",
)
_FORGIVEN: Final = (
    "filter[unknown]=1",
    "unknown=1",
    "page[unknown]=x",
    "sort=",
    "sort=trn",
    "sort=-",
    "sort=updated_at,,created_at",
    "page[per_page]=99999999999999999999",
    "page[page]=99999999999999999999",
)
_WITH_MOMENT: Final = tuple(
    id for id in LISTS if "filter[updated_since]" in {p["name"] for p in CHECK.operations[id].parameters}
)


def _titled(bench: Bench, operation: str, queries: Sequence[str], title: str) -> None:
    for query in queries:
        ask(MANNERS, bench.own, operation, (query,), 400, "the query can't be read")
        titles = [error["title"] for error in bench.own.answered.json["errors"]]
        bench.own.expect(titles == [title], f"the title is {title}", f"they are {titles}")


@probe("A query that can't be read gets 400, and one that says nothing is forgiven.", *LISTS, portable=True)
def odd_queries(bench: Bench, operation: str) -> None:
    _titled(bench, operation, _NO_PAIRS, "Bad parameter")
    _titled(bench, operation, _UNREADABLE, "Bad request")
    ask(MANNERS, bench.own, operation, _FORGIVEN, 200, "the query is forgiven")


@probe("filter[updated_since] is decoded once more, and refused if it then is no moment.", *_WITH_MOMENT, portable=True)
def odd_moments(bench: Bench, operation: str) -> None:
    queries = [f"filter[updated_since]={text}" for text in _UNREADABLE_MOMENTS]
    _titled(bench, operation, queries, "Bad request")
    queries = [f"filter[updated_since]={text}" for text in _READABLE_MOMENTS]
    ask(MANNERS, bench.own, operation, queries, 200, "the moment can be read")


@probe("A filter that is no set of pairs gets 400 from every operation.", *OPERATIONS.with_status("400"), portable=True)
def filters_everywhere(bench: Bench, operation: str) -> None:
    method, target = OPERATIONS.request_line(operation, UNKNOWN_ID)
    joint = "&" if "?" in target else "?"
    for query in ("filter=abc", "filter=", "filter[]=x"):
        content = MANNERS.readable(operation) if method != "GET" else None
        bench.own.raw(method, f"{target}{joint}{query}", headers={"content-type": "application/json"}, content=content)
        bench.own.status(400, f"the query is {query}")


@probe("Schools aren't shown without a cohort.", "getSchools", "getSchool", portable=True)
def schools_need_a_cohort(bench: Bench, operation: str) -> None:
    """Rules 2.4, row 2: one entry for each missing filter."""
    method, target = OPERATIONS.request_line(operation, UNKNOWN_ID)
    path = target.partition("?")[0]
    for query in ("", "?filter[urn]=123456", "?cohort=2025", "?page[page]=1"):
        bench.own.raw(method, f"{path}{query}")
        bench.own.status(400, "filter[cohort] is missing")
        titles = [error["title"] for error in bench.own.answered.json["errors"]]
        bench.own.expect(titles == ["Bad parameter"], "the title is Bad parameter", f"they are {titles}")


@probe("Single records ignore every filter, even an unreadable one.", seed="guide")
def single_records_ignore_filters(bench: Bench, operation: str) -> None:
    """Rules 2.1 and 2.4."""
    for one, many in (("getParticipant", "getParticipants"), ("getDeclaration", "getDeclarations")):
        [id, *_] = bench.own.ids(many, page__per_page=1)
        path = OPERATIONS.request_line(one, id)[1]
        for query in ("filter[cohort]=1999", "filter[updated_since]=yesterday", "filter[updated_since]=2099-01-01"):
            bench.own.raw("GET", f"{path}?{query}")
            bench.own.status(200, f"{one} ignores {query}")


# -- what is found ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QueryCase:
    """A query of a list, and the records that come, by the names that the probe gives them."""

    query: str
    come: tuple[str, ...]


def _listed(ids: Sequence[str]) -> str:
    return ", ".join(ids) or "nothing"


def _found(bench: Bench, operation: str, cases: Sequence[QueryCase], known: dict[str, str], **ids: Any) -> None:
    """Sends each query, and compares the list with the records of those names."""
    method, target = OPERATIONS.request_line(operation, "")
    path = target.partition("?")[0]
    for case in cases:
        query = case.query.format(**known, **ids)
        bench.own.raw(method, f"{path}?{query}")
        bench.own.status(200, f"{operation} accepts this")
        came = [record["id"] for record in bench.own.answered.json["data"]]
        wanted = [known[name] for name in case.come]
        bench.own.expect(came == wanted, f"{query} finds {_listed(wanted)}", f"it finds {_listed(came)}")


_BOTH: Final = ("old", "new")
_COHORTS: Final = (
    # Items that are no whole numbers are dropped; a space makes an item one (rules 2.4).
    QueryCase("filter[cohort]=", _BOTH),
    QueryCase("filter[cohort]=%20", _BOTH),
    QueryCase("filter[cohort]=2023", ("old",)),
    QueryCase("filter[cohort]=2025", ("new",)),
    QueryCase("filter[cohort]=2025,2023", _BOTH),
    QueryCase("filter[cohort]=2023&filter[updated_since]=2020-01-01", ("old",)),
    QueryCase("filter[cohort]=2023,,x", ("old",)),
    QueryCase("filter[cohort]=2023,%202025", ("old",)),
    QueryCase("filter[cohort]=2023%20", ()),
    QueryCase("filter[cohort]=2023abc", ()),
    QueryCase("filter[cohort]=x", ()),
    QueryCase("filter[cohort]=,", ()),
    QueryCase("filter[cohort]=1999", ()),
    QueryCase("filter[cohort]=2021&filter[cohort]=2023", ("old",)),
    QueryCase("filter[cohort]=2023&page[page]=2&page[per_page]=1", ()),
    QueryCase("filter[cohort]=2023,2025&page[page]=2&page[per_page]=1", ("new",)),
    QueryCase("filter[cohort]=2023&sort=-created_at", ("old",)),
    QueryCase("filter[cohort]=2023,2025&sort=-created_at", ("new", "old")),
)


def _two_cohorts(bench: Bench) -> dict[str, str]:
    """Somebody of 2023 and somebody of 2025, with other delivery partners."""
    first, second = bench.partners()
    old = bench.trained(cohort="2023", started_on="2023-09-01", delivery_partner_id=first)
    bench.tick()
    new = bench.trained(delivery_partner_id=second)
    return {"old": old, "new": new, "first": first, "second": second}


@probe("filter[cohort] takes several years, drops what is none, and may find nothing.", "getParticipants")
def participants_by_cohort(bench: Bench, operation: str) -> None:
    _found(bench, operation, _COHORTS, _two_cohorts(bench))


@probe("filter[cohort] is read in the same way everywhere.", "getDeclarations", "getPartnerships")
def others_by_cohort(bench: Bench, operation: str) -> None:
    people = _two_cohorts(bench)
    if operation == "getDeclarations":
        old = bench.own.declare(people["old"], declaration_date="2023-10-01T09:00:00Z")["id"]
        bench.tick()
        records = {"old": old, "new": bench.own.declare(people["new"])["id"]}
    else:
        records = dict(zip(_BOTH, bench.own.ids(operation), strict=True))
    _found(bench, operation, _COHORTS[:15] if operation == "getDeclarations" else _COHORTS, records)


@probe("filter[cohort] finds the delivery partners of these cohorts, and the statements.")
def organisations_by_cohort(bench: Bench, operation: str) -> None:
    own, school = bench.own, bench.control.v3
    made = school.add_delivery_partner(works_with={"alder": ["2024"], PEER: ["2025"]}).id
    for cohorts, shown in (("2024", True), ("2023,2024", True), ("2025", False), ("2024%20", False), ("x", False)):
        ask(MANNERS, own, "getDeliveryPartners", (f"filter[cohort]={cohorts}",), 200, "the filter is read")
        found = made in [record["id"] for record in own.answered.json["data"]]
        own.expect(found == shown, f"for {cohorts} the partner is {'in' if shown else 'not in'} the list", f"{found}")
    found = own.shown("getDeliveryPartner", made)["cohort"]
    own.expect(found == ["2024"], "`cohort` has the provider's own pairs only", f"it is {found}")
    for cohorts, wanted in (("2025", 12), ("2024,2025", 24), ("2025,x", 12), ("x", 0), ("2031", 0)):
        count = len(own.records("getStatements", filter__cohort=cohorts))
        own.expect(count == wanted, f"{cohorts} has {wanted} statements", f"it has {count}")


_DECLARATIONS: Final = (
    QueryCase("filter[participant_id]={old}", ("one",)),
    QueryCase("filter[participant_id]={new},{old}", ("one", "two")),
    QueryCase("filter[participant_id]={new},%20{old}", ("two",)),
    QueryCase("filter[participant_id]={upper}", ("one",)),
    QueryCase("filter[participant_id]={bare}", ()),
    QueryCase("filter[participant_id]=abc", ()),
    QueryCase("filter[participant_id]={unknown}", ()),
    QueryCase("filter[participant_id]=", ("one", "two")),
    QueryCase("filter[participant_id]={old},x&filter[cohort]=2023", ("one",)),
    QueryCase("filter[participant_id]={old}&filter[cohort]=2025", ()),
    QueryCase("filter[participant_id]={old}&filter[updated_since]=2099-01-01", ()),
    QueryCase("filter[delivery_partner_id]={first}", ("one",)),
    QueryCase("filter[delivery_partner_id]={second},{first}", ("one", "two")),
    QueryCase("filter[delivery_partner_id]={second}&filter[participant_id]={old}", ()),
    QueryCase("filter[delivery_partner_id]={second}&filter[cohort]=2025", ("two",)),
    QueryCase("filter[delivery_partner_id]=x", ()),
    QueryCase("filter[participant_id]={old}&filter[updated_since]=2020-01-01", ("one",)),
    QueryCase("filter[delivery_partner_id]={first}&filter[updated_since]=2020-01-01", ("one",)),
    QueryCase("filter[participant_id]={old}&page[page]=2&page[per_page]=1", ()),
    QueryCase("filter[delivery_partner_id]={first}&page[page]=2&page[per_page]=1", ()),
    # There is no sort here (rules 2.1).
    QueryCase("sort=-created_at", ("one", "two")),
    QueryCase("sort=-updated_at", ("one", "two")),
)


@probe("Declarations are found by participants and by delivery partners, alone and together.", "getDeclarations")
def declarations_filtered(bench: Bench, operation: str) -> None:
    people = _two_cohorts(bench)
    one = bench.own.declare(people["old"], declaration_date="2023-10-01T09:00:00Z")["id"]
    bench.tick()
    two = bench.own.declare(people["new"])["id"]
    other = {"upper": people["old"].upper(), "bare": people["old"].replace("-", ""), "unknown": UNKNOWN_ID}
    _found(bench, operation, _DECLARATIONS, {"one": one, "two": two}, **people, **other)


_PARTNERSHIPS: Final = (
    QueryCase("filter[delivery_partner_id]={first}", ("old",)),
    QueryCase("filter[delivery_partner_id]={second}", ("new",)),
    QueryCase("filter[delivery_partner_id]={second},{first}", _BOTH),
    QueryCase("filter[delivery_partner_id]={second}&filter[cohort]=2023", ()),
    QueryCase("filter[delivery_partner_id]={second}&filter[cohort]=2025", ("new",)),
    QueryCase("filter[delivery_partner_id]=x", ()),
    QueryCase("filter[delivery_partner_id]=x,{first}", ("old",)),
    QueryCase("filter[delivery_partner_id]={first}&page[page]=2&page[per_page]=1", ()),
    QueryCase("filter[delivery_partner_id]={first}&filter[updated_since]=2099-01-01", ()),
    QueryCase("filter[delivery_partner_id]={first}&filter[updated_since]=2020-01-01", ("old",)),
)


@probe("Partnerships are found by delivery partners, alone and with a cohort.", "getPartnerships")
def partnerships_filtered(bench: Bench, operation: str) -> None:
    people = _two_cohorts(bench)
    records = dict(zip(_BOTH, bench.own.ids(operation), strict=True))
    _found(bench, operation, _PARTNERSHIPS, records, first=people["first"], second=people["second"])


_SCHOOLS: Final = (
    # One year, by its leading digits (rules 2.4).
    QueryCase("filter[cohort]=2025", _BOTH),
    QueryCase("filter[cohort]=2025,2024", _BOTH),
    QueryCase("filter[cohort]=2025abc", _BOTH),
    QueryCase("filter[cohort]=abc", ()),
    QueryCase("filter[cohort]=", ()),
    QueryCase("filter[cohort]=2019", ()),
    QueryCase("filter[cohort]=2025&filter[urn]=100001", ("old",)),
    QueryCase("filter[cohort]=2025&filter[urn]=100002,x", ("new",)),
    QueryCase("filter[cohort]=2025&filter[urn]=100002,100001", ("new",)),
    QueryCase("filter[cohort]=2025&filter[urn]=x100001", ()),
    QueryCase("filter[cohort]=2025&filter[urn]=10000", ()),
    QueryCase("filter[cohort]=2025&filter[urn]=", _BOTH),
    QueryCase("filter[cohort]=&filter[urn]=100001", ()),
    QueryCase("filter[cohort]=2025&filter[urn]=100001&page[page]=2&page[per_page]=1", ()),
    QueryCase("filter[cohort]=2025&filter[urn]=100001&filter[updated_since]=2099-01-01", ()),
    QueryCase("filter[cohort]=2025&sort=-created_at", ("new", "old")),
    QueryCase("filter[cohort]=2025&sort=-created_at&page[page]=2&page[per_page]=1", ("old",)),
)


@probe("Schools are found by one cohort and one URN, each by its leading digits.", "getSchools")
def schools_filtered(bench: Bench, operation: str) -> None:
    old = bench.control.v3.add_school(urn="100001").id
    bench.tick()
    new = bench.control.v3.add_school(urn="100002").id
    _found(bench, operation, _SCHOOLS, {"old": old, "new": new})
    for cohort, status in (("", 404), ("abc", 404), ("2019", 404), ("2025,2024", 200), ("2025abc", 200)):
        bench.own.raw("GET", f"/api/v3/schools/{old}?filter[cohort]={cohort}")
        bench.own.status(status, f"the single school of cohort {cohort!r}")


_STATUSES: Final = (
    QueryCase("filter[training_status]=active", ("active", "both roles")),
    # Somebody deferred and withdrawn since is both (rules 2.4, precisely).
    QueryCase("filter[training_status]=deferred", ("deferred", "both")),
    QueryCase("filter[training_status]=withdrawn", ("withdrawn", "both", "both roles")),
    QueryCase("filter[training_status]=left", ()),
    QueryCase("filter[training_status]=active,deferred", ()),
    QueryCase("filter[training_status]=Active", ()),
    QueryCase("filter[training_status]=", ("active", "deferred", "withdrawn", "both", "both roles")),
    QueryCase("filter[training_status]=withdrawn&filter[cohort]=2025", ("withdrawn", "both", "both roles")),
    QueryCase("filter[training_status]=withdrawn&filter[cohort]=2024", ("both roles",)),
    QueryCase("filter[training_status]=withdrawn&page[per_page]=1&page[page]=2", ("both",)),
    QueryCase("filter[training_status]=deferred&filter[updated_since]=2099-01-01", ()),
    QueryCase("filter[training_status]=deferred&filter[updated_since]=2020-01-01", ("deferred", "both")),
    QueryCase("filter[training_status]=withdrawn&sort=-created_at", ("both roles", "both", "withdrawn")),
)


@probe(
    "filter[training_status] finds whom either role fits, and looks behind a withdrawal.",
    "getParticipants",
)
def participants_by_status(bench: Bench, operation: str) -> None:
    own, known = bench.own, dict[str, str]()
    for name in ("active", "deferred", "withdrawn", "both"):
        known[name] = bench.trained()
        bench.tick()
    ect: Any = {"course_identifier": COURSES["ect"], "reason": "other"}
    for action, names in (("deferParticipant", ("deferred", "both")), ("withdrawParticipant", ("withdrawn", "both"))):
        for name in names:
            own.accepted(action, known[name], body=body(**ect))
    # An ECT of 2024 who is withdrawn, and mentors in 2025.
    two = known["both roles"] = bench.trained(cohort="2024", started_on="2024-09-01")
    bench.trained("mentor", participant_id=two)
    own.accepted("withdrawParticipant", two, body=body(**ect))
    _found(bench, operation, _STATUSES, known)


_FORMER: Final = (
    QueryCase("filter[from_participant_id]={gone}", ("survivor",)),
    QueryCase("filter[from_participant_id]={survivor}", ()),
    QueryCase("filter[from_participant_id]=abc", ()),
    QueryCase("filter[from_participant_id]={gone},{survivor}", ()),
    QueryCase("filter[from_participant_id]=", ("survivor", "other")),
    QueryCase("filter[from_participant_id]={gone}&filter[cohort]=2025", ("survivor",)),
    QueryCase("filter[from_participant_id]={gone}&filter[cohort]=2021", ()),
    QueryCase("filter[from_participant_id]={gone}&filter[training_status]=deferred", ()),
    QueryCase("filter[from_participant_id]={gone}&filter[updated_since]=2099-01-01", ()),
    QueryCase("filter[from_participant_id]={gone}&page[page]=2", ()),
)


@probe("filter[from_participant_id] finds who took over the id.", "getParticipants")
def participants_by_former_id(bench: Bench, operation: str) -> None:
    school = bench.control.v3
    gone = bench.trained(cohort="2024", started_on="2024-09-01")
    school.depart(gone, role="ect", on="2025-07-20")
    survivor = bench.trained()
    school.merge(gone, survivor)
    bench.tick()
    known = {"survivor": survivor, "other": bench.trained()}
    _found(bench, operation, _FORMER, known, gone=gone)
    bench.own.send("getParticipant", gone)
    bench.own.status(404, "the merged-away id is unknown")


PROBES: Final = (
    odd_queries,
    odd_moments,
    filters_everywhere,
    schools_need_a_cohort,
    single_records_ignore_filters,
    participants_by_cohort,
    others_by_cohort,
    organisations_by_cohort,
    declarations_filtered,
    partnerships_filtered,
    schools_filtered,
    participants_by_status,
    participants_by_former_id,
)
