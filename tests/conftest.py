"""Property tests draw the same examples every time and are never judged by the clock.

`pytest --hypothesis-profile explore` looks further, with new examples each time.
"""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("suite", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("suite")
