"""Globs over paths."""

from time import perf_counter

import pytest

from mock_server.sandbox.globs import Glob


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("/a", "/a"),
        ("*", ""),
        ("*", "/a/b"),
        ("/a*", "/a"),
        ("/a*", "/a/b/c"),
        ("*/defer", "/x/y/defer"),
        ("/a/*/c", "/a/b/b/c"),
        ("/a**c", "/abc"),
        ("*a*b*", "xxaxxbxx"),
        ("/a[1]?", "/a[1]?"),
        ("a*a", "aa"),
    ],
)
def test_a_glob_fits(glob: str, path: str) -> None:
    assert Glob(glob).matches(path)


@pytest.mark.parametrize(
    ("glob", "path"),
    [("/a", "/ab"), ("/a", "/"), ("/a*", "/b"), ("*/defer", "/x/defers"), ("a*a", "a"), ("a*b*c", "ac"), ("", "a"),
     ("/a?", "/ab"), ("*ab*b", "xab"), ("a.c", "abc"), ("/a*", "/A")],
)  # fmt: skip
def test_a_glob_does_not_fit(glob: str, path: str) -> None:
    assert not Glob(glob).matches(path)


def test_no_glob_holds_the_server_up() -> None:
    started = perf_counter()
    assert not Glob("*a" * 900 + "b").matches("a" * 60_000)
    assert perf_counter() - started < 0.5
