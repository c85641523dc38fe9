"""Request bodies: how they come in, and what is read from them (rules 3 and 4)."""

import asyncio
from collections.abc import Iterable
from time import monotonic
from typing import Any

import pytest

from mock_server.http.bodies import (
    BodyLimits,
    BodyTooLarge,
    BodyTooSlow,
    Disconnected,
    UnreadableBody,
    media_type_and_charset,
    read_attributes,
    receive_body,
)
from mock_server.v1.checks import MEDIA_TYPES

SMALL = BodyLimits(max_bytes=10, timeout=5)


def detail_of(body: bytes, content_type: bytes | None = b"application/json") -> str:
    with pytest.raises(UnreadableBody) as unreadable:
        read_attributes(body, content_type, MEDIA_TYPES)
    return str(unreadable.value)


class Connection:
    """Reports `events` one by one, and counts how many were asked for."""

    def __init__(self, events: Iterable[dict[str, Any]]) -> None:
        self.events = iter(events)
        self.asked = 0

    async def __call__(self) -> dict[str, Any]:
        self.asked += 1
        return next(self.events)


def part(body: bytes, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_a_body_is_put_together_from_its_parts() -> None:
    connection = Connection([part(b"123"), part(b""), part(b"45"), part(b"", more=False)])
    assert await receive_body({}, connection, SMALL) == b"12345"


@pytest.mark.parametrize("length", [b"11", b"1073741824", b"9" * 5000])
async def test_a_body_announced_as_too_large_is_refused_before_anything_is_read(length: bytes) -> None:
    connection = Connection([])
    with pytest.raises(BodyTooLarge):
        await receive_body({b"content-length": length}, connection, SMALL)
    assert connection.asked == 0


@pytest.mark.parametrize("length", [b"", b"-1", b"abc", b"1_0", b"\xb2", b"10, 10"])
async def test_an_absurd_length_is_no_length(length: bytes) -> None:
    connection = Connection([part(b"{}", more=False)])
    assert await receive_body({b"content-length": length}, connection, SMALL) == b"{}"


async def test_a_body_without_length_is_refused_as_soon_as_it_passes_the_limit() -> None:
    connection = Connection([part(b"12345678"), part(b"12345678"), part(b"12345678")])
    with pytest.raises(BodyTooLarge):
        await receive_body({}, connection, SMALL)
    assert connection.asked == 2


async def test_a_body_of_exactly_the_limit_is_taken_and_one_byte_more_is_not() -> None:
    assert await receive_body({}, Connection([part(b"1234567890", more=False)]), SMALL) == b"1234567890"
    with pytest.raises(BodyTooLarge):
        await receive_body({}, Connection([part(b"12345678901", more=False)]), SMALL)


async def test_a_client_that_goes_away_is_noticed_at_once_and_half_way() -> None:
    gone = {"type": "http.disconnect"}
    for events in ([gone], [part(b"12"), gone]):
        with pytest.raises(Disconnected):
            await receive_body({}, Connection(events), SMALL)


async def test_a_body_that_never_ends_is_given_up() -> None:
    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.02)
        return part(b"")

    began = monotonic()
    with pytest.raises(BodyTooSlow):
        await receive_body({}, receive, BodyLimits(max_bytes=10, timeout=0.1))
    assert monotonic() - began > 0.05


def test_only_scalar_attributes_are_read() -> None:
    body = b'{"data": {"attributes": {"a": "x", "b": null, "c": 1, "d": true, "e": {"f": 1}, "g": [1]}}}'
    assert read_attributes(body, b"application/json", MEDIA_TYPES) == {"a": "x", "b": None, "c": 1, "d": True}


