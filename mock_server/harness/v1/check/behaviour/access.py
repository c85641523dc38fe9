"""Ways in that the contract doesn't have: a token counts only whole, in its header, after its scheme (rules 3)."""

from typing import Any

from mock_server.harness.check import access
from mock_server.harness.check.bench import JSON
from mock_server.harness.check.probes import probe
from mock_server.harness.check.transport import UNKNOWN_ID
from mock_server.harness.v1.check.behaviour.transport import MANNERS
from mock_server.harness.v1.check.bench import Bench
from mock_server.harness.v1.check.contract import method_and_path, with_status


@probe(
    "A token whose provider has no ECF contract gets 403 everywhere on participants, with an empty body.",
    *with_status("403"),
)
def without_contract(bench: Bench, operation: str) -> None:
    """Also where there is nobody, and for ids that nobody has: the contract is asked before anything else."""
    assert bench.stranger is not None  # noqa: S101
    for id in (UNKNOWN_ID, bench.ect()):
        method, path = method_and_path(operation, id)
        sent: dict[str, Any] = {"headers": {"content-type": JSON}, "content": b"{}"} if method != "GET" else {}
        answer = bench.stranger.raw(method, path, **sent)
        bench.stranger.status(403, "the provider has no ECF contract (rules 3)")
        bench.stranger.expect(answer.content == "", "the body is empty", f"it is {answer.content!r}")


PROBES = (
    access.only_whole_tokens(MANNERS, "listEcfParticipants", "listParticipantDeclarationsCsv"),
    access.every_operation(MANNERS),
    without_contract,
)
