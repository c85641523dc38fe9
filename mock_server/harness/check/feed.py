"""The values and the configuration for Schemathesis. The service's kit says which values its requests use."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mock_server.harness.check.bench import Bench
from mock_server.harness.exchange import Request
from mock_server.harness.scenarios.target import TIMEOUT_SECONDS
from mock_server.http.contract import Operation

OWN_USER, PEER_USER = "own", "peer"

# The name of values in the feed, and how often Schemathesis takes one instead of a generated value: from 0 to 1.
Binding = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Feed:
    """Values for parameters and attributes, by the name of what they are, such as an id of a participant."""

    values: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to generate requests to one service. Places are written as in `[parameters]` of Schemathesis."""

    # Adds records to the bench's sandbox that most of the requests can be about.
    populate: Callable[[Any], None]
    # Reads what the bench's lists show now.
    gather: Callable[[Any], Feed]
    # Where to use values, in every operation.
    everywhere: Mapping[str, Binding]
    # Where to use values in one operation.
    of_operation: Callable[[Operation], Mapping[str, Binding]]
    # Fixed values for places where the phase `coverage` would generate something that every server refuses.
    literally: Mapping[str, str]
    # Whether the request breaks only those parts of the contract that the server, in words, promises to forgive.
    forgiven: Callable[[Request], bool]


# Methods that a path may not have. TRACE is left out: a proxy before the server, such as nginx, answers it itself.
_UNEXPECTED_METHODS: Final = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "QUERY"]


def configuration(
    recipe: Recipe,
    feed: Feed,
    bench: Bench,
    folder: Path,
    *,
    phase: str,
    seed: int,
    max_examples: int,
    reads_only: bool = False,
) -> dict[str, Any]:
    """The configuration of one phase, in the shape of `schemathesis.toml`. It writes the tokens to `folder`.

    With `reads_only` nothing is made up that could change a record.
    """
    return {
        "seed": seed,
        "continue-on-failure": True,
        "request-timeout": TIMEOUT_SECONDS,
        "cache": {"enabled": False},
        # Schemathesis passes on whole answers, because our own checks read them too.
        "output": {"truncation": {"max-recorded-payload-size": 0}},
        "phases": {
            **{name: {"enabled": name == phase} for name in ("examples", "fuzzing")},
            "coverage": {"enabled": phase == "coverage", "unexpected-methods": _UNEXPECTED_METHODS},
            # Follow only the contract's own links, not those that Schemathesis could guess from names.
            "stateful": {"enabled": phase == "stateful", "inference": {"algorithms": []}},
        },
        "generation": {"max-examples": max_examples, "database": "none", "no-shrink": False},
        # A good request with a good token never gets 401, 403, 409 or 429. For 422 see `verdicts`.
        "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "404"]}},
        "auth": {"wfc": {"path": str(_users(bench, folder)), "user": OWN_USER, **_peers(bench)}},
        "dictionaries": {name: {"values": values} for name, values in feed.values.items()},
        "parameters": {**_bound(recipe.everywhere, feed), **_literally(recipe, phase)},
        "operations": [
            *([{"include-method": ["POST", "PUT", "PATCH", "DELETE"], "enabled": False}] if reads_only else []),
            *(
                {
                    "include-operation-id": operation.id,
                    "parameters": _bound(bindings, feed),
                }
                for operation in bench.own.traffic.check.operations.values()
                if (bindings := recipe.of_operation(operation)) and not (reads_only and operation.method != "GET")
            ),
        ],
    }


def _literally(recipe: Recipe, phase: str) -> Mapping[str, str]:
    """Fixed values for the phase `coverage`: it ignores dictionaries, and generates `0` from a pattern."""
    return recipe.literally if phase == "coverage" else {}


def _bound(bindings: Mapping[str, Binding], feed: Feed) -> dict[str, Any]:
    return {
        key: {"dictionary": name, "probability": probability}
        for key, (name, probability) in bindings.items()
        if name in feed.values
    }


def _peers(bench: Bench) -> dict[str, list[str]]:
    return {"peers": [OWN_USER, PEER_USER]} if bench.peer else {}


def _users(bench: Bench, folder: Path) -> Path:
    """A file with the tokens, in the format in which Schemathesis compares two users (Web Fuzzing Commons)."""
    senders = {OWN_USER: bench.own, PEER_USER: bench.peer}
    document = {
        "auth": [
            {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {sender.token}"}]}
            for name, sender in senders.items()
            if sender is not None
        ]
    }
    file = folder / "users.json"
    file.write_text(json.dumps(document), "utf-8")
    return file
