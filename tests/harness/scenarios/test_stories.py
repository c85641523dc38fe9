"""What the stories tell, without playing them: whoever adds an operation is asked for one at once."""

from mock_server.harness.scenarios.operations import known_operations
from mock_server.service import Service
from tests.harness.scenarios.conftest import ALL, each_service


@each_service
def test_each_operation_is_a_step_of_a_story(service: Service) -> None:
    told = {
        step.operation for scenario in ALL[service] for step in (*scenario.given, *scenario.steps) if step.operation
    }
    operations = {id for id, operation in known_operations(service).items() if operation.api == service.name}
    assert operations - told == set()
