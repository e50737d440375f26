"""The door: `coalface check · render · sweep · verify · headlines · update · cite`.

Nothing heavy is imported before it is needed, so that having nothing to do takes no time.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coalface.errors import CoalfaceError, ParameterError

if TYPE_CHECKING:
    from coalface.report.jobs import Job
    from coalface.report.suite import Suite

USAGE, FAILED = 2, 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the answer is the exit code: 0 done, 1 failed work, 2 misuse."""
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
    except ParameterError as error:
        print(f"coalface: {error}", file=sys.stderr)
        return USAGE
    except CoalfaceError as error:
        print(f"coalface: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("coalface: stopped; finished reports are kept, run it again for the rest", file=sys.stderr)
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="coalface", description="Sourced figures and refutable models of the Russian coal crisis."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    check = commands.add_parser("check", help="check every rule of data/")
    check.add_argument("folder", nargs="?", type=Path, help="default: data/ of the checkout")
    check.add_argument(
        "--accept", action="store_true", help="first describe a meant edit in datapackage.json"
    )
    check.set_defaults(run=_check)

    update = commands.add_parser("update", help="propose rows from a publisher's document saved as a file")
    update.add_argument("source", metavar="SOURCE", help="key-rate, exchange-rate or pink-sheet")
    update.add_argument("file", type=Path, metavar="FILE")
    update.add_argument("--published", default="", metavar="DATE", help="date of the document, as 2026-11-22")
    update.add_argument("--write", action="store_true", help="add the rows to data/ beside the old ones")
    update.set_defaults(run=_update)

    render = commands.add_parser("render", help="make the pages of notebooks")
    render.add_argument(
        "notebooks", nargs="*", metavar="NOTEBOOK", help="default: all of notebooks/index.yml"
    )
    render.add_argument(
        "--each", action="append", default=[], metavar="PARAM", help="all choices of a parameter"
    )
    _common(render)
    render.set_defaults(run=_render)

    sweep = commands.add_parser("sweep", help="make a notebook's pages for many parameters")
    sweep.add_argument("notebooks", nargs="+", metavar="NAME", help="a notebook")
    sweep.add_argument(
        "--each", action="append", default=[], metavar="PARAM", help="all choices of a parameter"
    )
    sweep.add_argument("--grid", action="append", default=[], metavar="NAME=A,B,C", help="these values")
    sweep.add_argument("--batch", metavar="K/N", help="only the K-th of N parts, for a farm of machines")
    _common(sweep)
    sweep.set_defaults(run=_sweep)

    verify = commands.add_parser("verify", help="tell whether a page is what this commit and data make")
    verify.add_argument("pages", nargs="+", type=Path, metavar="FILE")
    verify.set_defaults(run=_verify)

    headlines = commands.add_parser("headlines", help="compare the headline numbers with the expected ones")
    headlines.add_argument("--accept", action="store_true", help="make the present ones the expected ones")
    headlines.add_argument("--output", type=Path, help="folder of the reports (default: reports/)")
    headlines.set_defaults(run=_headlines)

    cite = commands.add_parser("cite", help="list the documents behind a series")
    cite.add_argument("series", nargs="+", metavar="SERIES", help="a series id, as in coal.exports.ru.total")
    cite.set_defaults(run=_cite)
    return parser


def _common(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("-p", dest="given", action="append", default=[], metavar="NAME=VALUE", help="a parameter")
    add("--scenario", metavar="NAME", help="short for -p scenario=NAME")
    add("--as-of", metavar="DATE", help="short for -p as_of=DATE (YYYY-MM-DD)")
    add("-j", dest="workers", type=_positive, metavar="N", help="reports at a time (default: cores)")
    add("--output", type=Path, metavar="DIR", help="default: reports/ of the checkout")
    add("--engine", choices=("stock", "fork"), help="default: fork where the system can")
    add("--max-time", type=_positive, default=600, metavar="S", help="seconds that one report may take")
    add("--max-memory", type=_positive, default=4096, metavar="MB", help="memory that one report may take")
    add("--keep", action="store_true", help="keep the executed notebooks beside the pages")
    add("--force", action="store_true", help="make up-to-date reports again")


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 10**6:
        raise argparse.ArgumentTypeError(f"wants a whole number above 0, got {text!r}")
    return int(text)


def _given(arguments: argparse.Namespace) -> list[tuple[str, str]]:
    from coalface.report import parameters

    given = [parameters.split(text) for text in arguments.given]
    if arguments.scenario is not None:
        given.append(("scenario", arguments.scenario))
    if arguments.as_of is not None:
        given.append(("as_of", arguments.as_of))
    return given


def _render(arguments: argparse.Namespace) -> int:
    from coalface.report import jobs, suite

    found = suite.read()
    each = getattr(arguments, "each", [])
    if each:
        return _make(found, jobs.swept(found, arguments.notebooks, each, (), _given(arguments)), arguments)
    return _make(found, jobs.planned(found, arguments.notebooks, _given(arguments)), arguments)


def _sweep(arguments: argparse.Namespace) -> int:
    from coalface.report import jobs, suite

    if not arguments.each and not arguments.grid:
        raise ParameterError("a sweep wants --each PARAM or --grid NAME=A,B,C")
    found = suite.read()
    wanted = jobs.swept(found, arguments.notebooks, arguments.each, arguments.grid, _given(arguments))
    if arguments.batch is not None:
        wanted = jobs.batch(wanted, arguments.batch)
    return _make(found, wanted, arguments)


def _make(found: Suite, wanted: Sequence[Job], arguments: argparse.Namespace) -> int:
    from coalface.report import run
    from coalface.report.farm import Limits
    from coalface.report.progress import summary, table

    output = arguments.output or found.root / "reports"
    limits = Limits(arguments.workers or os.cpu_count() or 1, arguments.max_time, arguments.max_memory)
    done = run.render(
        found,
        wanted,
        output,
        engine=arguments.engine,
        limits=limits,
        force=arguments.force,
        keep=arguments.keep,
    )
    if arguments.run is _sweep:
        print(table(done.outcomes, done.fresh))
    print(summary(done.outcomes, done.fresh, output))
    return 0 if all(outcome.made for outcome in done.outcomes) else FAILED


def _verify(arguments: argparse.Namespace) -> int:
    from coalface.report import suite
    from coalface.report.verify import verify

    found, good = suite.read(), True
    for path in arguments.pages:
        try:
            page = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ParameterError(f"cannot read {path}: {error}") from error
        verdict = verify(found, page)
        print(f"{path}: {verdict.words}")
        good = good and verdict.sound
    return 0 if good else FAILED


def _headlines(arguments: argparse.Namespace) -> int:
    from coalface.report import files, jobs, ledger, suite

    found = suite.read()
    path = found.root / "tests" / "expected" / "headlines.csv"
    wanted = {(job.entry.name, job.label) for job in jobs.planned(found)}
    rows = ledger.read_csv((arguments.output or found.root / "reports") / "headlines.csv")
    actual = [row for row in rows if (row.notebook, row.parameters) in wanted]
    if not actual:
        raise CoalfaceError("no headline numbers yet: run `coalface render` first")
    changes = ledger.changes(ledger.read_csv(path), actual)
    if arguments.accept:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, ledger.as_csv(actual))
        print(f"{len(changes)} changes accepted in {path}")
        return 0
    for change in changes:
        print(change)
    if changes:
        print(f"{len(changes)} changes; if they are meant: coalface headlines --accept")
    return FAILED if changes else 0


def _check(arguments: argparse.Namespace) -> int:
    from coalface.data import catalogue, checks, package

    folder: Path = arguments.folder or catalogue.default_folder()
    if arguments.accept and package.write(folder):
        print(f"wrote {folder / package.NAME}")
    faults = checks.run(folder)
    for fault in faults:
        print(f"{folder.name}/{fault}")
    rows = sum(package.row_counts(folder).values()) if not faults else 0
    print(f"{len(faults)} fault{'s' * (len(faults) > 1)}" if faults else f"no fault in {rows} rows")
    return FAILED if faults else 0


def _cite(arguments: argparse.Namespace) -> int:
    from coalface import data

    cat = data.read()
    for series_id in arguments.series:
        cat.unit(series_id)  # raises, with near names, if there is no such series
        print(series_id)
        for row in cat.sources_of(series_id).itertuples():
            print(f"  {row.publisher}, {row.title}, {row.published}, {row.url}")
    return 0


def _update(arguments: argparse.Namespace) -> int:
    from coalface import data
    from coalface.update import PUBLISHERS, write

    if arguments.source not in PUBLISHERS:
        raise ParameterError(f"no source {arguments.source!r}; there are {', '.join(PUBLISHERS)}")
    if not arguments.file.is_file():
        raise ParameterError(f"no file {arguments.file}; save the publisher's document and name it here")
    cat = data.read()
    proposal = PUBLISHERS[arguments.source](arguments.file.read_bytes(), cat, arguments.published)
    print(proposal.rows.to_csv(index=False, lineterminator="\n", float_format="%.10g"), end="")
    print(f"{len(proposal.rows)} new rows of {proposal.source['source_id']}", file=sys.stderr)
    if arguments.write:
        for path in write(proposal, cat.folder):
            print(f"wrote {path}", file=sys.stderr)
    return 0
