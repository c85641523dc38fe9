"""The machine that a benchmark ran on: nothing that names it, or anybody's folders."""

import platform
import subprocess
from pathlib import Path

import psutil


def describe() -> dict[str, str]:
    """Words for processor, cores, memory, operating system and Python."""
    return {
        "processor": _processor(),
        "cores": str(psutil.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "load before the first run": f"{psutil.getloadavg()[0]:.1f}",
        "system": f"{_distribution()}, Linux {platform.release().partition('-')[0]}",
        "Python": platform.python_version(),
    }


def tools(with_peers: bool) -> dict[str, str]:
    """The versions of what a benchmark runs beside Python, by name."""
    found = {"wrk": _first_line(["wrk", "-v"]).removeprefix("wrk").partition("[")[0].strip()}
    if with_peers:
        found |= {"Node": _first_line(["node", "--version"]), "Java": _first_line(["java", "-version"])}
    return found


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _distribution() -> str:
    return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())


def _first_line(command: list[str]) -> str:
    """The first line of what the tool prints, wherever it prints it."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "none"
    return (done.stdout or done.stderr).partition("\n")[0].strip()
