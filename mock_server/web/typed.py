"""What somebody has typed into a form that was refused: nothing of it is lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Typed:
    """`failed` is the name of the form that was refused, if any; `errors` are what is wrong, by field."""

    failed: str | None = None
    form: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def into(self, name: str, **told: str) -> "Typed":
        """What was typed into the form of that name; `told` tells those of one name apart, by hidden fields."""
        is_this = name == self.failed and all(self.form.get(key) == value for key, value in told.items())
        return self if is_this else Typed()

    @property
    def is_open(self) -> bool:
        """Whether the form is to be open when the page is shown."""
        return self.failed is not None

    def value(self, name: str, otherwise: str | None = "") -> str:
        """What is to stand in the field: what was typed, a field emptied included, or else what is so now."""
        return self.form.get(name, "") if self.failed else otherwise or ""
