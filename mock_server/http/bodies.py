"""Reads request bodies from the connection, within limits of size and time, and reads `data.attributes` from them.

The contract is strict and the server lenient. It refuses here only a body without an object in `data`.
The service's rules judge the attributes.
"""

import asyncio
import re
from collections.abc import Generator, Mapping, Sequence, Set
from dataclasses import dataclass
from types import coroutine
from typing import Any

import orjson
from starlette.types import Message, Receive

_CHARSET = re.compile(r'(?:^|;)\s*charset\s*=\s*(?:"([^"]*)"|([^\s;]*))')


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How large a body may be, and how many seconds it may take to arrive."""

    max_bytes: int = 1024 * 1024
    timeout: float = 10.0


class BodyTooLarge(Exception):
    """The body is larger than the limit, or its announced length is."""


class BodyTooSlow(Exception):
    """The body didn't arrive in time."""


class Disconnected(Exception):
    """The client went away before its body was complete."""


async def receive_body(headers: Mapping[bytes, bytes], receive: Receive, limits: BodyLimits) -> bytes:
    """The whole body.

    An announced length is checked before we read anything. Without one, we count while reading.

    Raises:
        BodyTooLarge, BodyTooSlow, Disconnected: as they say.
    """
    announced = headers.get(b"content-length", b"")
    # Any length of more than twenty digits is too large. int() would read millions of digits.
    if announced.isdigit() and (len(announced) > 20 or int(announced) > limits.max_bytes):
        raise BodyTooLarge
    message: Message | None = None
    waiting_for: object = None
    steps = receive().__await__()
    try:
        waiting_for = next(steps)
    except StopIteration as done:
        # Nearly every body arrives with its head. A timer would then cost more than everything else here.
        message = done.value
        if message["type"] == "http.request" and not message.get("more_body"):
            body: bytes = message.get("body", b"")
            if len(body) > limits.max_bytes:
                raise BodyTooLarge from None
            return body
    try:
        async with asyncio.timeout(limits.timeout):
            if message is None:
                message = await _resumed(steps, waiting_for)
            return await _receive_rest(message, receive, limits)
    except TimeoutError:
        raise BodyTooSlow from None


@coroutine
def _resumed(steps: Generator[Any, Any, Message], waiting_for: object) -> Generator[Any, Any, Message]:
    """The rest of an awaitable after its first step, in which it began to wait for `waiting_for`."""
    try:
        yield waiting_for
    except BaseException:
        steps.close()
        raise
    return (yield from steps)


async def _receive_rest(message: Message, receive: Receive, limits: BodyLimits) -> bytes:
    parts = []
    size = 0
    while True:
        if message["type"] == "http.disconnect":
            raise Disconnected
        part = message.get("body", b"")
        size += len(part)
        if size > limits.max_bytes:
            raise BodyTooLarge
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)
        message = await receive()


class UnreadableBody(Exception):
    """The body can't be used. The text is a sentence that says what is wrong with it."""


def read_attributes(
    body: bytes, content_type: bytes | None, media_types: Sequence[str], known: Set[str] | None = None
) -> dict[str, Any]:
    """The members of `data.attributes` that have a string, number, boolean or null.

    With `known`, the body must have at least one of these names. Without it, missing attributes give {}.

    Raises:
        UnreadableBody: the body has no `data`, or lacks what `known` asks for, or its content type is none of
            `media_types`.
    """
    if content_type is None or content_type.decode("latin-1") not in media_types:
        _check_content_type(content_type, media_types)
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnreadableBody(_why_unreadable(body, error)) from None
    if type(document) is not dict:
        raise UnreadableBody(f"The body must be a JSON object, not {_kind(document)}.")
    if "data" not in document:
        raise UnreadableBody("The body must have a member #/data with the request in it.")
    data = document["data"]
    if type(data) is not dict:
        raise UnreadableBody(f"#/data must be an object, not {_kind(data)}.")
    if not data:
        raise UnreadableBody("#/data must not be empty: it holds `type` and `attributes`.")
    attributes = data.get("attributes")
    if type(attributes) is not dict:
        if known is None:
            return {}
        given = f"not {_kind(attributes)}" if "attributes" in data else "and is missing"
        raise UnreadableBody(f"#/data/attributes must be an object, {given}.")
    read = {name: value for name, value in attributes.items() if type(value) is not dict and type(value) is not list}
    if known is not None and known.isdisjoint(read):
        raise UnreadableBody(f"#/data/attributes must have at least one of {', '.join(sorted(known))}.")
    return read


def media_type_and_charset(content_type: bytes | None) -> tuple[str, str]:
    """The media type and charset of a content type, in lower case; without a charset it is `utf-8`."""
    media_type, _, parameters = (content_type or b"").decode("latin-1").lower().partition(";")
    charset = _CHARSET.search(parameters)
    named = charset[1] or charset[2] if charset else "utf-8"
    return media_type.strip(), "utf-8" if named == "utf8" else named


def _check_content_type(content_type: bytes | None, media_types: Sequence[str]) -> None:
    accepted = " or ".join(media_types)
    media_type, charset = media_type_and_charset(content_type)
    if not media_type:
        raise UnreadableBody(f"The body counts as not sent, for want of a content type: send {accepted}.")
    if media_type not in media_types:
        detail = f"The body counts as not sent, for its content type is “{media_type[:100]}”: send {accepted}."
        raise UnreadableBody(detail)
    if charset != "utf-8":
        raise UnreadableBody(f"The content type says that the body is in “{charset[:40]}”: send UTF-8.")


def _why_unreadable(body: bytes, error: orjson.JSONDecodeError) -> str:
    if not body.strip():
        return "The body is empty: send a JSON object with a member #/data."
    if body.startswith(b"\xef\xbb\xbf"):
        return "The body starts with a byte order mark, which JSON doesn't have."
    return f"The body can't be read as JSON: {error.msg} (line {error.lineno}, column {error.colno})."


def _kind(value: object) -> str:
    names = {list: "an array", str: "a string", bool: "a boolean", int: "a number", float: "a number"}
    return names.get(type(value), "null")
