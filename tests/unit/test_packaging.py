"""pyproject.toml, environment.yml and requirements.lock tell one story."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CONDA_NAMES = {"matplotlib": "matplotlib-base", "nbconvert": "nbconvert-core"}


def split(requirement):
    name, floor = re.fullmatch(r"([A-Za-z0-9._-]+)\s*(?:>=([\d.]+)[^;]*)?", requirement.strip()).groups()
    return name.lower(), floor


@pytest.fixture(scope="module")
def declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    return dict(split(r) for r in [*project["dependencies"], *(r for extra in extras for r in extra)])


@pytest.fixture(scope="module")
def lock():
    return (ROOT / "requirements.lock").read_text()


def test_conda_lists_the_same_dependencies_with_the_same_floors(declared):
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    plain = [entry for entry in listed if isinstance(entry, str)]
    by_pip = [entry for group in listed if isinstance(group, dict) for entry in group["pip"]]
    conda = dict(split(entry) for entry in [*plain, *by_pip])
    assert conda.pop("python") == "3.11"
    conda.pop("pip")
    assert conda == {CONDA_NAMES.get(name, name): floor for name, floor in declared.items()}


def test_the_lock_pins_every_dependency_with_hashes_and_names_no_index(declared, lock):
    pinned = {name.lower() for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock, flags=re.MULTILINE)}
    assert set(declared) <= pinned
    assert not re.search(r"https?://|--index|--extra-index|--find-links|--trusted", lock)
    blocks = re.split(r"\n(?=\S)", lock.strip())
    assert all("--hash=sha256:" in block for block in blocks if "==" in block)


def test_the_lock_is_not_older_than_a_declared_floor(declared, lock):
    def key(version):
        return [int(part) for part in re.findall(r"\d+", version)]

    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([\w.]+)", lock, flags=re.MULTILINE):
        floor = declared.get(name.lower())
        assert floor is None or key(version) >= key(floor), f"{name} {version} is below {floor}"


def test_the_supported_pythons_are_said_once_and_the_same():
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert pyproject["project"]["requires-python"] == ">=3.11,<3.15"
    workflow = yaml.safe_load((ROOT / ".github/workflows/reports.yml").read_text())
    matrix = workflow["jobs"]["reports"]["strategy"]["matrix"]
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert {"ubuntu-latest", "macos-latest", "windows-latest"} == set(matrix["os"])
