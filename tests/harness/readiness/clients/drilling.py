"""Puts clients through the whole drill, several side by side: they mostly wait."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from mock_server.client import ControlClient
from mock_server.control.models import Readiness
from mock_server.harness.readiness.drill_run import DrillRun
from mock_server.harness.readiness.kit import ReadinessKit
from mock_server.harness.v1.readiness import KIT
from mock_server.own_server import own_server
from tests.harness.readiness.clients.base import Client

Boards = dict[Any, Future[Readiness]]


def drilled(control: ControlClient, client: Client) -> Readiness:
    """The board after `client` has gone through the whole drill of v1."""
    if client.alone:
        with own_server() as url, ControlClient(url) as own:
            return graded(own, KIT, client.run, client.participants)
    return graded(control, KIT, client.run, client.participants)


def graded(
    control: ControlClient, kit: ReadinessKit, client: Callable[[str, str, str], None], participants: int
) -> Readiness:
    """The board after `client` has gone through the whole drill of the kit.

    It gets the base URL, the token and a wrong token.
    """
    run = DrillRun(control, kit, kit.drills["full"], participants=participants, retry_after=1)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(client, run.base_url, run.token, run.wrong_token)
        while not running.done():
            run.step()
            time.sleep(0.15)
    # What stopped it, if anything did.
    running.result()
    return run.step()[0]


@contextmanager
def drills(
    clients: Sequence[Any], drill: Callable[[ControlClient, Any], Readiness] = drilled, at_a_time: int = 6
) -> Iterator[Boards]:
    """The boards of these clients, as soon as each is there."""
    with own_server() as url, ControlClient(url) as control, ThreadPoolExecutor(at_a_time) as pool:
        boards = {client: pool.submit(drill, control, client) for client in clients}
        try:
            yield boards
        finally:
            for board in boards.values():
                board.cancel()
