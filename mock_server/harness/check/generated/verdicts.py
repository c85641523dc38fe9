"""Our own verdict where Schemathesis complains of what business rules and leniency make right.

All of its checks are on. A valid request that a rule refuses, and says so, is no failure; nor is an invalid one that
is accepted because of a leniency which the contract names. Everything else stands.
"""

from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.openapi.checks import RejectedPositiveData

from mock_server.harness.check.kit import CheckKit
from mock_server.harness.check.refusals import explained
from mock_server.harness.exchange import Request, Response


def stands(kit: CheckKit, failure: Failure, request: Request, response: Response, *, is_mock: bool) -> bool:
    """Whether a failure that Schemathesis found is one."""
    if isinstance(failure, RejectedPositiveData):
        return not (response.status == 422 and explained(kit.service, response, is_mock=is_mock))
    if isinstance(failure, AcceptedNegativeData):
        return not kit.recipe.forgiven(request)
    return True
