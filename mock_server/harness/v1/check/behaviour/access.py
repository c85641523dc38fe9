"""Ways in that the contract doesn't have: a token counts only whole, in its header, after its scheme (rules 3)."""

from typing import Any

from mock_server.harness.check import access
from mock_server.harness.check.bench import JSON
from mock_server.harness.check.probes import probe
from mock_server.harness.check.transport import UNKNOWN_ID
from mock_server.harness.v1.check.behaviour.transport import MANNERS
from mock_server.harness.v1.check.bench import World
from mock_server.harness.v1.check.contract import method_and_path, with_status


@probe(
    "A token whose provider has no ECF contract gets 403 everywhere on participants, with an empty body.",
    *with_status("403"),
)
def without_contract(world: World, operation: str) -> None:
    """Also where there is nobody, and for ids that nobody has: the contract is asked before anything else."""
    assert world.stranger is not None  # noqa: S101
    for id in (UNKNOWN_ID, world.ect()):
        method, path = method_and_path(operation, id)
        sent: dict[str, Any] = {"headers": {"content-type": JSON}, "content": b"{}"} if method != "GET" else {}
        answer = world.stranger.raw(method, path, **sent)
        world.stranger.status(403, "the provider has no ECF contract (rules 3)")
        world.stranger.expect(answer.content == "", "the body is empty", f"it is {answer.content!r}")


PROBES = (
    access.only_whole_tokens(MANNERS, "listEcfParticipants", "listParticipantDeclarationsCsv"),
    access.every_operation(MANNERS),
    without_contract,
)
