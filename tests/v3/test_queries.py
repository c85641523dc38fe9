"""Reading v3's query and its header, rules 2.4, 2.5, 2.6 and 2.9."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from mock_server.http.contract import operations
from mock_server.http.exchange import Refused
from mock_server.resources import specification
from mock_server.v3.domain.lists import Sort
from mock_server.v3.queries import NO_QUERY, READERS, Query, documented, read_query, read_server_date

ASKED = {operation.id: documented(operation) for operation in operations(specification("v3"))}
ONE = "e2b64f19-8d3a-4c70-a5f1-06c9b7e8d243"
OTHER = "3fa8d507-c4e1-49b6-b80d-9e27f6a1c354"


def read(operation_id: str, query: str) -> Query:
    return read_query(query.encode(), ASKED[operation_id])


def refusal(operation_id: str, query: str) -> list[tuple[str, str]]:
    """Title and detail of each entry of the 400 that the query is answered with."""
    with pytest.raises(Refused) as refused:
        read(operation_id, query)
    assert refused.value.answer.status == 400
    return [(entry["title"], entry["detail"]) for entry in orjson.loads(refused.value.answer.body)["errors"]]


def test_every_query_parameter_of_the_contract_has_a_reader() -> None:
    keys = {p["name"] for o in operations(specification("v3")) for p in o.parameters if p["in"] == "query"}
    assert keys == set(READERS)


def test_a_request_without_a_query_gets_the_defaults() -> None:
    """Rules 2.6: 100 on a page."""
    assert read("getParticipants", "") == NO_QUERY
    assert (NO_QUERY.page, NO_QUERY.per_page) == (1, 100)


@pytest.mark.parametrize("operation_id", ["getParticipants", "getParticipant", "getStatement", "voidDeclaration"])
@pytest.mark.parametrize("query", ["filter=abc", "filter=", "filter", "filter[]=2025", "filter[cohort][]=2025"])
def test_a_filter_that_is_no_set_of_pairs_is_refused_by_every_operation(operation_id: str, query: str) -> None:
    """Rules 2.4, row 1."""
    ((title, detail),) = refusal(operation_id, query)
    assert title == "Bad parameter"
    assert "must be a hash" in detail


@pytest.mark.parametrize("query", ["", "filter[urn]=123456", "cohort=2025"])
@pytest.mark.parametrize("operation_id", ["getSchools", "getSchool"])
def test_schools_without_a_cohort_are_refused(operation_id: str, query: str) -> None:
    """Rules 2.4, row 2."""
    ((title, detail),) = refusal(operation_id, query)
    assert title == "Bad parameter"
    assert "#/cohort" in detail


@pytest.mark.parametrize(
    ("query", "cohort"),
    [
        ("filter[cohort]=2024", "2024"),
        ("filter%5Bcohort%5D=2024", "2024"),
        ("filter[cohort]=2024,2025", "2024"),
        ("filter[cohort]=2024abc", "2024"),
        ("filter[cohort]=abc", ""),
        ("filter[cohort]=", ""),
        ("filter[cohort]=2024&filter[cohort]=2025", "2025"),
    ],
)
def test_the_schools_read_the_leading_digits_of_one_cohort(query: str, cohort: str) -> None:
    """Rules 2.4: an empty text fits no school."""
    assert read("getSchools", query).cohort == cohort


@pytest.mark.parametrize(
    ("value", "urn"), [("123456", "123456"), ("123456,x", "123456"), ("x123456", ""), ("", None), ("%20", None)]
)
def test_a_urn_is_read_by_its_leading_digits(value: str, urn: str | None) -> None:
    """Rules 2.4."""
    assert read("getSchools", f"filter[cohort]=2025&filter[urn]={value}").urn == urn


@pytest.mark.parametrize(
    ("value", "cohorts"),
    [
        ("2024", {"2024"}),
        ("2024,2025", {"2024", "2025"}),
        ("2024,abc", {"2024"}),
        ("2024,%202025", {"2024"}),
        ("2024,,", {"2024"}),
        ("abc", set()),
        (",", set()),
        ("", None),
        ("%20", None),
    ],
)
def test_cohorts_that_are_no_years_are_dropped(value: str, cohorts: set[str] | None) -> None:
    """Rules 2.4: nothing left is an empty list, blank is as not given."""
    found = read("getParticipants", f"filter[cohort]={value}").cohorts
    assert found == (None if cohorts is None else frozenset(cohorts))


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (ONE, {ONE}),
        (ONE.upper(), {ONE}),
        (f"{ONE},{OTHER}", {ONE, OTHER}),
        (f"{ONE},%20{OTHER}", {ONE}),
        (f"{ONE},1", {ONE}),
        ("1", set()),
        ("", None),
    ],
)
@pytest.mark.parametrize(
    ("operation_id", "key", "member"),
    [
        ("getDeclarations", "participant_id", "participant_ids"),
        ("getDeclarations", "delivery_partner_id", "delivery_partner_ids"),
        ("getPartnerships", "delivery_partner_id", "delivery_partner_ids"),
    ],
)
def test_ids_that_are_no_uuids_are_dropped(
    operation_id: str, key: str, member: str, value: str, ids: set[str] | None
) -> None:
    """Rules 2.4."""
    found = getattr(read(operation_id, f"filter[{key}]={value}"), member)
    assert found == (None if ids is None else frozenset(ids))


@pytest.mark.parametrize(("value", "id"), [(OTHER, OTHER), ("nobody", ""), ("", None)])
def test_a_former_id_that_is_no_uuid_fits_nobody(value: str, id: str | None) -> None:
    """Rules 2.4."""
    assert read("getParticipants", f"filter[from_participant_id]={value}").from_participant_id == id


@pytest.mark.parametrize(("value", "status"), [("deferred", "deferred"), ("left", "left"), ("", None)])
def test_any_word_is_taken_for_a_training_status(value: str, status: str | None) -> None:
    """Rules 2.4: a word that is none gives an empty list."""
    assert read("getParticipants", f"filter[training_status]={value}").training_status == status


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-01-13T11:21:55Z", datetime(2026, 1, 13, 11, 21, 55, tzinfo=UTC)),
        ("2026-01-13T11%3A21%3A55Z", datetime(2026, 1, 13, 11, 21, 55, tzinfo=UTC)),
        ("2026-07-13T11:21:55", datetime(2026, 7, 13, 11, 21, 55, tzinfo=UTC)),
        ("2026-07-13", datetime(2026, 7, 13, tzinfo=UTC)),
        ("2026-01-13T11:21:55.25Z", datetime(2026, 1, 13, 11, 21, 55, tzinfo=UTC)),
        ("2026-01-13T11:21:55-05:00", datetime(2026, 1, 13, 16, 21, 55, tzinfo=UTC)),
        # Encoded twice: what remains after one decoding is decoded again.
        ("2026-01-13T12:21:55%252B01%3A00", datetime(2026, 1, 13, 11, 21, 55, tzinfo=UTC)),
        ("2026-01-13T12%253A21%253A55%252B01%253A00", datetime(2026, 1, 13, 11, 21, 55, tzinfo=UTC)),
        ("", None),
    ],
)
def test_a_readable_moment_is_read(value: str, moment: datetime | None) -> None:
    """Rules 2.4: without a zone it is UTC, and a date alone is its midnight in UTC."""
    assert read("getParticipants", f"filter[updated_since]={value}").updated_since == moment


@pytest.mark.parametrize("value", ["2026-01-13T12:21:55%2B01:00", "2026-01-13T12:21:55+01:00"])
def test_an_offset_with_a_plus_is_lost_in_the_second_decoding(value: str) -> None:
    """Rules 2.4: the trap; the detail says what to send."""
    ((title, detail),) = refusal("getStatements", f"filter[updated_since]={value}")
    assert title == "Bad request"
    assert "#/updated_since" in detail
    assert "decodes the value twice" in detail


@pytest.mark.parametrize("value", ["yesterday", "2026-02-30T00:00:00Z", "2026-01-13T11:21Z", "2026", "1768303315"])
def test_an_unreadable_moment_is_refused(value: str) -> None:
    """Rules 2.4, and its decision on days that the calendar lacks."""
    ((title, detail),) = refusal("getPartnerships", f"filter[updated_since]={value}")
    assert title == "Bad request"
    assert "#/updated_since" in detail


def test_an_operation_ignores_what_it_does_not_document() -> None:
    """Rules 2.1: single GETs ignore all filters, even an unreadable moment."""
    assert read("getParticipant", "filter[updated_since]=yesterday&sort=created_at&page=2") == NO_QUERY
    assert read("getDeliveryPartners", "filter[updated_since]=yesterday") == NO_QUERY
    assert read("getDeclarations", "sort=-updated_at") == NO_QUERY
    assert read("getStatements", "sort=-updated_at") == NO_QUERY
    assert read("getParticipants", "filters[cohort]=2025") == NO_QUERY


@pytest.mark.parametrize(
    ("value", "sort"),
    [
        ("created_at", [("created_at", False)]),
        ("-created_at", [("created_at", True)]),
        ("%2Bupdated_at", [("updated_at", False)]),
        # A plus that wasn't encoded arrives as a space, and that part is ignored.
        ("+updated_at", []),
        ("-updated_at,created_at", [("updated_at", True), ("created_at", False)]),
        ("trn,-updated_at", [("updated_at", True)]),
        ("trn", []),
        ("", []),
    ],
)
def test_a_sort_skips_what_it_does_not_know(value: str, sort: list[tuple[str, bool]]) -> None:
    """Rules 2.5: no error ever."""
    assert list(read("getParticipants", f"sort={value}").sort) == [Sort(*part) for part in sort]


@pytest.mark.parametrize(
    ("query", "page", "per_page"),
    [
        ("page[page]=3", 3, 100),
        ("page[per_page]=10", 1, 10),
        ("page[per_page]=3000", 1, 3000),
        ("page[per_page]=3001", 1, 3000),
        (f"page[per_page]={'9' * 5000}", 1, 3000),
        ("page[page]=007", 7, 100),
    ],
)
def test_pages_are_read(query: str, page: int, per_page: int) -> None:
    """Rules 2.6."""
    found = read("getStatements", query)
    assert (found.page, found.per_page) == (page, per_page)


@pytest.mark.parametrize("value", ["", "%20", "0", "-1", "abc", "10abc", "1.8", "1_0", "%2B1", "٣"])
@pytest.mark.parametrize("key", ["page", "per_page"])
def test_a_page_that_is_no_whole_number_from_1_is_refused(key: str, value: str) -> None:
    """Rules 2.6, and its decision on leading digits; a blank value isn't a number either."""
    ((title, detail),) = refusal("getStatements", f"page[{key}]={value}")
    assert title == "Bad request"
    assert key in detail


