"""A mock with one planted fault: `python -m tests.mutation.server SERVICE NAME` prints its base URL and serves.

It ends when its standard input closes, so that it never outlives the process that started it.
"""

import sys

from mock_server.harness.check.run import BODY_TIMEOUT
from mock_server.own_server import own_server
from mock_server.services import service
from mock_server.settings import GivenSettings
from tests.mutation.plants import plants_of

SOUND = "nothing"


def main(service_name: str, name: str) -> None:
    served = service(service_name)
    if name != SOUND:
        plants_of(served)[name].plant()
    settings = GivenSettings(body_timeout=BODY_TIMEOUT, log_level="error")
    with own_server(settings, [served]) as base_url:
        sys.stdout.write(f"{base_url}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
