"""Runs a bench module's cocotb tests on a build, in a process of their own, with plain parameters."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cocotb_tools.config
import find_libpython

from cosim.assertions import said
from cosim.build import Build
from cosim.processes import child_of_mine, end_with_parent, stop
from cosim.simulators import environment

_PARAMETERS = "BISPIKE_PARAMETERS"
_EXPLAINED = "*bench*.py */benches/*.py"
"""Files whose assertions say what they compared. cocotb would rewrite every module that is imported, numpy's, too, which
takes as long as all else until the first clock."""


class BenchError(AssertionError):
    """A bench failed: its first failing test, that test's message, and where the log is."""


def parameters() -> dict[str, Any]:
    """Inside a bench: what the caller of `run` or `start` passed as parameters."""
    end_with_parent()
    return json.loads(Path(os.environ[_PARAMETERS]).read_text(encoding="utf-8"))


@dataclass
class Run:
    """A simulation under way. Its folder gets run.log, results.xml and, from a build with waves, waves.vcd."""

    process: subprocess.Popen
    folder: Path
    module: str

    @property
    def log(self) -> Path:
        return self.folder / "run.log"

    def wait(self, timeout: float | None = None) -> None:
        """Waits for the end; raises BenchError at a failing test, a crash, or after `timeout` seconds."""
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.stop()
            raise BenchError(f"{self.module}: no end after {timeout} seconds (log: {self.log})") from None
        except BaseException:
            self.stop()
            raise
        message = self.failure()
        if message:
            raise BenchError(message)

    def stop(self) -> None:
        """Ends the simulation now."""
        stop(self.process)

    def failure(self) -> str:
        """'' after a run in which at least one test ran and all passed, else what went wrong first."""
        if assertion := said(self.log):
            return f"{self.module}: {assertion} (log: {self.log})"
        try:
            cases = list(ElementTree.parse(self.folder / "results.xml").getroot().iter("testcase"))
        except (OSError, ElementTree.ParseError):
            tail = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-1:]
            code = self.process.poll()
            return f"{self.module}: the simulator ended with code {code} and no results: {' '.join(tail)} (log: {self.log})"
        for case in cases:
            for kind in ("failure", "error"):
                found = case.find(kind)
                if found is not None:
                    text = found.get("message") or found.text or kind
                    return f"{self.module}.{case.get('name')}: {text} (log: {self.log})"
        return "" if cases else f"{self.module}: no test ran (log: {self.log})"


def start(
    build: Build, module: str, values: dict[str, Any] | None = None, *, folder: Path, tests: str | None = None, seed: int = 0
) -> Run:
    """Starts the cocotb tests of the importable module `module`.

    Args:
        values: plain values that JSON holds; the bench reads them with `parameters()`.
        folder: this run's own folder, made if missing.
        tests: a regular expression; only tests whose full name it matches run.
        seed: of Python's `random` inside the bench.
    """
    folder = Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.xml").unlink(missing_ok=True)
    (folder / "parameters.json").write_text(json.dumps(values or {}), encoding="utf-8")
    env = (
        environment()
        | child_of_mine()
        | {
            "PYTHONPATH": os.pathsep.join(p or os.getcwd() for p in sys.path),
            "PYGPI_PYTHON_BIN": sys.executable,
            "GPI_USERS": f"{find_libpython.find_libpython()};{cocotb_tools.config.pygpi_entry_point()}",
            "COCOTB_TOPLEVEL": build.top,
            "COCOTB_TEST_MODULES": module,
            "COCOTB_RESULTS_FILE": str(folder / "results.xml"),
            "COCOTB_RANDOM_SEED": str(seed),
            "COCOTB_REWRITE_ASSERTION_FILES": _EXPLAINED,
            "COCOTB_TRUST_INERTIAL_WRITES": "1" if build.simulator == "verilator" else "0",
            "COCOTB_ANSI_OUTPUT": "0",
            "TOPLEVEL_LANG": "verilog",
            _PARAMETERS: str(folder / "parameters.json"),
        }
    )
    env.pop("COCOTB_TEST_FILTER", None)
    if tests:
        env["COCOTB_TEST_FILTER"] = tests
    if build.simulator == "verilator":
        command = [str(build.binary)] + (["--trace", "--trace-file", "waves.vcd"] if build.waves else [])
    else:
        command = ["vvp", "-m", str(cocotb_tools.config.lib_entry("vpi", "icarus")), str(build.binary)]
    with open(folder / "run.log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )
    return Run(process, folder, module)


def run(
    build: Build,
    module: str,
    values: dict[str, Any] | None = None,
    *,
    folder: Path | None = None,
    tests: str | None = None,
    seed: int = 0,
    timeout: float | None = 240,
) -> float:
    """Runs to the end and returns the seconds it took. Without `folder` the files are temporary, and kept only after a
    BenchError.

    Raises:
        BenchError: a test failed, none ran, or there was no end after `timeout` seconds.
    """
    began = time.monotonic()
    if folder is not None:
        start(build, module, values, folder=folder, tests=tests, seed=seed).wait(timeout)
        return time.monotonic() - began
    temporary = Path(tempfile.mkdtemp(prefix="bispike-"))
    try:
        start(build, module, values, folder=temporary, tests=tests, seed=seed).wait(timeout)
    except BenchError:  # names the log in it
        raise
    except BaseException:
        shutil.rmtree(temporary)
        raise
    shutil.rmtree(temporary)
    return time.monotonic() - began
