"""The operations of v1, selected for the probes."""

from typing import Final

from mock_server.harness.check.conformance import response_check
from mock_server.harness.check.operations import Operations
from mock_server.v1.service import V1

CHECK: Final = response_check(V1)
OPERATIONS: Final = Operations(CHECK)

with_status = OPERATIONS.with_status
with_body = OPERATIONS.with_body
method_and_path = OPERATIONS.request_line
