"""Where a measurement is from: the day, the state of this source tree, and the machine."""

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PAGES = ("docs/figures", "docs/results", "docs/img", "bench", "paper.json")
"""What measurements write themselves: a change of these is none of what is measured."""


@dataclass(frozen=True)
class Provenance:
    """Of one result. Members: date, ISO; state, see `state`; machine, see `machine`."""

    date: str
    state: str
    machine: str


def today() -> str:
    """The date, UTC."""
    return datetime.now(UTC).date().isoformat()


def machine() -> str:
    """Cores and processor."""
    return f"{os.cpu_count()} cores, {_processor()}"


def state() -> str:
    """What is measured: this source tree's commit, and whether files differ from it; the version where there is none."""
    root = Path(__file__).parents[2]
    try:
        commit, changes = (_git(root, *words) for words in (("rev-parse", "--short=10", "HEAD"), ("status", "--porcelain")))
    except (OSError, subprocess.CalledProcessError):
        return f"version {version('bispike')}"
    changed = [line[3:] for line in changes.splitlines() if not line[3:].startswith(PAGES)]
    return f"commit {commit}" + (f" with {len(changed)} files changed" if changed else "")


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", root, *words], capture_output=True, text=True, check=True).stdout.rstrip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
