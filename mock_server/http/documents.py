"""The envelope of both services' records: `{"data": {"id", "type", "attributes"}}`, and lists of them."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson

# Moments are UTC to the second with a `Z`; orjson writes dates as `YYYY-MM-DD` by itself.
_MOMENTS: Final = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS


def rendering(id: str, kind: str, attributes: Mapping[str, Any]) -> bytes:
    """One record as JSON, its attributes in their order; worth keeping until the record changes."""
    record = orjson.dumps({"id": id, "type": kind, "attributes": attributes}, None, _MOMENTS)
    # orjson returns a buffer far larger than its text; the copy is what it weighs.
    return bytes(memoryview(record))


def single(record: bytes) -> bytes:
    """The body of an answer about one rendered record."""
    return b'{"data":' + record + b"}"


def listing(records: Iterable[bytes]) -> bytes:
    """The body of an answer with these rendered records."""
    parts = list(records)
    if not parts:
        return b'{"data":[]}'
    # Brackets go around the outer records and not around the whole: a page can have megabytes to copy.
    parts[0] = b'{"data":[' + parts[0]
    parts[-1] += b"]}"
    return b",".join(parts)
