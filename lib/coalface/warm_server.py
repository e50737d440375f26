"""The server of the fork engine imports this module when it starts; that makes it warm.

`COALFACE_WARM` names the modules that the notebooks want, parted by commas; without it most are imported.
"""

from __future__ import annotations

import os

from coalface.warm import prepare

_said = os.environ.get("COALFACE_WARM")
prepare(None if _said is None else filter(None, _said.split(",")))
