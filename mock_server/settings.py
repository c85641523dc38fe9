"""The settings of the server. The command line, the environment and the docs all use these definitions."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from mock_server.choices import Details as Details
from mock_server.choices import Replay as Replay
from mock_server.choices import Seed as Seed
from mock_server.choices import Statements as Statements
from mock_server.rules.moments import parse_iso8601

ENVIRONMENT_PREFIX = "ECF_MOCK_"
# Where the mock serves its own documentation.
DOCS_PREFIX: Final = "/_mock/docs"

# The variables that aren't settings of the server, and the programs that read them.
OTHER_VARIABLES = {
    "ECF_MOCK_BASE_URL": "`ecf-mock drill` and `ecf-mock readiness`: where the mock runs.",
    "ECF_MOCK_DOCS_COMMAND": "`ecf-mock serve` in a checkout: the command that builds the documentation beside it. "
    "`make serve` sets it.",
    "ECF_MOCK_TOKEN": "`ecf-mock check` and `ecf-mock scenarios run`: a provider's token for another server. "
    "`ecf-mock drill --run` gives a client its token there.",
    "ECF_MOCK_PEER_TOKEN": "`ecf-mock check`: another provider's token.",
    "ECF_MOCK_WRONG_TOKEN": "`ecf-mock drill --run` gives a client a token there that no provider has.",
}


@dataclass(frozen=True, slots=True)
class ClockSetting:
    """How a clock starts. `now` None means the machine's time."""

    now: datetime | None = None
    running: bool = True


@dataclass(frozen=True, slots=True)
class Rate:
    """`requests` in any `seconds`; both at least 1."""

    requests: int
    # Whole seconds stay whole, wherever they are kept.
    seconds: int | float


_RATE = re.compile(r"([0-9]{1,9})/([0-9]{1,6})")


def read_rate(value: Any) -> Any:
    """A rate limit from text such as `1000/300` or `off`; what is no text stays as it is. Raises ValueError."""
    if not isinstance(value, str):
        return value
    if value == "off":
        return None
    match = _RATE.fullmatch(value)
    if match is None or not int(match[1]) or not int(match[2]):
        raise ValueError("write REQUESTS/SECONDS, such as 1000/300, or off")
    return Rate(int(match[1]), int(match[2]))


