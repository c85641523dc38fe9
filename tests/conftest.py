"""How much the generated tests try: the same cases in each run, few enough to wait for; `deep` looks for new ones."""

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
