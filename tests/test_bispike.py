"""`import bispike`: its example works, its names come when they are used, and the package brings the module."""

import doctest
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import bispike

ROOT = Path(bispike.__file__).parent


def test_the_example_of_its_docstring_learns_digits():
    result = doctest.testmod(bispike)
    assert (result.attempted, result.failed) == (5, 0)


def test_the_import_alone_loads_nothing_slow_and_prints_nothing():
    code = "import sys; import bispike; dir(bispike); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {*run.stdout.split()} & {
        "torch",
        "amaranth",
        "cocotb",
        "numpy",
        "sklearn",
        "matplotlib",
        "rich",
        "golden",
        "sw",
    }
    assert run.stderr == ""


@pytest.mark.parametrize("name", bispike.__all__)
def test_each_name_is_there_and_says_what_it_is(name):
    assert name in dir(bispike)
    assert len(getattr(bispike, name).__doc__) > 40
    assert f"\n{name} " in bispike.__doc__


def test_a_name_that_is_not_there_is_an_error_that_names_those_that_are():
    with pytest.raises(AttributeError, match="no attribute 'Network'; it has Chip, Config, Model, load, train, verify"):
        _ = bispike.Network


def test_pyproject_packs_the_module_and_what_it_imports_into_the_wheel():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packed = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert packed == ["bispike.py", "golden", "rtl", "cosim", "sw"]