def _read_clock(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value == "machine":
        return ClockSetting()
    text, stands_still = value.removesuffix(",still"), value.endswith(",still")
    moment: datetime | None = parse_iso8601(text)
    if moment is None:
        raise ValueError("write a date or a moment, such as 2021-11-20T09:00:00Z (add ,still to stop it), or machine")
    return ClockSetting(moment, running=not stands_still)


def _read_seed(value: Any) -> Any:
    if not isinstance(value, str) or value in get_args(Seed):
        return value
    if not Path(value).is_file():
        raise ValueError(f"there is no such file; a seed is {' or '.join(get_args(Seed))}, or a file")
    return Path(value)


def _read_address(value: Any) -> Any:
    # Refusals carry it in a header, so it may only contain the characters of an address.
    if isinstance(value, str) and not _ADDRESS.fullmatch(value):
        raise ValueError("write an address such as http://127.0.0.1:8001")
    return value


_ADDRESS = re.compile(r"https?://(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:/[!#-;=?-~]*)?")


class Settings(BaseSettings):
    """Every field is an option of `ecf-mock serve` and a variable `ECF_MOCK_…` of the same name."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX,
        extra="ignore",
        arbitrary_types_allowed=True,
        # Otherwise pydantic reads the variable as JSON if the setting is a dataclass, such as the clock.
        enable_decoding=False,
    )

    host: str = Field("127.0.0.1", description="The address to listen on; the default answers this machine only.")
    port: int = Field(8080, ge=0, le=65535, description="The port to listen on; 0 takes a free one and prints it.")
    seed: Annotated[Seed | Path, BeforeValidator(_read_seed)] = Field(
        "guide",
        description="What a world starts with: `guide`, every value the API can show; `empty`, providers only; or the "
        "path of a file from `ecf-mock sandbox export`.",
    )
    participants: int = Field(
        0,
        ge=0,
        le=1_000_000,
        description="How many participants the first provider has at least in each API, with the seed `guide`; "
        "0: as many as the seed has.",
    )
    clock: Annotated[ClockSetting, BeforeValidator(_read_clock)] = Field(
        ClockSetting(),
        description="`machine`, or the moment from which the clock runs, such as `2021-11-20T09:00:00Z`; "
        "with `,still` added it stands still.",
    )
    replay: Replay = Field(
        "return",
        description="What an exact copy of a declaration gets: the existing record, as documented, "
        "or a refusal, as observed.",
    )
    rate_limit: Annotated[Rate | None, BeforeValidator(read_rate)] = Field(
        Rate(1000, 300),
        description="Requests a token may make in so many seconds, as `1000/300`; `off` for no limit.",
    )
    random_seed: int = Field(2021, ge=0, description="Where ids and invented values come from: same seed, same ids.")
    max_sandboxes: int = Field(
        1000, ge=1, description="How many sandboxes there can be at a time, `default` included; making more gets 409."
    )
    sandbox_ttl: float = Field(
        0,
        ge=0,
        description="Seconds after which a sandbox that nobody uses is deleted, except `default`; 0 keeps all.",
    )
    state: Path | None = Field(
        None,
        description="The file that keeps the sandboxes, so that they outlive the process; in memory only when left "
        "out. Sandboxes that it holds keep their own settings.",
    )
    control: bool = Field(True, description="Whether the control API under `/_mock` is there.")
    control_token: str | None = Field(
        None, min_length=1, description="The bearer token that the control API asks for; none when left out."
    )
    insecure: bool = Field(
        False,
        description="Whether the control API may listen on a public address, and answer under any host name, "
        "without a token: for containers and networks that nobody else can reach.",
    )
    docs_url: Annotated[str | None, BeforeValidator(_read_address)] = Field(
        None,
        description="Where the documentation is served: refusals link into it. Left out, the mock serves it under "
        "`/_mock/docs/`.",
    )
    max_body_bytes: int = Field(
        1_048_576, ge=1, description="The largest request body, in bytes; a larger one gets 413."
    )
    body_timeout: float = Field(
        10.0, gt=0, description="Seconds within which a request's head, and then its body, must have arrived."
    )
    journal_entries: int = Field(10_000, ge=0, description="How many requests a sandbox's journal keeps.")
    journal_bytes: int = Field(
        16 * 1024 * 1024,
        ge=0,
        description="How many bytes of requests and answers a sandbox's journal keeps.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "warning",
        description="How much the server logs. `info` writes a line for each request to standard output; all else goes "
        "to standard error.",
    )


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """The settings with which a sandbox starts, and to which a reset takes it back."""

    seed: Seed
    clock: ClockSetting
    replay: Replay
    rate_limit: Rate | None
    random_seed: int
    # How the mock authorises statements: on their payment date (`by_date`), or when a call asks for it (`by_hand`).
    statements: Statements = "by_date"
    # Whether the details of refusals have the mock's own words, or others each time.
    details: Details = "usual"

    @classmethod
    def of_server(cls, settings: Settings) -> "SandboxSettings":
        # A file is more than a seed: see `Registry`.
        seed: Seed = "guide" if isinstance(settings.seed, Path) else settings.seed
        return cls(seed, settings.clock, settings.replay, settings.rate_limit, settings.random_seed)


class GivenSettings(Settings):
    """Settings from the arguments alone. Only `ecf-mock serve` may depend on the environment."""

    model_config = SettingsConfigDict(extra="forbid")

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: Any, init_settings: PydanticBaseSettingsSource, *others: Any, **more: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)
