"""The words that settings of sandboxes may have. Light to import, unlike `settings`, for the Python client."""

from typing import Literal

Seed = Literal["guide", "empty"]
Replay = Literal["return", "refuse"]
Statements = Literal["by_date", "by_hand"]
Details = Literal["usual", "reworded"]
