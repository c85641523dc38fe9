"""Runs of wrk, and what they print."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.exchange import Request
from benchmarks.processes import on_cores

SCRIPT = Path(__file__).with_name("requests.lua")
# A figure made of answers of which more than this share failed would be a lie.
ERRORS_ALLOWED = 0.001


class LoadFailed(Exception):
    """wrk didn't run, or printed something else than figures."""


@dataclass(frozen=True)
class Load:
    """What one run of wrk saw. Times in seconds and milliseconds; `bytes` counts headers too."""

    requests: int
    seconds: float
    bytes: int
    p50_ms: float
    p99_ms: float
    longest_ms: float
    errors: int

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    @property
    def error_share(self) -> float:
        """Errors among all that was tried: a request that timed out was never completed."""
        return self.errors / max(self.requests + self.errors, 1)


def parse(output: str) -> Load:
    """Read the line that requests.lua prints; raises LoadFailed when there is none."""
    lines = [line for line in output.splitlines() if line.startswith('{"requests"')]
    if len(lines) != 1:
        raise LoadFailed(f"wrk printed no figures:\n{output.strip()}")
    figures = json.loads(lines[0])
    return Load(
        requests=figures["requests"],
        seconds=figures["microseconds"] / 1e6,
        bytes=figures["bytes"],
        p50_ms=figures["p50"] / 1e3,
        p99_ms=figures["p99"] / 1e3,
        longest_ms=figures["longest"] / 1e3,
        errors=figures["bad_answers"] + figures["lost_connections"] + figures["timeouts"],
    )


@dataclass(frozen=True)
class Wrk:
    """How wrk is called; always with one thread, which no server here comes near to tiring."""

    connections: int
    cores: frozenset[int]
    folder: Path

    def run(
        self,
        port: int,
        requests: Sequence[Request],
        seconds: int,
        *,
        once: bool = False,
        expected_status: int | None = None,
    ) -> Load:
        """Send `requests` in order for `seconds`, over and over or each `once`."""
        path = self.folder / "requests.txt"
        path.write_text("".join(f"{r.method} {r.path} {r.token} {r.body}\n" for r in requests), "utf-8")
        command = [
            "wrk",
            "-t1",
            f"-c{self.connections}",
            f"-d{seconds}s",
            "--timeout",
            "10s",
            "-s",
            str(SCRIPT),
        ]
        command += [f"http://127.0.0.1:{port}", "--", str(path), "once" if once else "repeat"]
        command.append(str(expected_status or "-"))
        with on_cores(self.cores):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise LoadFailed(f"wrk failed: {done.stderr.strip() or done.stdout.strip()}")
        return parse(done.stdout)
