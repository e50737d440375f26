"""From checked jobs to a folder of reports: skip what is up to date, farm out the rest, write the lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coalface.report import farm, files, manifest, meta, records
from coalface.report.execute import Outcome, Task
from coalface.report.farm import FORKS, Limits
from coalface.report.jobs import Job
from coalface.report.progress import progress
from coalface.report.stamp import Stamps, fresh
from coalface.report.suite import Suite


@dataclass(frozen=True)
class Done:
    """What a run has made, and how many reports needed nothing."""

    outcomes: tuple[Outcome, ...]
    fresh: int


def render(
    suite: Suite,
    jobs: Sequence[Job],
    output: Path,
    *,
    engine: str | None = None,
    limits: Limits | None = None,
    force: bool = False,
    keep: bool = False,
) -> Done:
    """Make the reports that are not up to date in the folder, then the lists of all reports in it."""
    stamps, known, broken = Stamps(suite), records.made(output), records.failed(output)
    due = [
        job
        for job in jobs
        if force
        or job.stem in broken
        or (keep and not (output / f"{job.stem}.ipynb").is_file())
        or not fresh(known.get(job.stem, {}), stamps, job)
    ]
    if not due and manifest.stands(suite, output, known, broken):
        return Done((), len(jobs))
    engine = engine or ("fork" if FORKS else "stock")
    output = output.resolve()
    outcomes = []
    with files.workplace(output) as work:
        (output / records.FOLDER).mkdir(exist_ok=True)
        commit, data_hash = meta.commit(suite.root), meta.data_hash(suite.root)
        tasks = {
            job.stem: Task(job, meta.meta(job, commit, data_hash), output, work, engine, keep) for job in due
        }
        warm = stamps.modules(due)
        with progress(len(due)) as tell:
            for outcome in farm.run(list(tasks.values()), limits or Limits(), engine, warm):
                task = tasks[outcome.stem]
                code = stamps.code(task.job)
                records.keep(task, outcome, stamps.of(task.job, outcome.reads, code), code)
                outcomes.append(outcome)
                tell(outcome)
        farm.call(engine, manifest.publish, suite, output, commit, data_hash)
    return Done(tuple(outcomes), len(jobs) - len(due))
