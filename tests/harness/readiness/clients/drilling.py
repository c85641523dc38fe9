"""Puts clients through the whole drill, several side by side: they mostly wait."""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from mock_server.client import ControlClient
from mock_server.control.models import Readiness
from mock_server.harness.readiness.drill_run import DrillRun
from mock_server.harness.v1.readiness import KIT
from mock_server.own_server import own_server
from tests.harness.readiness.clients.base import Client

Boards = dict[Client, Future[Readiness]]


def drilled(control: ControlClient, client: Client) -> Readiness:
    """The board after `client` has gone through the whole drill."""
    if client.alone:
        with own_server() as url, ControlClient(url) as own:
            return _drilled(own, client)
    return _drilled(control, client)


def _drilled(control: ControlClient, client: Client) -> Readiness:
    run = DrillRun(control, KIT, KIT.drills["full"], participants=client.participants, retry_after=1)
    running = threading.Thread(target=client.run, args=(run.base_url, run.token, run.wrong_token))
    running.start()
    while running.is_alive():
        run.step()
        time.sleep(0.15)
    return run.step()[0]


@contextmanager
def drills(clients: Sequence[Client], at_a_time: int = 6) -> Iterator[Boards]:
    """The boards of these clients, as soon as each is there."""
    with own_server() as url, ControlClient(url) as control, ThreadPoolExecutor(at_a_time) as pool:
        boards = {client: pool.submit(drilled, control, client) for client in clients}
        try:
            yield boards
        finally:
            for board in boards.values():
                board.cancel()
