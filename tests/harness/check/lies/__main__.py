"""Tells each lie to the check, which has nothing but two tokens, and says what it noticed.

    python -m tests.harness.check.lies [NAME…]

A name may be the beginning of several names.
"""

import sys
from time import monotonic

from mock_server.app import build_app
from mock_server.harness.check.outcome import Report
from mock_server.harness.check.run import Plan, check
from mock_server.own_server import own_server
from mock_server.settings import Settings
from tests.harness.check.lies.proxy import Liar
from tests.harness.check.lies.table import LIES
from tests.live import listening
from tests.mutation.__main__ import Silent

# The made-up requests would notice a few more, and take a minute for each.
STAGES = ("scenarios", "consistency", "behaviour", "isolation")


OWN_TOKEN, PEER_TOKEN = "alder-token", "birch-token"


def report_on(name: str, *stages: str) -> Report:
    """The report of a check on a server that tells that lie."""
    settings = {"control": False, "rate_limit": "off"}
    with listening(Liar(build_app(Settings.model_validate(settings)), LIES[name].tell)) as base_url:
        plan = Plan(
            base_url=base_url,
            token=OWN_TOKEN,
            peer_token=PEER_TOKEN,
            stages=stages or STAGES,
            stop_at_first=True,
            time_limit=240,
        )
        return check(plan, Silent(), own_server)


def main(words: list[str]) -> int:
    chosen = [name for name in LIES if not words or any(name.startswith(word) for word in words)]
    missed = []
    write = sys.stdout.write
    for number, name in enumerate(chosen, start=1):
        began = monotonic()
        report = report_on(name)
        stages = [stage.name for stage in report.stages if stage.outcome == "broken"]
        if not stages:
            missed.append(name)
        said = f"noticed by {stages[0]}" if stages else "not noticed"
        write(f"{number:>3}/{len(chosen)} {name:<22} {said:<24} {monotonic() - began:5.1f} s  {LIES[name].what}\n")
        for found in report.findings[:1]:
            for line in (f"{found.operation}: {found.what}", found.says, found.came.splitlines()[0]):
                write(f"        {line[:300]}\n")
        sys.stdout.flush()
    sys.stdout.write(
        f"{len(chosen) - len(missed)} of {len(chosen)} lies were noticed.\nNot noticed: {', '.join(missed)}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
