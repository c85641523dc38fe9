"""How the control API refuses a call of the Python client."""

from typing import Any

import pytest

from mock_server.control.connection import ControlError

NOBODY = "00000000-0000-4000-8000-000000000000"


def refusal(call: Any, *arguments: Any, **facts: Any) -> tuple[int, list[str | None]]:
    """The status of the refused call, and the places that it points at."""
    with pytest.raises(ControlError) as refused:
        call(*arguments, **facts)
    assert refused.value.detail
    return refused.value.status, [each.pointer or each.parameter for each in refused.value.errors]
