"""Builds the application, in one function; nothing happens at import."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.control.app import ControlApp
from mock_server.control.operations import control_operations
from mock_server.gateway import Gateway
from mock_server.http.bodies import BodyLimits
from mock_server.http.contract_app import ContractApp
from mock_server.resources import specification
from mock_server.sandbox.clock import MachineClock, machine_clock
from mock_server.sandbox.sandboxes import Registry
from mock_server.settings import Settings
from mock_server.v1.checks import ProviderChecks
from mock_server.v1.domain.world import World
from mock_server.v1.errors import for_status, method_not_allowed
from mock_server.v1.operations import provider_operations
from mock_server.v1.records import participant_json

if TYPE_CHECKING:
    from mock_server.web.app import Interface


class Page:
    """The page, loaded when somebody first opens it: most mocks run for tests, and nobody looks."""

    def __init__(self, make: "Callable[[], Interface]") -> None:
        self._make = make
        self._made: Interface | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._made is None:
            self._made = self._make()
        await self._made(scope, receive, send)

    def close(self) -> None:
        if self._made is not None:
            self._made.close()


@dataclass(frozen=True, slots=True)
class Application:
    """The ASGI application, with what it was made from."""

    settings: Settings
    registry: Registry
    asgi: ASGIApp
    page: Page | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.asgi(scope, receive, send)

    def close(self) -> None:
        """End the answers that have no end of their own, so that the server can stop; called in its event loop."""
        if self.page is not None:
            self.page.close()


def build_app(settings: Settings, machine: MachineClock = machine_clock) -> Application:
    """The mock as `settings` say; `machine` is the clock that worlds follow unless told otherwise.

    Raises StateRefused for a state file that can't be used.
    """
    keeper = None
    if settings.state is not None:
        # Imported here: most mocks keep nothing, and needn't wait for SQLite.
        from mock_server.sandbox.state.keeper import Keeper

        keeper = Keeper(settings.state)
    registry = Registry(settings, machine, keeper)
    _render(registry.default.world)
    limits = BodyLimits(settings.max_body_bytes, settings.body_timeout)
    contract = specification("v1")
    v1 = ContractApp(
        contract,
        provider_operations(settings.docs_url),
        ProviderChecks(contract, limits),
        on_status=for_status,
        on_method=method_not_allowed,
    )
    if not settings.control:
        return Application(settings, registry, Gateway(v1, registry, limits))
    token, any_host = settings.control_token, settings.insecure
    operations = control_operations(registry)
    keep = keeper.keep_all if keeper else None
    control = ControlApp(specification("control"), operations, limits, token=token, any_host=any_host, keep=keep)

    def make_page() -> "Interface":
        from mock_server.web.app import Interface

        return Interface(registry, control, limits, docs_url=settings.docs_url, token=token, any_host=any_host)

    page = Page(make_page)
    return Application(settings, registry, Gateway(v1, registry, limits, control, page), page)


def _render(world: World) -> None:
    """Render the seeded participants now, so that the first pass through a large list is as fast as the second."""
    for provider in world.providers:
        for enrolment in world.list_participants(provider).all():
            participant_json(enrolment)
