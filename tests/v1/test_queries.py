"""The query of the lists and the header X-With-Server-Date: what is taken, what is refused (rules 4 and 5.3)."""

from datetime import UTC, datetime

import orjson
import pytest

from mock_server.http.contract import operations
from mock_server.http.exchange import Refused
from mock_server.resources import specification
from mock_server.v1.queries import NO_PARAMETERS, Parameters, documented_keys, read_query, read_server_date

FILTER = frozenset({"filter[cohort]", "filter[updated_since]", "filter[participant_id]"})
BOTH = {"filter": FILTER, "page": frozenset({"page[page]", "page[per_page]"})}
NINE = datetime(2021, 11, 20, 9, tzinfo=UTC)
ID = "0ad5b8c1-7a2f-4f0e-9d6b-3c1e5a8f2b47"


def refusal(query: bytes) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        read_query(query, BOTH)
    assert refused.value.answer.status == 400
    [error] = orjson.loads(refused.value.answer.body)["errors"]
    return error["title"], error["detail"]


def test_what_each_operation_documents_comes_from_the_contract() -> None:
    keys = {operation.id: documented_keys(operation) for operation in operations(specification("v1"))}
    participants = {"filter": {"filter[cohort]", "filter[updated_since]"}}
    declarations = {"filter": {"filter[participant_id]", "filter[updated_since]"}}
    page = {"page": {"page[page]", "page[per_page]"}}
    assert keys["listEcfParticipants"] == keys["listParticipants"] == participants | page
    assert keys["listEcfParticipantsCsv"] == keys["listParticipantsCsv"] == participants
    assert keys["listParticipantDeclarations"] == declarations | page
    assert keys["listParticipantDeclarationsCsv"] == declarations
    assert keys["getEcfParticipant"] == participants
    for action in ("defer", "resume", "withdraw"):
        assert keys[f"{action}Participant"] == keys[f"{action}EcfParticipant"] == {"filter": frozenset()}
    assert keys["createParticipantDeclaration"] == keys["getParticipantDeclaration"] == {}


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        (b"filter[cohort]=2021", Parameters(cohorts=frozenset({"2021"}))),
        (b"filter%5Bcohort%5D=2021%2C2022", Parameters(cohorts=frozenset({"2021", "2022"}))),
        (b"filter[cohort]=2021, 2022", Parameters(cohorts=frozenset({"2021", "2022"}))),
        (b"filter[cohort]=2021&filter[cohort]=2022", Parameters(cohorts=frozenset({"2022"}))),
        (b"filter[updated_since]=2021-11-20T09:00:00Z", Parameters(updated_since=NINE)),
        (b"filter[updated_since]=2021-11-20T10:00:00%2B01:00", Parameters(updated_since=NINE)),
        (b"filter[updated_since]=2021-11-20", Parameters(updated_since=NINE.replace(hour=0))),
        (b"filter[updated_since]=2021-11-20T09:00:00", Parameters(updated_since=NINE)),
        (
            b"filter[updated_since]=2021-11-20T10%253A00%253A00%252B01%253A00",
            Parameters(updated_since=NINE),
        ),
        (b"filter[participant_id]=" + ID.upper().encode(), Parameters(participant_id=ID)),
        (b"page[page]=2&page[per_page]=50", Parameters(page=2, per_page=50)),
        (b"page[page]=0002", Parameters(page=2)),
        (b"page[per_page]=3000", Parameters(per_page=3000)),
        (b"page[per_page]=3001", Parameters(per_page=3000)),
        (b"page[per_page]=" + b"9" * 10_000, Parameters(per_page=3000)),
        (b"page[page]=" + b"9" * 10_000, Parameters(page=10**18)),
        (b"&&page[page]=2&", Parameters(page=2)),
    ],
)
def test_a_query_is_read(query: bytes, parameters: Parameters) -> None:
    assert read_query(query, BOTH) == parameters


