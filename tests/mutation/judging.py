"""Runs a domain's tests after each change that mutmut made to it, and writes down which changes they notice.

    python -m tests.mutation.judging [--survivors | --sample N] RESULTS TESTS [PREFIX…]

`domain` starts it in the copy, whose code holds every change beside the sound function. The results are JSON: a word
for each change whose name starts with a prefix. It judges the changes that have no result, or `N` of these, drawn at
random. `--survivors` judges what survived instead. Results of changes that the code lacks by now are dropped.

This process collects the tests once. Each change is switched on in a fork, which runs the tests that reach the function
until one fails. mutmut itself starts pytest anew for each change, and asks at each call which change is on. With nine
thousand changes that takes many times as long.
"""

import gc
import json
import os
import pickle
import resource
import signal
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from random import Random
from time import process_time
from types import FrameType
from typing import Any, Final

import mutmut.mutation.trampoline
import pytest

_FORKS: Final = 2
# A test that takes so much longer than with the sound code hangs.
_TIMES, _SECONDS_MORE = 10, 2
_MOST_MEMORY: Final = 4 << 30
_HANGS: Final = 9
# Which changes a sample draws.
_SEED: Final = 3
# The outcomes of changes that nobody noticed.
LIVED: Final = ("survived", "no tests")

# What runs in place of each function, by module and function: the sound code, unless a change is switched on.
_switches: dict[str, list[Callable[..., Any]]] = {}
# Mutmut's changes to each function, by their names.
_changes: dict[str, dict[str, Any]] = {}
# The functions that the test now running has reached, while we find that out.
_reached: set[str] = set()


def _switchable(changes: dict[str, Any], is_classmethod: bool = False) -> Callable[[Any], Any]:
    """Takes the place of mutmut's decorator, which knows the sound function and its changes."""

    def decorated(sound: Callable[..., Any]) -> Callable[..., Any]:
        switch = [sound]

        def call(*arguments: Any, **named: Any) -> Any:
            return switch[0](*arguments, **named)

        name = f"{sound.__module__}.{sound.__qualname__}"
        _switches[name], _changes[name] = switch, changes
        return wraps(sound)(call)

    return decorated


def _note_reached() -> None:
    for name, switch in _switches.items():
        sound = switch[0]

        def noting(*arguments: Any, _name: str = name, _sound: Callable[..., Any] = sound, **named: Any) -> Any:
            _reached.add(_name)
            return _sound(*arguments, **named)

        switch[0] = noting


def _hang(_signal: int, _frame: FrameType | None) -> None:
    os._exit(_HANGS)


