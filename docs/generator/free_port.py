"""`python -m docs.generator.free_port PORT` ends with 1 and one line if that port can't serve the documentation.

MkDocs would end in a traceback instead, after it has built the whole site.
"""

import socket
import sys

HOST = "127.0.0.1"


def complaint(port: str) -> str | None:
    """Why no server can use this port, and what to do; None when it is free."""
    other = "Choose another with DOCS_PORT, such as `make docs-serve DOCS_PORT=8002`."
    if not port.isascii() or not port.isdecimal() or not 0 < int(port) < 65536:
        return f"{port!r} is no port. {other}"
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, int(port)))
        except OSError as refused:
            reason = refused.strerror or str(refused)
            return f"The documentation can't be served on {HOST} port {port}: {reason}. {other}"
    return None


if __name__ == "__main__":
    sys.exit(complaint(sys.argv[1]))
