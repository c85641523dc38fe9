"""Asks pip-audit for known vulnerabilities of the locked dependencies, and tells a clean answer from none.

    python -m tests.advisories [--strict] [OPTION OF PIP-AUDIT…]

`make check` runs it, and works without a network: no answer is said, and doesn't fail it. With `--strict`, as in
`make audit`, no answer fails it, too. Exits with 1 then, and when a vulnerability is known.
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCK_FILE = Path(__file__).parents[1] / "requirements.lock"

# The errors of requests, and pip-audit's own words for some of them, when the service gives no answer.
_UNREACHED = re.compile(
    r"^requests\.exceptions\.(?:\w*Connection\w*|HTTPError|JSONDecodeError|ProxyError|SSLError|\w*Timeout)\b.*"
    r"|.*Could not connect to .*",
    re.MULTILINE,
)
# So many names are read; more are counted.
_FEW = 5


@dataclass(frozen=True, slots=True)
class Audit:
    """What pip-audit said: sentences to print, and whether something is wrong, or something isn't known."""

    lines: tuple[str, ...]
    wrong: bool = False
    unknown: bool = False


def audit(*options: str, lock_file: Path = LOCK_FILE) -> Audit:
    """What pip-audit, with further `options`, finds out about the dependencies of `lock_file`."""
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off", "--disable-pip"]
    command += ["--require-hashes", "-r", str(lock_file), *options]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return _read(json.loads(finished.stdout)["dependencies"])
    except (ValueError, KeyError):
        said = finished.stderr.strip()
    unreached = _UNREACHED.findall(said)
    if unreached:
        return Audit(
            (f"Vulnerabilities are not known: no advisories could be asked for. {unreached[-1][:200]}",), unknown=True
        )
    return Audit((f"pip-audit failed: {said}",), wrong=True)


def _read(dependencies: Sequence[dict[str, Any]]) -> Audit:
    lines: list[str] = []
    unanswered = [str(each["name"]) for each in dependencies if "skip_reason" in each]
    for each in dependencies:
        for found in each.get("vulns", ()):
            mended = ", ".join(found["fix_versions"]) or "no version yet"
            lines.append(f"{each['name']} {each['version']} has {found['id']}; it is mended in {mended}.")
    asked, known = len(dependencies), len(lines)
    lines.append(
        f"The advisories know {asked - len(unanswered)} of {asked} dependencies, and {known} vulnerabilities of these."
    )
    if unanswered:
        names = (
            ", ".join(unanswered) if len(unanswered) <= _FEW else f"{unanswered[0]} and {len(unanswered) - 1} others"
        )
        lines.append(f"Vulnerabilities are not known, for the service gave no answer, of {names}.")
    return Audit(tuple(lines), wrong=known > 0 or not dependencies, unknown=bool(unanswered))


def main(*options: str) -> int:
    """The exit code, when all that is to be said has been printed."""
    found = audit(*(option for option in options if option != "--strict"))
    print(*found.lines, sep="\n")
    return int(found.wrong or (found.unknown and "--strict" in options))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
