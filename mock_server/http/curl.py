"""A request as a line for the shell, to send it once more."""

import re
import shlex
from collections.abc import Iterable

# A token, for which a variable of the shell stands: whole, a part of it, or with something before or after it.
_VARIABLE = re.compile(r"[A-Za-z]+ [A-Za-z0-9-]*\$(?:[A-Z][A-Z0-9_]*|\{[A-Z][A-Z0-9_]*(?::[0-9]+){0,2}\})[A-Za-z0-9-]*")


def curl(method: str, address: str, headers: Iterable[tuple[str, str]], body: str | None = None) -> str:
    """The request as a curl command, which ends in no line feed. Its `address` is percent-encoded.

    It quotes everything, so that pasting the line runs nothing but curl. A header such as `Bearer $TOKEN` alone takes
    its variable from the shell.
    """
    words = ["curl"]
    if any(character in address for character in "[]{}"):
        words.append("-g")
    if method != "GET" or body is not None:
        words.append(f"-X {quoted(method)}")
    lines = [" ".join([*words, quoted(address)])]
    for name, value in headers:
        header = f"{name}: {value}"
        lines.append(f'-H "{header}"' if _VARIABLE.fullmatch(value) else f"-H {quoted(header)}")
    if body is not None:
        lines.append(f"--data-raw {quoted(body)}")
    return joined(lines)


def joined(lines: Iterable[str]) -> str:
    """One command over several lines."""
    return " \\\n  ".join(lines)


def quoted(text: str) -> str:
    """One word of a shell, whatever is in it; control characters are spelt out, so that no terminal obeys them."""
    if text.replace("\n", "").replace("\t", "").isprintable():
        return shlex.quote(text)
    spelt = "".join(map(_spelt, text))
    return f"$'{spelt}'"


def _spelt(character: str) -> str:
    if character in "\\'":
        return f"\\{character}"
    if character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "replace"))