@pytest.mark.parametrize(
    "data", [b'{"type": "x"}', b'{"attributes": null}', b'{"attributes": []}', b'{"attributes": "x"}']
)
def test_data_without_attributes_has_empty_ones(data: bytes) -> None:
    assert read_attributes(b'{"data": ' + data + b"}", b"application/json", MEDIA_TYPES) == {}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"  ", "empty"),
        (b"{", "JSON"),
        (b"null", "null"),
        (b"[]", "an array"),
        (b'"data"', "a string"),
        (b"1", "a number"),
        (b"true", "a boolean"),
        (b"{}", "#/data"),
        (b'{"data": null}', "#/data"),
        (b'{"data": []}', "#/data"),
        (b'{"data": {}}', "#/data"),
        (b'{"data": "x"}', "#/data"),
        (b'\xef\xbb\xbf{"data": {"type": "x"}}', "byte order mark"),
    ],
)
def test_a_body_that_is_no_object_with_something_in_data_is_refused(body: bytes, says: str) -> None:
    assert says in detail_of(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"data": {"attributes": {"a": "\xff"}}}',
        b'{"data": {"attributes": {"a": "\x00"}}}',
        b'{"data": {"attributes": {"a": "\\ud800"}}}',
        b'{"data": {"attributes": {"a": NaN}}}',
        b'{"data": {"attributes": {"a": 1e400}}}',
        b'{"data": {"attributes": {"a": 01}}}',
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"data":' * 100_000 + b"1" + b"}" * 100_000,
        b"\xff\xfe{\x00}\x00",
        b"data=x",
        b'{"data": {"type": "x"}} {}',
    ],
    ids=lambda body: repr(body[:20]),
)
def test_a_body_that_is_no_json_is_refused(body: bytes) -> None:
    assert "JSON" in detail_of(body)


def test_of_equal_keys_the_last_counts() -> None:
    body = b'{"data": {"attributes": {"a": 1}}, "data": {"attributes": {"a": 2, "a": 3}}}'
    assert read_attributes(body, b"application/json", MEDIA_TYPES) == {"a": 3}


def test_escaped_nul_and_foreign_text_are_only_text() -> None:
    body = '{"data": {"attributes": {"a": "\\u0000", "ø": "\\ud83d\\ude00"}}}'.encode()
    assert read_attributes(body, b"application/json", MEDIA_TYPES) == {"a": "\x00", "ø": "😀"}


@pytest.mark.parametrize(
    "content_type",
    [
        b"application/json",
        b"Application/JSON",
        b"application/vnd.api+json",
        b"application/vnd.api+json; ext=x",
        b"application/json;charset=utf-8",
        b'application/json; charset="UTF-8"',
        b"application/json ; Charset=utf8 ; x=y",
        b"application/json;",
    ],
)
def test_both_media_types_are_taken_however_they_are_written(content_type: bytes) -> None:
    assert read_attributes(b'{"data": {"attributes": {"a": 1}}}', content_type, MEDIA_TYPES) == {"a": 1}


@pytest.mark.parametrize("content_type", [None, b"", b" ", b";charset=utf-8"])
def test_a_missing_content_type_is_named(content_type: bytes | None) -> None:
    assert "content type" in detail_of(b'{"data": {"type": "x"}}', content_type)


@pytest.mark.parametrize(
    "content_type",
    [
        b"text/plain",
        b"application/x-www-form-urlencoded",
        b"multipart/form-data; boundary=x",
        b"application/jsonp",
        b"application/json, text/plain",
        b"*/*",
        b"json",
        b"\xff\xfe",
        b"x" * 9000,
    ],
)
def test_another_content_type_is_named(content_type: bytes) -> None:
    detail = detail_of(b'{"data": {"type": "x"}}', content_type)
    assert content_type[:4].decode("latin-1").split(";")[0] in detail
    assert len(detail) < 300


@pytest.mark.parametrize("charset", [b"latin-1", b"iso-8859-1", b"utf-16", b"x-unknown", b'"utf-16"', b""])
def test_a_charset_other_than_utf_8_is_refused(charset: bytes) -> None:
    assert "UTF-8" in detail_of(b'{"data": {"type": "x"}}', b"application/json; charset=" + charset)


def test_a_charset_is_only_what_is_called_so() -> None:
    assert media_type_and_charset(b"application/json; xcharset=latin-1") == ("application/json", "utf-8")
