"""One visit to the page: its sandbox, its query, and the addresses of its links."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from mock_server.gateway import PAGE_PREFIX
from mock_server.sandbox.sandboxes import Registry, Sandbox
from mock_server.settings import DOCS_PREFIX

ROOT = PAGE_PREFIX


class NotThere(Exception):
    """The sandbox has no record for the view to show. The message is what people call such a record."""


@dataclass(frozen=True, slots=True)
class Visit:
    """`query` holds no blank values. `base_url` is where the visitor finds the mock, `docs_url` the
    documentation, if it is elsewhere.
    """

    registry: Registry
    sandbox: Sandbox
    query: Mapping[str, str]
    base_url: str
    docs_url: str | None

    @property
    def about(self) -> str:
        """The id of the record that the view is about; empty for a list."""
        return self.query.get("about", "")

    def url(self, path: str, /, sandbox: str | None = None, **query: object) -> str:
        """The address of a view, or of something below it, in this sandbox or another. A None leaves its key out."""
        given = urlencode({name: value for name, value in query.items() if value is not None})
        address = f"{ROOT}/sandboxes/{quote(sandbox or self.sandbox.id, safe='')}/{path}"
        return f"{address}?{given}" if given else address

    def docs(self, page: str) -> str:
        """The address of a page of the documentation, such as `errors/#participant-enrolled`."""
        return f"{(self.docs_url or DOCS_PREFIX).rstrip('/')}/{page}"
