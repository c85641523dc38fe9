"""Links in the texts of scenarios: `[…](scenario:polling)` and `[…](section:notifying-of-deferral)`.

Texts don't know on which page they are shown; whoever shows them puts the addresses in.
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
    """`text` with `address(kind, name)` in place of every link."""
    return _LINK.sub(lambda match: f"]({address(match[1], match[2])})", text)


def without_links(text: str) -> str:
    """`text` with the words of every link, but not the link."""
    return _LINKED.sub(r"\1", text)
