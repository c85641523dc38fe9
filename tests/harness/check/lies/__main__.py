"""Tells each lie to the check, which has nothing but two tokens, and says what it noticed.

    python -m tests.harness.check.lies [--service NAME] [--limited] [NAME…]

A name may be the beginning of several names. With `--limited` the server allows each token 1,000 requests in five
minutes, and the whole check takes its six minutes. Nobody waits for them: both have a clock that each request moves.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic
from typing import Any
from unittest.mock import patch

from mock_server.app import build_app
from mock_server.harness.check.outcome import Finding
from mock_server.harness.check.pace import Pace
from mock_server.harness.check.run import Plan, check
from mock_server.harness.check.stage_names import STAGES
from mock_server.own_server import own_server
from mock_server.service import Service
from mock_server.services import SERVICES
from mock_server.settings import Settings
from tests.harness.check.lies.proxy import Liar, Lie
from tests.harness.check.lies.table import lies_of
from tests.live import listening
from tests.mutation.__main__ import Silent
from tests.mutation.noticing import Noticed, ending_at_the_first_finding

# The made-up requests would notice a few more, and take a minute for each.
_UNLIMITED = ("consistency", "behaviour", "isolation")
OWN_TOKEN, PEER_TOKEN = "alder-token", "birch-token"
# How long an answer of a sandbox takes, in seconds.
_AN_ANSWER = 0.05


def noticed(service: Service, lie: Lie, stages: Sequence[str] = _UNLIMITED, **settings: Any) -> Finding | None:
    """The first finding of a check of a server that tells that lie; None when the check believes it."""
    plans = [Plan(service, token=OWN_TOKEN, peer_token=PEER_TOKEN, stages=(stage,)) for stage in stages]
    return _first(lie, plans, rate_limit="off", **settings)


@dataclass(slots=True)
class _Clock:
    """Seconds that pass only when a request arrives or somebody waits."""

    seconds: float = 0.0

    def now(self) -> float:
        return self.seconds

    def request(self) -> float:
        self.seconds += _AN_ANSWER
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def noticed_below_a_limit(service: Service, lie: Lie) -> Finding | None:
    """The same with 1,000 requests in five minutes, by every stage of the check in the time that it takes."""
    clock = _Clock()
    plan = Plan(service, token=OWN_TOKEN, peer_token=PEER_TOKEN, stages=STAGES)
    with (
        patch("mock_server.gateway.monotonic", clock.request),
        patch("mock_server.harness.check.run.monotonic", clock.now),
        patch("mock_server.harness.check.run.Pace", partial(Pace, now=clock.now, sleep=clock.sleep)),
    ):
        return _first(lie, [plan], rate_limit="1000/300")


def _first(lie: Lie, plans: Sequence[Plan], **settings: Any) -> Finding | None:
    # More records than a page holds.
    given = Settings.model_validate({"control": False, "participants": 130, **settings})
    with listening(Liar(build_app(given), lie.tell)) as base_url:
        try:
            with ending_at_the_first_finding():
                for plan in plans:
                    for found in check(replace(plan, base_url=base_url), Silent(), own_server).findings:
                        return found
        except Noticed as ended:
            return ended.found
    return None


def main(arguments: Sequence[str]) -> int:
    parser = ArgumentParser("python -m tests.harness.check.lies", description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--service", action="append", choices=[each.name for each in SERVICES])
    parser.add_argument("--limited", action="store_true")
    options = parser.parse_args(arguments)
    for service in SERVICES:
        if service.name in (options.service or [service.name]):
            _tell(service, options.names, options.limited)
    return 0


def _tell(service: Service, names: Sequence[str], limited: bool) -> None:
    lies = [lie for name, lie in lies_of(service).items() if not names or any(map(name.startswith, names))]
    missed = []
    write = sys.stdout.write
    for number, lie in enumerate(lies, start=1):
        began = monotonic()
        found = noticed_below_a_limit(service, lie) if limited else noticed(service, lie)
        if found is None:
            missed.append(lie.name)
        said = f"noticed by {found.stage}" if found else "not noticed"
        place = f"{service.name} {number:>3}/{len(lies)}"
        write(f"{place} {lie.name:<22} {said:<24} {monotonic() - began:5.1f} s  {lie.what}\n")
        if found is not None:
            for line in (f"{found.operation}: {found.what}", found.says, found.came.splitlines()[0]):
                write(f"        {line[:300]}\n")
        sys.stdout.flush()
    told = f"{len(lies) - len(missed)} of {len(lies)} lies about {service.name} were noticed."
    write(f"{told}\nNot noticed: {', '.join(missed)}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