class Judge:
    """`outcomes` gets "killed", "survived", "timeout" or "no tests" for each change."""

    def __init__(self, results: Path, prefixes: tuple[str, ...], survivors: bool, sample: int | None) -> None:
        self._results, self._prefixes, self._survivors, self._sample = results, prefixes, survivors, sample
        self.outcomes: dict[str, str] = json.loads(results.read_text("utf-8")) if results.exists() else {}
        # The tests by the function that they reach, with their seconds.
        self._tests: dict[str, list[int]] = {}
        self._seconds: list[float] = []
        # How often a test noticed a change to a function. Such a test comes first at the next one.
        self._noticed: dict[str, Counter[int]] = {}
        self._running: dict[int, tuple[str, str, int]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        gc.collect()
        gc.freeze()
        self._find_out_what_is_reached(session)
        asked = self._asked()
        asked.sort(key=lambda each: sum(self._seconds[test] for test in self._tests.get(each[0], ())))
        for done, (function, change, name) in enumerate(asked):
            if function not in self._tests:
                self.outcomes[name] = "no tests"
                continue
            if len(self._running) == _FORKS:
                self._wait()
            self._try(session, function, change, name)
            if done % 50 == 0:
                self._save(f"{done} of {len(asked)}")
        while self._running:
            self._wait()
        self._save("done")
        return True

    def _asked(self) -> list[tuple[str, str, str]]:
        """Function, change, and the name of the change in the results."""
        known = [
            (function, change, name)
            for function, changes in _changes.items()
            for change in changes
            if (name := f"{_module_of(function)}.{change}").startswith(self._prefixes) and not change.endswith("_orig")
        ]
        names = {name for _, _, name in known}
        for name in [name for name in self.outcomes if name.startswith(self._prefixes) and name not in names]:
            del self.outcomes[name]
        if self._survivors:
            return [each for each in known if self.outcomes.get(each[2]) in LIVED]
        new = [each for each in known if each[2] not in self.outcomes]
        if self._sample is None or self._sample >= len(new):
            return new
        return Random(_SEED).sample(new, self._sample)  # noqa: S311 - meant to repeat

    def _find_out_what_is_reached(self, session: pytest.Session) -> None:
        """Each test runs in a fork of its own. What an earlier test has kept would hide what this one reaches."""
        for place, item in enumerate(session.items):
            reading, writing = os.pipe()
            if os.fork() == 0:
                _be_silent()
                _note_reached()
                started = process_time()
                _run(session, item)
                found = set(_reached), process_time() - started, session.testsfailed
                with os.fdopen(writing, "wb") as pipe:
                    pickle.dump(found, pipe)
                os._exit(0)
            os.close(writing)
            with os.fdopen(reading, "rb") as pipe:
                reached, seconds, failed = pickle.load(pipe)  # noqa: S301 - from our own fork
            os.wait()
            if failed:
                sys.exit(f"the sound code fails {item.nodeid}")
            self._seconds.append(seconds)
            for function in reached:
                self._tests.setdefault(function, []).append(place)
        sys.stdout.write(f"{len(session.items)} tests, {sum(self._seconds):.0f} s; {len(_changes)} functions\n")
        sys.stdout.flush()

    def _try(self, session: pytest.Session, function: str, change: str, name: str) -> None:
        noticed = self._noticed.setdefault(function, Counter())
        tests = sorted(self._tests[function], key=lambda test: (-noticed[test], self._seconds[test]))
        reading, writing = os.pipe()
        pid = os.fork()
        if pid:
            os.close(writing)
            self._running[pid] = function, name, reading
            return
        _be_silent()
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
        signal.signal(signal.SIGPROF, _hang)
        _switches[function][0] = _changes[function][change]
        for test in tests:
            signal.setitimer(signal.ITIMER_PROF, _SECONDS_MORE + _TIMES * self._seconds[test])
            _run(session, session.items[test])
            if session.testsfailed:
                os.write(writing, str(test).encode())
                os._exit(1)
        os._exit(0)

    def _wait(self) -> None:
        pid, status = os.wait()
        function, name, reading = self._running.pop(pid)
        with os.fdopen(reading, "rb") as pipe:
            test = pipe.read()
        if test:
            self._noticed[function][int(test)] += 1
        ended = os.waitstatus_to_exitcode(status)
        self.outcomes[name] = "survived" if ended == 0 else "timeout" if ended == _HANGS else "killed"

    def _save(self, progress: str) -> None:
        lived = sum(outcome in LIVED for outcome in self.outcomes.values())
        sys.stdout.write(f"{progress}; {lived} of {len(self.outcomes)} so far survive\n")
        sys.stdout.flush()
        self._results.write_text(json.dumps(self.outcomes, indent=1), "utf-8")


def _module_of(function: str) -> str:
    """The module of a function or method, as mutmut names its changes by it."""
    parts = function.split(".")
    while ".".join(parts) not in sys.modules:
        parts.pop()
    return ".".join(parts)


def _run(session: pytest.Session, item: pytest.Item) -> None:
    session.config.hook.pytest_runtest_protocol(item=item, nextitem=None)


def _be_silent() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def main(arguments: list[str]) -> int:
    parser = ArgumentParser("python -m tests.mutation.judging")
    parser.add_argument("results", type=Path)
    parser.add_argument("tests")
    parser.add_argument("prefixes", nargs="*")
    parser.add_argument("--survivors", action="store_true")
    parser.add_argument("--sample", type=int)
    asked = parser.parse_args(arguments)
    # The changed code imports it from there.
    setattr(mutmut.mutation.trampoline, "wrap_in_trampoline", _switchable)  # noqa: B010 - of another type
    judge = Judge(asked.results, tuple(asked.prefixes) or ("",), asked.survivors, asked.sample)
    options = [
        "-q",
        "-s",
        "--tb=no",
        "--assert=plain",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-p",
        "no:schemathesis",
    ]
    return int(pytest.main([*options, "-W", "ignore", asked.tests], plugins=[judge]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
