"""Links in the texts of scenarios: `[…](scenario:polling)` and `[…](section:notifying-of-deferral)`.

A text doesn't know which page shows it. The code that shows it adds the addresses.
"""

import re
from collections.abc import Callable, Iterator

_LINK = re.compile(r"\]\((scenario|section):([a-z0-9-]+)\)")
_LINKED = re.compile(r"\[([^\]]+)\]\((?:scenario|section):[a-z0-9-]+\)")


def links_in(text: str) -> Iterator[tuple[str, str]]:
    """Kind (`scenario` or `section`) and name of every link in `text`."""
    for match in _LINK.finditer(text):
        yield match[1], match[2]


def with_addresses(text: str, address: Callable[[str, str], str]) -> str:
    """`text` with `address(kind, name)` as the target of every link."""
    return _LINK.sub(lambda match: f"]({address(match[1], match[2])})", text)


def without_links(text: str) -> str:
    """`text` with the words of every link, but without the link."""
    return _LINKED.sub(r"\1", text)
