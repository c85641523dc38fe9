"""What the control API shows of a sandbox."""

from mock_server.control import models
from mock_server.sandbox.clock import Clock
from mock_server.sandbox.sandboxes import Sandbox


def clock_record(clock: Clock) -> models.Clock:
    return models.Clock(clock.now(), clock.running)


def sandbox_record(sandbox: Sandbox) -> models.Sandbox:
    settings = sandbox.settings
    rate = settings.rate_limit
    worlds = {service.name: sandbox.worlds.get(service.name) for service in sandbox.services}
    return models.Sandbox(
        id=sandbox.id,
        seed="file" if sandbox.origin else settings.seed,
        clock=clock_record(sandbox.clock),
        replay=settings.replay,
        rate_limit=models.RateLimit(rate.requests, rate.seconds) if rate else None,
        providers=tuple(
            models.Provider(access.provider.name, access.provider.slug, access.token, access.provider.ecf)
            for access in sandbox.accesses
        ),
        counts={
            "requests": len(sandbox.journal),
            **{name: world and world.counts() for name, world in worlds.items()},
        },
    )
