"""What the name of a host says of who can reach it."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine, and nobody else can reach a server that listens there."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
