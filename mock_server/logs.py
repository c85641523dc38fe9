"""Keeps tokens out of the server's log, wherever in a request a client puts them."""

import logging
from collections.abc import Callable
from urllib.parse import quote, quote_plus

from mock_server.sandbox.sandboxes import TOKENS


class _WithoutSecrets(logging.Formatter):
    def __init__(self, inner: logging.Formatter, hide: Callable[[str], str]) -> None:
        super().__init__()
        self._inner = inner
        self._hide = hide

    def format(self, record: logging.LogRecord) -> str:
        # We clean the whole text: a request line, a message, a traceback.
        return self._hide(self._inner.format(record))


def hide_tokens(control_token: str | None) -> None:
    """Hide the tokens in everything that this process logs from now on. Set up logging first."""

    # The token itself, and its percent-encoded forms in paths and queries.
    written = {control_token, quote(control_token), quote_plus(control_token)} if control_token else set()

    def hide(text: str) -> str:
        text = TOKENS.sub(r"[token of \1]", text)
        for secret in written:
            text = text.replace(secret, "[control token]")
        return text

    loggers = [logging.getLogger(name) for name in (None, "uvicorn", "uvicorn.access", "uvicorn.error")]
    handlers = {handler for logger in loggers for handler in logger.handlers}
    if logging.lastResort is not None:
        handlers.add(logging.lastResort)
    for handler in handlers:
        handler.setFormatter(_WithoutSecrets(handler.formatter or logging.Formatter(), hide))
