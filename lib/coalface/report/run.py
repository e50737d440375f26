"""From checked jobs to a folder of reports: skip what is up to date, farm out the rest, write the lists."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from coalface.report import farm, files, index, ledger, meta
from coalface.report.execute import Outcome, Task
from coalface.report.farm import FORKS, Limits
from coalface.report.jobs import Job
from coalface.report.suite import Suite


def render(
    suite: Suite,
    jobs: Sequence[Job],
    output: Path,
    *,
    engine: str | None = None,
    limits: Limits | None = None,
) -> list[Outcome]:
    """Make all reports in the folder; the outcomes in the order of the jobs."""
    files.prepare(output)
    (output / ".records").mkdir(exist_ok=True)
    engine = engine or ("fork" if FORKS else "stock")
    commit, data_hash = meta.commit(suite.root), meta.data_hash(suite.root)
    tasks = [Task(job, meta.meta(job, commit, data_hash), output.resolve(), engine) for job in jobs]
    outcomes: dict[str, Outcome] = {}
    with progress(len(tasks)) as tell:
        for outcome in farm.run(tasks, limits or Limits(), engine):
            outcomes[outcome.stem] = outcome
            tell(outcome)
    publish(suite, output)
    return [outcomes[job.stem] for job in jobs]


def publish(suite: Suite, output: Path) -> None:
    """Write index.html and headlines.csv from the records of the finished reports."""
    records = read_records(output)
    rows = [ledger.Headline(**row) for record in records for row in record["headlines"]]
    files.write(output / "headlines.csv", ledger.as_csv(rows))
    files.write(output / "index.html", index.page(suite, records, failures(output)))


def read_records(output: Path) -> list[dict[str, Any]]:
    """The records of all reports whose page is there, sorted by name."""
    found = []
    for path in sorted((output / ".records").glob("*.json")):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:  # not written by us; the page will be made again
            continue
        if (output / f"{record['stem']}.html").is_file():
            found.append(record)
    return found


def failures(output: Path) -> list[str]:
    """Stems of the reports that failed at their last run."""
    return sorted(path.name.removesuffix(".failed.html") for path in output.glob("*.failed.html"))


@contextmanager
def progress(total: int) -> Iterator[Callable[[Outcome], None]]:
    """A bar on a terminal, plain lines elsewhere; call it with each outcome."""
    if total and sys.stderr.isatty() and not os.environ.get("CI"):
        from tqdm import tqdm

        with tqdm(total=total, unit="report", leave=False) as bar:

            def tell(outcome: Outcome) -> None:
                bar.update()
                bar.set_postfix_str(outcome.stem)
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


def summary(outcomes: Iterable[Outcome], output: Path) -> str:
    """How many reports were made and where they are."""
    done = list(outcomes)
    failed = [outcome for outcome in done if not outcome.made]
    text = f"{len(done) - len(failed)} of {len(done)} reports made; open {output / 'index.html'}"
    return text + "".join(f"\n{line(outcome)}" for outcome in failed)
