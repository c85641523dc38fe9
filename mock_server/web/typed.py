"""What the visitor typed into a form that the mock refused. The form shows it again, so nothing is lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Typed:
    """`failed` is the name of the refused form, if any; `errors` says what is wrong, by field."""

    failed: str | None = None
    form: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def into(self, name: str, **told: str) -> "Typed":
        """What the visitor typed into the form `name`; nothing if the mock refused another form.

        Several forms may share a name: the hidden fields `told` tell them apart.
        """
        is_this = name == self.failed and all(self.form.get(key) == value for key, value in told.items())
        return self if is_this else Typed()

    @property
    def is_open(self) -> bool:
        """Whether the page shows the form open."""
        return self.failed is not None

    def value(self, name: str, otherwise: str | None = "") -> str:
        """What the field shows: `otherwise`, or what the visitor typed (even nothing) if the mock refused it."""
        return self.form.get(name, "") if self.failed else otherwise or ""
