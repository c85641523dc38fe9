"""Runs a mock in a thread, for as long as its caller needs it."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from mock_server.app import build_app
from mock_server.serve import base_url, listening_socket, uvicorn_server
from mock_server.service import Service
from mock_server.services import SERVICES
from mock_server.settings import GivenSettings, Settings


class ServerDidNotStart(RuntimeError):
    """The server stopped before it could answer. Its log says why."""


@contextmanager
def own_server(settings: Settings | None = None, services: Sequence[Service] = SERVICES) -> Iterator[str]:
    """The base URL of a mock that serves `services` until the block ends.

    Nobody else uses it. So it listens on a free port of this machine, and its control API needs no token, whatever
    `settings` say. Without `settings` it takes the defaults and ignores the environment. If you choose settings,
    pass `GivenSettings`, which ignore the environment too.
    """
    chosen = settings or GivenSettings()
    here = {"host": "127.0.0.1", "port": 0, "control": True, "control_token": None}
    listener = listening_socket("127.0.0.1", 0)
    try:
        application = build_app(chosen.model_copy(update=here), services=services)
        server = uvicorn_server(application)
        # A thread and not a process: it imports nothing again, and ends with the program.
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="ecf-mock", daemon=True)
        thread.start()
        try:
            # The socket listens already, so an early request just waits. We wait here only to notice a failed start.
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
