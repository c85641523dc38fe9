"""The operations of v3, selected for the probes."""

from typing import Final

from mock_server.harness.check.conformance import response_check
from mock_server.harness.check.operations import Operations
from mock_server.v3.service import V3

CHECK: Final = response_check(V3)
OPERATIONS: Final = Operations(CHECK)
