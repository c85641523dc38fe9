"""Our verdicts for whoever runs Schemathesis itself: `schemathesis.toml` names this module, and `st` imports it.

Schemathesis knows neither business rules nor what a contract says in words. Without these verdicts it reports each
valid request that a rule refuses, and each invalid one that the server may forgive.
"""

import warnings
from typing import Any
from urllib.parse import urlsplit

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis.core.failures import Failure

from mock_server.harness.check.generated.running import as_request, as_response
from mock_server.harness.check.generated.verdicts import stands
from mock_server.harness.check.kit import check_kit
from mock_server.harness.check.refusals import RULE_HEADER
from mock_server.services import SERVICES


@schemathesis.hook
def filter_failure(context: Any, failure: Failure, case: Any, response: Any) -> bool:
    """Whether Schemathesis reports the failure. A contract that isn't ours is judged by Schemathesis alone."""
    request, answer = as_request(response.request), as_response(response)
    for service in SERVICES:
        kit = check_kit(service) if service.has(urlsplit(case.operation.path).path) else None
        if kit is not None:
            # Only the mock names rules. Of any other server the titles must be the contract's.
            return stands(kit, failure, request, answer, is_mock=RULE_HEADER in answer.headers)
    return True
