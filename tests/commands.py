"""Programs beside Python that tests run."""

import shutil


def required(name: str) -> str:
    """Where the program is.

    Raises:
        RuntimeError: it isn't there; the message says what to do.
    """
    found = shutil.which(name)
    if found is None:
        raise RuntimeError(f"these tests need {name}: `make system-packages` installs it on Debian")
    return found
