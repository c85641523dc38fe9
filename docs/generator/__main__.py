"""`python -m docs.generator [FOLDER]` writes the sources of the site, by default to `build/docs`."""

import sys
from pathlib import Path
from time import perf_counter

from docs.generator.site import write

if __name__ == "__main__":
    began = perf_counter()
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "build/docs"))
    # MkDocs also reports how long its part took.
    print(f"INFO    -  Pages written in {perf_counter() - began:.2f} seconds", file=sys.stderr)
