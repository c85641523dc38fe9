"""How much the generated tests try: the same cases in each run, few enough to wait for; `deep` looks for new ones."""

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "bounded",
    max_examples=100,
    stateful_step_count=40,
    derandomize=True,
    database=None,
    deadline=None,
    # What takes long is the checking, not the making of examples.
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("deep", settings.get_profile("bounded"), max_examples=3000, derandomize=False)
settings.load_profile("bounded")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=4, help="How often the server is killed under clients that write.")
