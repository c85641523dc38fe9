"""Our own verdict where Schemathesis reports a failure that business rules or leniency explain.

All checks of Schemathesis are on. Two things are no failures: a rule refuses a valid request and says so; or the
server accepts an invalid request because of a leniency that the contract names. Every other failure stands.
"""

from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.openapi.checks import RejectedPositiveData

from mock_server.harness.check.kit import CheckKit
from mock_server.harness.check.refusals import explained
from mock_server.harness.exchange import Request, Response


def stands(kit: CheckKit, failure: Failure, request: Request, response: Response, *, is_mock: bool) -> bool:
    """Whether a failure that Schemathesis found is a real one."""
    if isinstance(failure, RejectedPositiveData):
        return not (response.status == 422 and explained(kit.service, response, is_mock=is_mock))
    if isinstance(failure, AcceptedNegativeData):
        return not kit.recipe.forgiven(request)
    return True
