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
    from coalface.report import jobs
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

    render = commands.add_parser("render", help="make the pages of notebooks")
    render.add_argument(
        "notebooks", nargs="*", metavar="NOTEBOOK", help="default: all of notebooks/index.yml"
    )
    _common(render)
    render.set_defaults(run=_render)

    verify = commands.add_parser("verify", help="tell whether a page is what this commit and data make")
    verify.add_argument("pages", nargs="+", type=Path, metavar="FILE")
    verify.set_defaults(run=_verify)

    headlines = commands.add_parser("headlines", help="compare the headline numbers with the expected ones")
    headlines.add_argument("--accept", action="store_true", help="make the present ones the expected ones")
    headlines.add_argument("--output", type=Path, help="folder of the reports (default: reports/)")
    headlines.set_defaults(run=_headlines)
    return parser


def _common(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "-p", dest="given", action="append", default=[], metavar="NAME=VALUE", help="a parameter"
    )
    command.add_argument("--scenario", metavar="NAME", help="short for -p scenario=NAME")
    command.add_argument("--as-of", metavar="DATE", help="short for -p as_of=DATE (YYYY-MM-DD)")
    command.add_argument(
        "-j", dest="workers", type=_positive, metavar="N", help="reports at a time (default: cores)"
    )
    command.add_argument("--output", type=Path, metavar="DIR", help="default: reports/ of the checkout")
    command.add_argument("--engine", choices=("stock", "fork"), help="default: fork where the system can")
    command.add_argument(
        "--max-time", type=_positive, default=600, metavar="S", help="seconds a report may take"
    )


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
    return _make(found, jobs.planned(found, arguments.notebooks, _given(arguments)), arguments)


def _make(found: Suite, planned: Sequence[jobs.Job], arguments: argparse.Namespace) -> int:
    from coalface.report import run
    from coalface.report.farm import Limits

    output = arguments.output or found.root / "reports"
    limits = Limits(arguments.workers or os.cpu_count() or 1, arguments.max_time)
    outcomes = run.render(found, planned, output, engine=arguments.engine, limits=limits)
    print(run.summary(outcomes, output))
    return 0 if all(outcome.made for outcome in outcomes) else FAILED


def _verify(arguments: argparse.Namespace) -> int:
    from coalface.report import verify

    good = True
    for path in arguments.pages:
        try:
            whole = verify.untouched(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise ParameterError(f"cannot read {path}: {error}") from error
        print(f"{path}: {'untouched since it was made' if whole else 'changed after it was made'}")
        good = good and whole
    return 0 if good else FAILED


def _headlines(arguments: argparse.Namespace) -> int:
    from coalface.report import files, ledger, suite

    root = suite.find_root()
    actual = ledger.read_csv((arguments.output or root / "reports") / "headlines.csv")
    path = root / "tests" / "expected" / "headlines.csv"
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
