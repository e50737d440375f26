"""What a run says while it goes: a bar on a terminal, plain lines elsewhere, a summary at the end."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from coalface.report.execute import Outcome


@contextmanager
def progress(total: int) -> Iterator[Callable[[Outcome], None]]:
    """A bar on a terminal, plain lines elsewhere; call it with each outcome."""
    if total and sys.stderr.isatty() and not os.environ.get("CI"):
        from tqdm import tqdm

        with tqdm(total=total, unit="report", leave=False) as bar:

            def tell(outcome: Outcome) -> None:
                bar.set_postfix_str(outcome.stem, refresh=False)
                bar.update()
                if not outcome.made:
                    bar.write(line(outcome), file=sys.stderr)

            yield tell
    else:
        yield lambda outcome: print(line(outcome), file=sys.stderr, flush=True)


def line(outcome: Outcome) -> str:
    """One outcome as one line."""
    if outcome.made:
        return f"made    {outcome.stem} ({outcome.seconds:.1f} s)"
    place = f"code cell {outcome.cell}: " if outcome.cell else ""
    first = (outcome.cause.splitlines() or ["no cause given"])[0]
    return f"FAILED  {outcome.stem} ({outcome.seconds:.1f} s): {place}{first}"


def summary(outcomes: Sequence[Outcome], fresh: int, output: Path) -> str:
    """Counts, the failed reports again, and where to look."""
    counts = Counter(outcome.made for outcome in outcomes)
    parts = [f"{counts[True]} made", f"{fresh} up to date", f"{counts[False]} failed"]
    lines = [line(outcome) for outcome in outcomes if not outcome.made]
    return "\n".join([*lines, f"{', '.join(parts)}; open {output / 'index.html'}"])


def table(outcomes: Sequence[Outcome], fresh: int) -> str:
    """The sweep's cost as a small table of text."""
    seconds = sorted(outcome.seconds for outcome in outcomes if outcome.made)
    rows = [
        ("reports made", f"{len(seconds)}"),
        ("up to date", f"{fresh}"),
        ("failed", f"{len(outcomes) - len(seconds)}"),
    ]
    if seconds:
        rows += [
            ("seconds a report, median", f"{seconds[len(seconds) // 2]:.2f}"),
            ("seconds a report, longest", f"{seconds[-1]:.2f}"),
        ]
    return "\n".join(f"{name:<28}{value:>10}" for name, value in rows)
