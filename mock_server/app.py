"""Builds the application in one function. Nothing happens at import."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.gateway import CONTRACTS_PREFIX, CONTROL_PREFIX, PAGE_PREFIX, Gateway, Served
from mock_server.harness.scenarios.refusals import Refusals
from mock_server.http.bodies import BodyLimits
from mock_server.http.contract_app import ContractApp
from mock_server.sandbox.clock import MachineClock, machine_clock
from mock_server.sandbox.sandboxes import Registry
from mock_server.service import Call, Service
from mock_server.services import SERVICES
from mock_server.settings import DOCS_PREFIX, Settings
from mock_server.web.documentation import Documentation, contracts, docs_address

if TYPE_CHECKING:
    from mock_server.control.app import ControlApp
    from mock_server.sandbox.state.keeper import Keeper
    from mock_server.web.app import WebApp


Made = TypeVar("Made", bound=ASGIApp)


class AtFirstUse(Generic[Made]):
    """An application that is made when somebody first uses it. Most mocks run for tests, which use few of its parts."""

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make = make
        # None until the first use.
        self.made: Made | None = None

    def get(self) -> Made:
        if self.made is None:
            self.made = self._make()
        return self.made

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.get()(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Application:
    """The ASGI application, with what it was made from."""

    settings: Settings
    registry: Registry
    asgi: ASGIApp
    page: "AtFirstUse[WebApp] | None" = None
    keeper: "Keeper | None" = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.asgi(scope, receive, send)

    def close(self) -> None:
        """End the endless answers, so that the server can stop. Call it in the server's event loop."""
        if self.page is not None and self.page.made is not None:
            self.page.made.close()

    def release(self) -> None:
        """Write the rest and release the state file. Call it when the server has stopped.

        Raises StateLost when not everything is on the disk.
        """
        if self.keeper is not None:
            self.keeper.close()


def build_app(
    settings: Settings, machine: MachineClock = machine_clock, services: Sequence[Service] = SERVICES
) -> Application:
    """The mock with these settings. `machine` is the clock that sandboxes follow unless told otherwise.

    Raises StateRefused for a state file that can't be used, and BadWorldFile for a seed that can't.
    """
    origin = None
    if isinstance(settings.seed, Path):
        from mock_server.sandbox.world_file import load

        origin = load(settings.seed, services)
    keeper = None
    if settings.state is not None:
        # Imported here: most mocks keep nothing, and needn't wait for SQLite.
        from mock_server.sandbox.state.keeper import Keeper

        keeper = Keeper(settings.state)
    registry = Registry(settings, services, machine, keeper, origin)
    limits = BodyLimits(settings.max_body_bytes, settings.body_timeout)
    served = [Served(service, partial(_service_app, service, settings.docs_url, limits)) for service in services]

    def opened(gateway: Gateway) -> ASGIApp:
        """The gateway, which the pages of a documentation elsewhere may use, too."""
        if settings.docs_url is None:
            return gateway
        from mock_server.http.docs_origin import DocsOrigin

        return DocsOrigin(gateway, settings.docs_url, [service.prefix for service in services])

    documents: dict[str, ASGIApp] = {DOCS_PREFIX: Documentation(), CONTRACTS_PREFIX: contracts}
    if not settings.control:
        return Application(settings, registry, opened(Gateway(served, registry, limits, documents)), keeper=keeper)
    token, any_host = settings.control_token, settings.insecure
    keep = keeper.keep_all if keeper else None

    # What only the control API and the page need is imported with them.
    def make_control() -> "ControlApp":
        from mock_server.control.app import ControlApp
        from mock_server.control.contract import control_contract
        from mock_server.control.operations import control_operations
        from mock_server.harness.readiness.control import readiness_operations

        operations = control_operations(registry) | readiness_operations(registry)
        return ControlApp(control_contract(services), operations, limits, token=token, any_host=any_host, keep=keep)

    control = AtFirstUse(make_control)

    def make_page() -> "WebApp":
        from mock_server.web.app import WebApp

        return WebApp(registry, control.get(), limits, docs_url=settings.docs_url, token=token, any_host=any_host)

    page = AtFirstUse(make_page)
    beside: dict[str, ASGIApp] = {**documents, CONTROL_PREFIX: control, PAGE_PREFIX: page}
    return Application(settings, registry, opened(Gateway(served, registry, limits, beside)), page, keeper)


def _service_app(service: Service, docs_url: str | None, limits: BodyLimits) -> ContractApp[Call]:
    refusals = Refusals(service)
    return ContractApp(
        service.contract,
        service.operations(lambda broken, call: f"{docs_address(docs_url, call)}/{refusals.address_of(broken)}"),
        service.checks(limits),
        on_status=service.errors.on_status,
        on_method=service.errors.on_method,
    )
