"""What the bodies of requests and answers hold. A body of another shape holds nothing: clients may send anything."""

from collections.abc import Mapping
from typing import Any

import orjson

from mock_server.http.exchange import Answer


def attributes_of(body: bytes) -> Mapping[str, Any]:
    """The members of `data.attributes`."""
    attributes = _data(body).get("attributes")
    return attributes if isinstance(attributes, dict) else {}


def record_in(answer: Answer) -> Mapping[str, Any]:
    """The id and the attributes of the record in a successful answer."""
    if answer.status != 200:
        return {}
    data = _data(answer.body)
    return {"id": data.get("id"), **data.get("attributes", {})} if data else {}


def _data(body: bytes) -> Mapping[str, Any]:
    try:
        data = orjson.loads(body)["data"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return {}
    return data if isinstance(data, dict) else {}
