"""What a probe is: one promise of the contract that no schema can say, and the requests that hold a server to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mock_server.control.models import RateLimit
from mock_server.harness.check.bench import CLOCK, World
from mock_server.harness.check.conformance import response_check

Run = Callable[[World, str], None]
# Attribute values of any type, for tables of odd ones.
Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Probe:
    """`says` is the promise, in one sentence. `run` is called for each of the operations `of`, with its id.

    It gets a world of its own, made with `world` (see Bench.sandbox), and raises Broken. A `portable` probe
    needs no control API: it runs against any server, in the world that the given tokens open.
    """

    says: str
    of: tuple[str, ...]
    run: Run
    world: dict[str, Any]
    portable: bool


def probe(
    says: str,
    *of: str,
    seed: str = "empty",
    clock: str = CLOCK,
    replay: str = "return",
    rate_limit: RateLimit | None = None,
    portable: bool = False,
) -> Callable[[Run], Probe]:
    """Turns a function of a world and an operation id into a Probe."""
    world = {"seed": seed, "clock": clock, "replay": replay, "rate_limit": rate_limit}
    return lambda run: Probe(says, of, run, world, portable)


def with_status(status: str) -> tuple[str, ...]:
    """The operations that document this status."""
    return tuple(
        operation.id
        for operation in response_check().operations.values()
        if status in operation.definition["responses"]
    )


def with_body() -> tuple[str, ...]:
    """The operations that take a request body."""
    return tuple(o.id for o in response_check().operations.values() if "requestBody" in o.definition)


def method_and_path(operation_id: str, id: str) -> tuple[str, str]:
    """The request line of an operation."""
    operation = response_check().operations[operation_id]
    return operation.method, operation.path.replace("{id}", id)
