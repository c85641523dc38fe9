"""Excerpts from the files in `examples/`, unchanged. These files also run as tests."""

from typing import Final

from docs.generator.trial import Trial
from mock_server.control.models import JournalPage, read
from mock_server.pytest_plugin import complaint
from mock_server.resources import resource

_FOLDER: Final = "examples"


def example(name: str, section: str | None = None) -> str:
    """The file `name`, or the part between its two lines `# [section]`.

    Raises:
        LookupError: the file doesn't have two such lines.
    """
    text = resource(f"{_FOLDER}/{name}").read_text("utf-8")
    if section is None:
        return text.rstrip("\n")
    parts = text.split(f"# [{section}]\n")
    if len(parts) != 3:
        raise LookupError(f"{name} needs two lines “# [{section}]”, and has {len(parts) - 1}")
    return parts[1].strip("\n")


def breach(mock: Trial) -> str:
    """The pytest plugin's report on a test whose client misspells an attribute."""
    token = "alder-token"  # noqa: S105 - everybody's
    first = mock.value("GET", "/api/v1/participants/ecf?page[per_page]=1", token=token)["data"][0]
    attributes = {"raeson": "career-break", "course_identifier": "ecf-induction"}
    body = {"data": {"type": "participant-defer", "attributes": attributes}}
    mock.send("PUT", f"/api/v1/participants/ecf/{first['id']}/defer", body, token=token, status=422)
    broken = mock.value("GET", "/_mock/sandboxes/default/requests?contract=broken")
    return complaint(list(read(JournalPage, broken).requests))
