from typing import Any

import pytest


@pytest.fixture(scope="session")
def ecf_mock_settings() -> dict[str, Any]:
    """How the mock is started: the options of `ecf-mock serve`, with underscores."""
    return {"docs_url": "https://docs.example.org/ecf"}


@pytest.fixture
def ecf_sandbox_settings() -> dict[str, Any]:
    """How each sandbox begins, unless a marker says otherwise."""
    return {"clock": "2021-11-20T09:00:00Z", "rate_limit": None}
