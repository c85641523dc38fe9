"""Tells each lie to the check, which has nothing but two tokens, and says what it noticed.

    python -m tests.harness.check.lies [NAME…]

A name may be the beginning of several names.
"""

import sys
from collections.abc import Sequence
from time import monotonic

from mock_server.app import build_app
from mock_server.harness.check.outcome import Finding
from mock_server.harness.check.run import Plan, check
from mock_server.own_server import own_server
from mock_server.settings import Settings
from tests.harness.check.lies.proxy import Liar
from tests.harness.check.lies.table import LIES
from tests.live import listening
from tests.mutation.__main__ import Silent
from tests.mutation.noticing import Noticed, ending_at_the_first_finding

# The made-up requests would notice a few more, and take a minute for each.
STAGES = ("consistency", "behaviour", "isolation")
OWN_TOKEN, PEER_TOKEN = "alder-token", "birch-token"


def noticed(name: str, stages: Sequence[str] = STAGES) -> Finding | None:
    """The first finding of a check of a server that tells that lie; None when the check believes it."""
    # More records than a page holds.
    settings = Settings.model_validate({"control": False, "rate_limit": "off", "participants": 130})
    with listening(Liar(build_app(settings), LIES[name].tell)) as base_url:
        try:
            with ending_at_the_first_finding():
                for stage in stages:
                    plan = Plan(base_url=base_url, token=OWN_TOKEN, peer_token=PEER_TOKEN, stages=(stage,))
                    check(plan, Silent(), own_server)
        except Noticed as ended:
            return ended.found
    return None


def main(words: list[str]) -> int:
    chosen = [name for name in LIES if not words or any(name.startswith(word) for word in words)]
    missed = []
    write = sys.stdout.write
    for number, name in enumerate(chosen, start=1):
        began = monotonic()
        found = noticed(name)
        if found is None:
            missed.append(name)
        said = f"noticed by {found.stage}" if found else "not noticed"
        write(f"{number:>3}/{len(chosen)} {name:<22} {said:<24} {monotonic() - began:5.1f} s  {LIES[name].what}\n")
        if found is not None:
            for line in (f"{found.operation}: {found.what}", found.says, found.came.splitlines()[0]):
                write(f"        {line[:300]}\n")
        sys.stdout.flush()
    sys.stdout.write(
        f"{len(chosen) - len(missed)} of {len(chosen)} lies were noticed.\nNot noticed: {', '.join(missed)}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
