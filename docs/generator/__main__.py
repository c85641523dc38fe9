"""`python -m docs.generator [FOLDER]` writes the sources of the site, to `build/docs` unless told otherwise."""

import sys
from pathlib import Path

from docs.generator.site import write

if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "build/docs"))
