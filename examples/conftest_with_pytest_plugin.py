from typing import Any

import pytest


@pytest.fixture(scope="session")
def ecf_mock_settings() -> dict[str, Any]:
    """The options for starting the mock: those of `ecf-mock serve`, with underscores."""
    return {"docs_url": "https://docs.example.org/ecf"}


@pytest.fixture
def ecf_sandbox_settings() -> dict[str, Any]:
    """The settings of each new sandbox, unless a marker says otherwise."""
    return {"clock": "2021-11-20T09:00:00Z", "rate_limit": None}
