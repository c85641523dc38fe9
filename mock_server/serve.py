"""Runs the application under uvicorn, and prints how to use it."""

import gc
import signal
import socket

import uvicorn
from rich.console import Console
from rich.table import Table

from mock_server.app import Application, build_app
from mock_server.docs_command import DocsBuild, docs_command
from mock_server.http.connection import connection_type, connections_allowed
from mock_server.http.hosts import is_loopback
from mock_server.logs import hide_tokens
from mock_server.sandbox.bad_values import BadWorldFile
from mock_server.sandbox.state import StateRefused
from mock_server.settings import DOCS_PREFIX, Settings

# How many seconds the answers under way get when the server is stopped.
_GRACE = 1


class CannotServe(Exception):
    """The server can't start with these settings, or mustn't. The message says why and what to do."""


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that listens on `host`; port 0 takes a free one. Raises CannotServe, with a sentence for people."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as refused:
        reason = refused.strerror or str(refused)
        raise CannotServe(
            f"can't listen on {host} port {port}: {reason}. Choose another with --port, or --port 0 for a free one"
        ) from refused
    return listener


def base_url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def uvicorn_server(application: Application, max_connections: int = 1000) -> uvicorn.Server:
    settings = application.settings

    docs = DocsBuild(docs_command())

    class Server(uvicorn.Server):
        async def on_tick(self, counter: int) -> bool:
            # The first answer doesn't wait for anything.
            if self.server_state.total_requests:
                docs.begin()
            return await super().on_tick(counter)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            docs.end()
            application.close()
            await super().shutdown(sockets)

    return Server(
        uvicorn.Config(
            application.asgi,
            http=connection_type(settings.body_timeout, max_connections),
            ws="none",
            lifespan="off",
            log_level=settings.log_level,
            # One log line for each request costs nearly a third of the speed.
            access_log=settings.log_level in ("debug", "info"),
            server_header=False,
            # Nothing here needs the client's address.
            proxy_headers=False,
            timeout_graceful_shutdown=_GRACE,
        )
    )


def announce(application: Application, url: str, console: Console) -> None:
    """Base URL, tokens, a request to paste for each API, and where the documentation is."""
    console.print(f"[bold]ecf-mock[/bold] answers at [bold]{url}[/bold]  (Ctrl-C stops it)", highlight=False)
    table = Table("lead provider", "token", "ECF contract")
    for access in application.registry.default.accesses:
        table.add_row(access.provider.name, access.token, "yes" if access.provider.ecf else "no: 403 on participants")
    console.print(table)
    token = application.registry.default.accesses[0].token
    console.print("Try:", highlight=False)
    for service in application.registry.services:
        address = f"{url}{service.prefix}{service.first_request}"
        console.print(f"  curl -H 'Authorization: Bearer {token}' '{address}'", soft_wrap=True, highlight=False)
    if application.settings.control:
        console.print(f"Page to watch and steer it on: {url}/_mock/ui", soft_wrap=True, highlight=False)
        console.print(f"Control API: {url}/_mock/sandboxes", soft_wrap=True, highlight=False)
    documentation = application.settings.docs_url or f"{url}{DOCS_PREFIX}/"
    console.print(f"Documentation: {documentation}", soft_wrap=True, highlight=False)


def run(settings: Settings) -> None:
    """Serve until a signal stops the server. Runs in the main thread, and keeps SIGINT for itself.

    Raises:
        CannotServe: before anything else is done.
        StateLost: the state file couldn't be written any more, so the server has stopped.
    """
    if settings.control and not settings.control_token and not settings.insecure and not is_loopback(settings.host):
        raise CannotServe(
            f"on {settings.host} others could use the control API: give it a token with --control-token, leave it out "
            "with --no-control, or say --insecure where nobody else can reach it"
        )
    listener = listening_socket(settings.host, settings.port)
    try:
        application = build_app(settings)
    except (StateRefused, BadWorldFile) as reason:
        listener.close()
        raise CannotServe(str(reason)) from reason
    server = uvicorn_server(application, connections_allowed())
    # Python ignores a KeyboardInterrupt that it raises in a callback of the garbage collector. So Ctrl-C only tells
    # the server to stop, from before the line that offers it.
    signal.signal(signal.SIGINT, server.handle_exit)
    announce(application, base_url(listener), Console())
    # All objects that exist now live as long as the process. Nearly all later ones are freed without the garbage
    # collector. So we let it look at new objects while they are few, and hardly ever at all objects. With Python's
    # own thresholds it takes a fifth of a POST's time, with pauses of 100 ms.
    gc.freeze()
    gc.set_threshold(400, 1, 20_000)
    gc.enable()
    hide_tokens(settings.control_token)
    keeper = application.keeper
    if keeper is None:
        server.run(sockets=[listener])
        return

    def stop() -> None:
        server.should_exit = True

    # Further answers would only tell clients about changes that will be lost.
    keeper.file.on_failure = stop
    try:
        server.run(sockets=[listener])
    finally:
        application.release()
