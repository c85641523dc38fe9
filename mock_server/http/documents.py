"""The envelopes of both services: `{"data": {"id", "type", "attributes"}}`, lists of them, and lists of errors."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson

# Moments are in UTC, to the second, with a `Z`. orjson writes dates as `YYYY-MM-DD` by itself.
_MOMENTS: Final = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS


def rendering(id: str, kind: str, attributes: Mapping[str, Any]) -> bytes:
    """One record as JSON, with its attributes in the given order. Keep it until the record changes."""
    record = orjson.dumps({"id": id, "type": kind, "attributes": attributes}, None, _MOMENTS)
    # orjson returns a buffer far larger than its text. The copy is only as large as the text.
    return bytes(memoryview(record))


def single(record: bytes) -> bytes:
    """The body of an answer about one rendered record."""
    return b'{"data":' + record + b"}"


def listing(records: Iterable[bytes]) -> bytes:
    """The body of an answer with these rendered records."""
    parts = list(records)
    if not parts:
        return b'{"data":[]}'
    # We add the brackets to the first and last record, because a page can have megabytes to copy.
    parts[0] = b'{"data":[' + parts[0]
    parts[-1] += b"]}"
    return b",".join(parts)


def error_list(errors: Iterable[tuple[str, str]]) -> bytes:
    """`{"errors": [{"title": …, "detail": …}, …]}` for (title, detail) pairs."""
    return orjson.dumps({"errors": [{"title": title, "detail": detail} for title, detail in errors]})
