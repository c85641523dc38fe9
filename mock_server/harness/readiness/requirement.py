"""One thing that a client does that is ready to go live."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from mock_server.harness.readiness.judgement import Judgement

Level = Literal["must", "should"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """`sentence` says what the client does, `why` what goes wrong otherwise.

    `guide` is where the documentation site explains it. `how` tells whoever wasn't seen doing it what is still to
    happen. `judge` looks at nothing but the traffic, as the service's kit makes it.
    """

    id: str
    level: Level
    sentence: str
    why: str
    guide: str
    how: str
    judge: Callable[[Any], Judgement]

    @property
    def group(self) -> str:
        return self.id.partition(".")[0]
