"""A request of the journal as a line for the shell, to send it once more."""

import shlex
from typing import Any

# What curl works out by itself, or what concerns the connection and not the request.
_LEFT_OUT = frozenset(
    "host content-length connection transfer-encoding accept-encoding user-agent authorization keep-alive te".split()
)


def curl(entry: dict[str, Any], base_url: str) -> str:
    """The journal's `entry` as a curl command; the token is to be found in `$TOKEN`.

    Whatever the client sent is quoted, so that pasting the line runs nothing but curl.
    """
    address = f"{base_url}{entry['path']}" + (f"?{entry['query']}" if entry["query"] else "")
    parts = ["curl"]
    if any(character in address for character in "[]{}"):
        parts.append("--globoff")
    body = entry["request"]["body"]
    if entry["method"] != ("GET" if body is None else "POST"):
        parts.append(f"--request {quoted(entry['method'])}")
    lines = [" ".join([*parts, quoted(address)])]
    headers = entry["request"]["headers"]
    if "authorization" in headers:
        lines.append('--header "Authorization: Bearer $TOKEN"')
    lines += [f"--header {quoted(f'{name}: {value}')}" for name, value in headers.items() if name not in _LEFT_OUT]
    if body is not None:
        lines.append(f"--data-raw {quoted(body)}")
    return " \\\n  ".join(lines)


def quoted(text: str) -> str:
    """One word of a shell, whatever is in it; control characters are spelt out, so that no terminal obeys them."""
    if all(character.isprintable() or character in "\n\t" for character in text):
        return shlex.quote(text)
    spelt = "".join(map(_spelt, text))
    return f"$'{spelt}'"


def _spelt(character: str) -> str:
    if character in "\\'":
        return f"\\{character}"
    if character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "replace"))
