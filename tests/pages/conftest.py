"""One made-up notebook that shows every kind of block, and Chromium to look at its page."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import nbformat.v4 as v4
import pytest

from coalface.report.meta import Meta

ROOT = Path(__file__).parents[2]
SAMPLE = Path(__file__).with_name("sample.ipynb")

META = Meta(
    notebook="09-sample",
    title="Sample",
    question="Did exports fall?",
    parameters={"scenario": "baseline", "as_of": "2026-05-01"},
    changed=("as_of",),
    helps={"scenario": "named set of assumptions", "as_of": "newest document used"},
    commit="0123456789ab",
    data_hash="fedcba9876543210",
)


def run(notebook: Any) -> Any:
    """The notebook with its code cells executed in this process; a cell's last expression is its output."""
    names: dict[str, Any] = {}
    for cell in (c for c in notebook.cells if c.cell_type == "code"):
        tree = ast.parse(cell.source)
        tail = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(tree, "cell", "exec"), names)
            value = eval(compile(ast.Expression(tail.value), "cell", "eval"), names) if tail else None
        if value is not None:
            cell.outputs.append(v4.new_output("display_data", data=value._repr_mimebundle_()))
        if printed.getvalue():
            cell.outputs.append(v4.new_output("stream", name="stdout", text=printed.getvalue()))
    return notebook


@pytest.fixture(scope="session")
def sample() -> Any:
    return run(nbformat.read(SAMPLE, as_version=4))


@pytest.fixture(scope="session")
def meta() -> Meta:
    return META


@pytest.fixture(scope="session")
def html(sample: Any) -> str:
    from coalface.report import export

    return export.page(sample, META)


def axe_source() -> str:
    """The text of axe-core, from $COALFACE_AXE or .cache/axe; skips the test where there is none."""
    at = os.environ.get("COALFACE_AXE", str(ROOT / ".cache/axe/node_modules/axe-core/axe.min.js"))
    if not Path(at).is_file():
        pytest.skip("axe-core is not there; npm install --prefix .cache/axe axe-core@4.14.1")
    return Path(at).read_text(encoding="utf-8")


class Browser:
    """A headless Chromium whose log of requests and console can be read page by page."""

    def __init__(self, profile: Path) -> None:
        webdriver = pytest.importorskip("selenium.webdriver")
        program = next((p for n in ("chromium", "google-chrome") if (p := shutil.which(n))), None)
        driver = shutil.which("chromedriver")
        if program is None or driver is None:
            pytest.skip("no Chromium with chromedriver on this machine")
        options = webdriver.ChromeOptions()
        options.binary_location = program
        flags = """headless=new no-sandbox disable-gpu disable-quic no-first-run hide-scrollbars disable-sync
            disable-background-networking disable-component-update disable-dev-shm-usage"""
        for flag in [*flags.split(), f"user-data-dir={profile}"]:
            options.add_argument(f"--{flag}")
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
        self.driver.set_script_timeout(60)

    def open(self, page: Path, width: int = 1280, theme: str = "light", medium: str = "") -> None:
        """Load a page afresh and forget what earlier pages asked for."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
        )
        feature = {"name": "prefers-color-scheme", "value": theme}
        self.call("Emulation.setEmulatedMedia", media=medium, features=[feature])
        self.driver.get("about:blank")
        self.requests(), self.console()
        self.driver.get(page.as_uri())

    def call(self, command: str, **arguments: Any) -> Any:
        return self.driver.execute_cdp_cmd(command, arguments)

    def run(self, script: str) -> Any:
        return self.driver.execute_script(script)

    def requests(self) -> list[str]:
        """Addresses asked for since the last call, other than files and data."""
        asked = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                asked.append(message["params"]["request"]["url"])
        return [url for url in asked if not url.startswith(("file:", "data:", "about:"))]

    def console(self) -> list[str]:
        """Errors and warnings in the console since the last call."""
        return [e["message"] for e in self.driver.get_log("browser") if e["level"] in ("SEVERE", "WARNING")]

    def axe(self) -> list[list[str]]:
        """What axe-core objects to or leaves open on the page as it is shown now: rule, element, reason.

        Colours, which do not depend on width, are judged on a screen wide enough for every scroll box, as axe
        cannot see beyond an edge. Single characters and signs of formulas wear their neighbours' colour.
        """
        self.run(axe_source())
        found = self._axe("{'color-contrast': {enabled: false}}")
        self.call(
            "Emulation.setDeviceMetricsOverride", width=2600, height=900, deviceScaleFactor=1, mobile=False
        )
        self.run("document.querySelectorAll('.scroll, pre').forEach(e => e.style.overflow = 'visible')")
        colours = self._axe("{}", "color-contrast")
        return found + [f for f in colours if "too short" not in f[2] and not f[1].startswith("<m")]

    def _axe(self, rules: str, only: str = "") -> list[list[str]]:
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        return self.driver.execute_async_script(
            f"""const done = arguments[0], options = {{preload: false, rules: {rules},
              resultTypes: ["violations", "incomplete"], runOnly: {[only] if only else tags}}};
            axe.run(document, options).then(r => done([...r.violations, ...r.incomplete].flatMap(
              v => v.nodes.map(n => [v.id, n.html.slice(0, 200), n.failureSummary]))))"""
        )


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    found = Browser(tmp_path_factory.mktemp("profile"))
    yield found
    found.driver.quit()
