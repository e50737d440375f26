"""Is a page what this commit and data make?"""

from __future__ import annotations

import hashlib
import re

from coalface.report.ledger import UNSEALED

SEAL = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def untouched(page: str) -> bool:
    """Whether the page still has the sha256 that stands in its own footer."""
    for seal in dict.fromkeys(SEAL.findall(page)):
        if hashlib.sha256(page.replace(seal, UNSEALED).encode()).hexdigest() == seal:
            return True
    return False