@pytest.mark.parametrize(
    "query",
    [
        b"",
        b"filter[cohort]=",
        b"filter[cohort]=%20",
        b"filter[cohort]=2021&filter[cohort]=",
        b"filter[updated_since]=&filter[participant_id]=",
        b"filter[unknown]=x&page[size]=0",
        b"filters[cohort]=2021&pages[page]=0&Filter[cohort]=2021&xfilter[cohort]=1",
        b"sort=name&cohort=2021&page%00=x",
        b"=filter[cohort]",
        b"%FF%FE=%FF",
    ],
)
def test_blank_filters_and_unknown_keys_are_passed_over(query: bytes) -> None:
    assert read_query(query, BOTH) == NO_PARAMETERS


@pytest.mark.parametrize(
    "query",
    [
        b"filter=abc",
        b"filter=",
        b"filter",
        b"page=",
        b"filter[]=",
        b"filter=abc&filter[cohort]=2021",
        b"page=2",
        b"filter[]=x",
        b"filter[cohort][]=x",
        b"filter%5Bcohort%5D%5B%5D=x",
        b"filter[cohort][a]=x",
        b"filter[cohort=x",
        b"filter[cohort]x=x",
        b"filter[[cohort]]=x",
        b"page[page][]=1",
    ],
)
def test_a_filter_or_page_that_is_no_set_of_pairs_is_a_bad_parameter(query: bytes) -> None:
    assert refusal(query)[0] == "Bad parameter"


@pytest.mark.parametrize(
    "value", ["", "%20", "0", "000", "-1", "+1", "%2B1", "1_0", "1.0", "1e3", "10abc", "0x1", "٣", "²", "1%00"]
)
@pytest.mark.parametrize("name", ["page[page]", "page[per_page]"])
def test_a_page_number_is_a_positive_whole_number_in_plain_digits(name: str, value: str) -> None:
    """Rules 4: a blank one is refused like any other."""
    title, detail = refusal(f"{name}={value}".encode())
    assert title == "Bad request"
    assert name in detail


@pytest.mark.parametrize(
    "value",
    [
        "yesterday",
        "2021-13-01",
        "2021-02-29",
        "2021-11-20T09:00Z",
        "2021-12-31T23:59:60Z",
        "0000-01-01",
        "9999-12-31T23:59:59-01:00",
        "%FF",
        "%00",
        "%25FF",
        "9" * 5000,
    ],
)
def test_an_unreadable_moment_is_refused(value: str) -> None:
    title, detail = refusal(f"filter[updated_since]={value}".encode())
    assert title == "Bad request"
    assert "filter[updated_since]" in detail
    assert len(detail) < 300


def test_a_plus_that_was_not_encoded_is_refused_and_the_detail_says_how_to_send_it() -> None:
    title, detail = refusal(b"filter[updated_since]=2021-11-20T09:00:00+01:00")
    assert title == "Bad request"
    assert "%2B" in detail


@pytest.mark.parametrize("value", ["x", ID[:-1], ID + "0", "{" + ID + "}", ID.replace("-", ""), "%00" * 36])
def test_a_participant_id_must_be_a_uuid(value: str) -> None:
    assert refusal(f"filter[participant_id]={value}".encode())[0] == "Bad request"


@pytest.mark.parametrize("query", [b"page=2", b"page[page]=abc", b"filter[cohort][]=x", b"filter[updated_since]=x"])
def test_what_the_operation_does_not_document_is_not_looked_at(query: bytes) -> None:
    assert read_query(query, {}) == NO_PARAMETERS
    if query.startswith(b"page"):
        assert read_query(query, {"filter": FILTER}) == NO_PARAMETERS


def test_the_server_date_is_read_from_its_header() -> None:
    assert read_server_date({}) is None
    assert read_server_date({b"x-with-server-date": b" 2021-11-20T10:00:00+01:00 "}) == NINE


def test_a_date_alone_in_the_server_date_is_its_midnight_in_utc() -> None:
    """Rules 3."""
    assert read_server_date({b"x-with-server-date": b"2021-11-20"}) == NINE.replace(hour=0)


@pytest.mark.parametrize("value", [b"", b"2021-11-31", b"now", b"\xff\x00", b"0000-01-01T00:00:00Z", b"9" * 9000])
def test_an_unreadable_server_date_is_refused_by_its_name(value: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read_server_date({b"x-with-server-date": value})
    [error] = orjson.loads(refused.value.answer.body)["errors"]
    assert error["title"] == "Bad request"
    assert "X-With-Server-Date" in error["detail"]
