"""A stateful mock of the lead provider API (ECF, version 1) and the harness around it."""

from importlib.metadata import version

__version__ = version("ecf-mock")
