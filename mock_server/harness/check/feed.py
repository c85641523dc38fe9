"""What Schemathesis is fed with, and its configuration. What a service feeds it with stands in the service's kit."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mock_server.harness.check.bench import World
from mock_server.harness.exchange import Request
from mock_server.harness.scenarios.target import TIMEOUT_SECONDS
from mock_server.http.contract import Operation

OWN_USER, PEER_USER = "own", "peer"

# Which values of the feed are taken, and how often instead of something made up: from 0 to 1.
Binding = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Feed:
    """Values for parameters and attributes, by the name of what they are."""

    values: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How requests to one service are made up. Places are written as `[parameters]` of Schemathesis has them."""

    # Adds to the world what most of the requests can be about.
    populate: Callable[[Any], None]
    # What the world's lists show at present.
    gather: Callable[[Any], Feed]
    # Where values go, whatever the operation.
    everywhere: Mapping[str, Binding]
    # Where values go in one operation.
    of_operation: Callable[[Operation], Mapping[str, Binding]]
    # What stands in a place where the phase `coverage` would make up something that no server takes.
    literally: Mapping[str, str]
    # Whether nothing is wrong with a request but what the contract says, in words, that the server forgives.
    forgiven: Callable[[Request], bool]


def configuration(
    recipe: Recipe, feed: Feed, world: World, folder: Path, *, phase: str, seed: int, max_examples: int
) -> dict[str, Any]:
    """The configuration of one phase, in the shape of `schemathesis.toml`. `folder` takes the tokens."""
    return {
        "seed": seed,
        "continue-on-failure": True,
        "request-timeout": TIMEOUT_SECONDS,
        "cache": {"enabled": False},
        # Whole answers, for our own checks as well.
        "output": {"truncation": {"max-recorded-payload-size": 0}},
        "phases": {
            **{name: {"enabled": name == phase} for name in ("examples", "coverage", "fuzzing")},
            # The contract's own links, not those that could be guessed from its names.
            "stateful": {"enabled": phase == "stateful", "inference": {"algorithms": []}},
        },
        "generation": {"max-examples": max_examples, "database": "none", "no-shrink": False},
        # 401, 403, 409 and 429 are no answers to a good request with a good token; for 422 see `verdicts`.
        "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "404"]}},
        "auth": {"wfc": {"path": str(_users(world, folder)), "user": OWN_USER, **_peers(world)}},
        "dictionaries": {name: {"values": values} for name, values in feed.values.items()},
        "parameters": {**_bound(recipe.everywhere, feed), **_literally(recipe, phase)},
        "operations": [
            {
                "include-operation-id": operation.id,
                "parameters": _bound(bindings, feed),
            }
            for operation in world.own.traffic.check.operations.values()
            if (bindings := recipe.of_operation(operation))
        ],
    }


def _literally(recipe: Recipe, phase: str) -> Mapping[str, str]:
    """In the phase `coverage` a dictionary isn't asked, and `0` is what it makes of a pattern."""
    return recipe.literally if phase == "coverage" else {}


def _bound(bindings: Mapping[str, Binding], feed: Feed) -> dict[str, Any]:
    return {
        key: {"dictionary": name, "probability": probability}
        for key, (name, probability) in bindings.items()
        if name in feed.values
    }


def _peers(world: World) -> dict[str, list[str]]:
    return {"peers": [OWN_USER, PEER_USER]} if world.peer else {}


def _users(world: World, folder: Path) -> Path:
    """A file with the tokens, in the form that Schemathesis compares two users by (Web Fuzzing Commons)."""
    senders = {OWN_USER: world.own, PEER_USER: world.peer}
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
