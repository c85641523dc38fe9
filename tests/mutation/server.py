"""A mock with one planted fault: `python -m tests.mutation.server NAME` prints its base URL and serves.

It ends when its standard input closes, so that it never outlives the process that started it.
"""

import sys

from mock_server.harness.check.run import BODY_TIMEOUT
from mock_server.own_server import own_server
from mock_server.settings import GivenSettings
from tests.mutation.plants import PLANTS

SOUND = "nothing"


def main(name: str) -> None:
    if name != SOUND:
        PLANTS[name].plant()
    settings = GivenSettings(body_timeout=BODY_TIMEOUT, log_level="error")
    with own_server(settings) as base_url:
        sys.stdout.write(f"{base_url}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
