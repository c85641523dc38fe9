"""A request with its answer as the pages show it, and the samples of the request in every language.

A page holds the sample in the first language. A file beside the page holds all of them, and the page's script fetches
it when a reader chooses another language. So a page stays light, and it can be read without scripts.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from docs.generator.addresses import href
from docs.generator.answers import FOLDED_ABOVE, answer
from docs.generator.contract import Operation
from docs.generator.markup import code
from docs.generator.snippets import LANGUAGES, Sending
from mock_server.harness.exchange import Response
from mock_server.harness.scenarios.runner import RULE_HEADER

FOLDER: Final = "assets/samples"


@dataclass(frozen=True, slots=True)
class Written:
    """A request in one language."""

    language: str
    lexer: str
    code: str


@dataclass(frozen=True, slots=True)
class Described:
    """Where the reference describes an answer: the name of its schema, and the operation that gave it."""

    schema: str
    operation: Operation


@dataclass(frozen=True, slots=True)
class ShownExchange:
    """A request with its answer as the page shows it. `id` is unique on the page.

    `text` is Markdown. `control` is true for a request to the control API. `acts_as` is the name of another provider
    that acts here. `anchor` is where the step begins, for steps after the first. `part` begins a new part of the
    story. `described` is None for an answer that is neither a list nor a record.
    """

    id: str
    heading: str
    requests: Sequence[Written]
    status: int
    answer: str
    rules: Sequence[str]
    text: str = ""
    control: bool = False
    acts_as: str | None = None
    anchor: str | None = None
    part: str = ""
    described: Described | None = None

    @property
    def folded(self) -> bool:
        """Whether the answer is too long to be shown at once."""
        return self.answer.count("\n") + 1 > FOLDED_ABOVE

    @property
    def status_line(self) -> str:
        return self.answer.partition("\n")[0]

    @property
    def lines(self) -> int:
        return self.answer.count("\n") + 1

    @property
    def open_lines(self) -> int:
        """The lines that the page shows at once, of the request in the first language and of the answer.

        From it the browser guesses the height of what it hasn't laid out yet.
        """
        # A fold is as high as two lines.
        return self.requests[0].code.count("\n") + 1 + (2 if self.folded else self.lines)


def written(sending: Sending) -> list[Written]:
    """The request in every language."""
    return [Written(each.name, each.lexer, each.write(sending)) for each in LANGUAGES]


def shown(identifier: str, sending: Sending, response: Response) -> ShownExchange:
    return ShownExchange(
        id=identifier,
        heading=f"{sending.method} {sending.path}",
        requests=written(sending),
        status=response.status,
        answer=answer(response),
        rules=rules_of(response),
    )


def rules_of(response: Response) -> list[str]:
    """The rules that refused the request, from the mock's header."""
    named = response.headers.get(RULE_HEADER)
    return named.split(", ") if named else []


class Samples:
    """The samples of the page that is being written, and the files of the pages that were."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self._page = ""
        self._own: dict[str, dict[str, str]] = {}

    def begin(self, page: str) -> None:
        """Samples added from now on stand on `page`, such as `v3/index.md`."""
        self._page, self._own = page, {}

    def add(self, identifier: str, requests: Sequence[Written]) -> str:
        """Keeps the samples of one request. Returns the file's address relative to the page.

        Raises:
            ValueError: the page has other samples under this identifier.
        """
        samples = {each.language: str(code(each.code, each.lexer)) for each in requests}
        if self._own.setdefault(identifier, samples) != samples:
            raise ValueError(f"{self._page} has two requests with the id {identifier!r}")
        return href(self._page, self._file)

    def end(self) -> None:
        """Writes the file of the page, if the page has samples."""
        if self._own:
            self.files[self._file] = json.dumps(self._own, ensure_ascii=False, separators=(",", ":"))

    @property
    def _file(self) -> str:
        return f"{FOLDER}/{self._page.removesuffix('.md')}.json"