@pytest.mark.parametrize("query", ["page=2", "page=", "page[]=2"])
def test_a_page_that_is_no_set_of_pairs_is_refused(query: str) -> None:
    """Rules 2.6: the mock's decision."""
    ((title, _),) = refusal("getDeclarations", query)
    assert title == "Bad parameter"


@pytest.mark.parametrize(
    ("header", "moment"),
    [
        ("2027-01-10T10:42:00Z", datetime(2027, 1, 10, 10, 42, tzinfo=UTC)),
        ("2026-07-10T10:42:00.9Z", datetime(2026, 7, 10, 10, 42, tzinfo=UTC)),
        ("2026-07-10T10:42:00+01:00", datetime(2026, 7, 10, 9, 42, tzinfo=UTC)),
        # A date alone is midnight in London, and a moment without a zone is London's too.
        ("2026-07-10", datetime(2026, 7, 9, 23, 0, tzinfo=UTC)),
        ("2026-01-10", datetime(2026, 1, 10, 0, 0, tzinfo=UTC)),
        ("2026-07-10T10:42:00", datetime(2026, 7, 10, 9, 42, tzinfo=UTC)),
    ],
)
def test_a_server_date_is_a_moment_to_the_second(header: str, moment: datetime) -> None:
    """Rules 2.9."""
    assert read_server_date({b"x-with-server-date": header.encode()}) == moment


@pytest.mark.parametrize("header", ["", "tomorrow", "2026-02-30", "10 July 2026", "2026-07-10 10:42:00"])
def test_an_unreadable_server_date_is_refused(header: str) -> None:
    """Rules 2.9: the service falls over; the mock answers 400."""
    with pytest.raises(Refused) as refused:
        read_server_date({b"x-with-server-date": header.encode()})
    errors: list[dict[str, Any]] = orjson.loads(refused.value.answer.body)["errors"]
    assert refused.value.answer.status == 400
    assert [error["title"] for error in errors] == ["Bad request"]


def test_without_the_header_there_is_no_server_date() -> None:
    assert read_server_date({}) is None
