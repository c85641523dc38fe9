"""The settings of the server, as `Settings` defines them."""

from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from mock_server.rules.moments import format_moment
from mock_server.settings import ENVIRONMENT_PREFIX, ClockSetting, Rate, Settings


@dataclass(frozen=True, slots=True)
class Setting:
    """`values` describes the allowed values for people. `default` is the default as a person would write it."""

    name: str
    option: str
    variable: str
    default: str
    values: str
    description: str


def settings() -> list[Setting]:
    """The settings in the order of `Settings`."""
    return [_setting(name, field) for name, field in Settings.model_fields.items()]


def _setting(name: str, field: FieldInfo) -> Setting:
    dashed = name.replace("_", "-")
    option = f"--{dashed} / --no-{dashed}" if field.annotation is bool else f"--{dashed}"
    return Setting(
        name,
        option,
        f"{ENVIRONMENT_PREFIX}{name.upper()}",
        written(field.default),
        _values(field),
        field.description or "",
    )


def written(value: Any) -> str:
    """The value of a setting as its option or variable takes it; `none` for a setting without a value."""
    if isinstance(value, Rate):
        return f"{value.requests}/{value.seconds}"
    if isinstance(value, ClockSetting):
        return "machine" if value.now is None else format_moment(value.now) + ("" if value.running else ",still")
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or value is PydanticUndefined:
        return "none"
    return str(value)


def _values(field: FieldInfo) -> str:
    """`guide or empty`, `a whole number, 0 to 65535`, and similar; empty where the description already says it."""
    if str(get_origin(field.annotation)) == "typing.Literal":
        *most, last = (f"`{word}`" for word in get_args(field.annotation))
        return f"{', '.join(most)} or {last}"
    if field.annotation is bool:
        return "`true` or `false`"
    if field.annotation not in (int, float):
        return ""
    kind = "a whole number" if field.annotation is int else "a number"
    limits = {
        bound: getattr(each, bound) for each in field.metadata for bound in ("ge", "gt", "le") if hasattr(each, bound)
    }
    if "le" in limits:
        return f"{kind}, {limits['ge']} to {limits['le']:,}"
    if "gt" in limits:
        return f"{kind} above {limits['gt']}"
    return f"{kind} from {limits['ge']}" if "ge" in limits else kind
