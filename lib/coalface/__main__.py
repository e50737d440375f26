"""`python -m coalface` is the command line."""

import sys

from coalface.cli import main

if __name__ == "__main__":  # forkserver and spawn import this module again
    sys.exit(main())
