"""Our own verdict where Schemathesis reports a failure that business rules or leniency explain.

All checks of Schemathesis are on. It is no failure when a rule refuses a valid request and says so. Nor is it one when
the server accepts an invalid request because of a leniency that the contract names, or serves a method that the
contract names beside the path's own, or shows two providers a record that they share. Every other failure stands.
"""

from urllib.parse import unquote

from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.openapi.checks import (
    ObjectLevelAuthorizationViolation,
    RejectedPositiveData,
    UnsupportedMethodResponse,
)

from mock_server.harness.check.kit import CheckKit
from mock_server.harness.check.refusals import explained
from mock_server.harness.exchange import Request, Response


def stands(kit: CheckKit, failure: Failure, request: Request, response: Response, *, is_mock: bool) -> bool:
    """Whether a failure that Schemathesis found is a real one."""
    if isinstance(failure, RejectedPositiveData):
        return not (response.status == 422 and explained(kit.service, response, is_mock=is_mock))
    if isinstance(failure, AcceptedNegativeData):
        return not kit.recipe.forgiven(request)
    operation = kit.service.routes.operation_id(request.method, unquote(request.path))
    if isinstance(failure, UnsupportedMethodResponse):
        return operation is None
    if isinstance(failure, ObjectLevelAuthorizationViolation):
        return operation not in kit.shared
    return True
