"""The control API's specification as the tests read it."""

from tests.specifications import Document, Operation, examples

__all__ = ["complaints", "examples", "follow", "operations"]

_control = Document("control")
follow = _control.follow
complaints = _control.complaints


def operations() -> dict[str, Operation]:
    """Every operation by its id, in the order of the file."""
    return _control.operations
