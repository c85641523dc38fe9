"""What the bodies of requests and answers hold. A body of another shape holds nothing: clients may send anything."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson

from mock_server.http.exchange import Answer


def attributes_of(body: bytes) -> Mapping[str, Any]:
    """The members of `data.attributes`."""
    attributes = _data(body).get("attributes")
    return attributes if isinstance(attributes, dict) else {}


def record_in(answer: Answer) -> Mapping[str, Any]:
    """The id and the attributes of the record in a successful answer."""
    return _record(answer.body) if answer.status == 200 else {}


@lru_cache(maxsize=1000)
def _record(body: bytes) -> Mapping[str, Any]:
    """Cached: clients get the same record again and again, and 10,000 copies take 9 MB."""
    data = _data(body)
    return {"id": data.get("id"), **data.get("attributes", {})} if data else {}


def _data(body: bytes) -> Mapping[str, Any]:
    try:
        data = orjson.loads(body)["data"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return {}
    return data if isinstance(data, dict) else {}
