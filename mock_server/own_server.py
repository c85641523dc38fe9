"""A mock of one's own, in a thread, for as long as it is needed."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from mock_server.app import build_app
from mock_server.serve import base_url, listening_socket, uvicorn_server
from mock_server.service import Service
from mock_server.services import SERVICES
from mock_server.settings import GivenSettings, Settings


class ServerDidNotStart(RuntimeError):
    """The server stopped before it could answer; its log says why."""


@contextmanager
def own_server(settings: Settings | None = None, services: Sequence[Service] = SERVICES) -> Iterator[str]:
    """The base URL of a mock that serves `services` until the block is left.

    It listens on a free port of this machine and has its control API without a token, whatever `settings`
    say of that: nobody else uses it. Left out, they are the defaults, whatever the environment says.
    Callers that choose some make `GivenSettings` of them, for the same reason.
    """
    chosen = settings or GivenSettings()
    here = {"host": "127.0.0.1", "port": 0, "control": True, "control_token": None}
    listener = listening_socket("127.0.0.1", 0)
    try:
        application = build_app(chosen.model_copy(update=here), services=services)
        server = uvicorn_server(application)
        # A thread rather than a process: nothing to import again, and gone with the program.
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="ecf-mock", daemon=True)
        thread.start()
        try:
            # The socket listens already, so a request made now waits; this is about failures.
            while not server.started:
                if not thread.is_alive():
                    raise ServerDidNotStart("the mock stopped before it could answer")
                thread.join(0.005)
            yield base_url(listener)
        finally:
            server.should_exit = True
            thread.join()
            application.release()
    finally:
        listener.close()
