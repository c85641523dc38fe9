"""What the stories tell, without playing them: whoever adds an operation is asked for one at once."""

import pytest

from mock_server.harness.scenarios.loader import load_scenarios
from mock_server.harness.scenarios.operations import known_operations
from mock_server.service import Service
from mock_server.services import SERVICES


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_each_operation_is_a_step_of_a_story(service: Service) -> None:
    told = {
        step.operation
        for scenario in load_scenarios(service)
        for step in (*scenario.given, *scenario.steps)
        if step.operation
    }
    operations = {id for id, operation in known_operations(service).items() if operation.api == service.name}
    assert operations - told == set()
