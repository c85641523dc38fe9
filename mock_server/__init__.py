"""A stateful mock of the lead provider APIs, and the harness around it."""

from typing import Any


def __getattr__(name: str) -> Any:
    """`__version__`, which takes longer to find than most commands take to start."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import version

    return version("ecf-mock")
