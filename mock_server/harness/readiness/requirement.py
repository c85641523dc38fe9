"""One thing that a client must or should do before it goes live."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from mock_server.harness.readiness.judgement import Judgement

Level = Literal["must", "should"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """`sentence` says what the client does, `why` says what goes wrong otherwise.

    `guide` is where the documentation site explains it. `how` says what the client still has to do when nobody saw it.
    `judge` looks only at the traffic, as the service's kit prepares it. A requirement that isn't `needed` holds up
    nobody as long as it wasn't seen: a client can fail it, but needn't show it. Only one about `restarts` looks at what
    came after the client was started again.
    """

    id: str
    level: Level
    sentence: str
    why: str
    guide: str
    how: str
    judge: Callable[[Any], Judgement]
    needed: bool = True
    restarts: bool = False

    @property
    def group(self) -> str:
        return self.id.partition(".")[0]
