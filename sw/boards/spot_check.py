"""What a configuration really takes: one synthesis and one simulation, as a task that any worker can do."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from golden.config import Config
from sw.boards.synthesis import core_netlist
from sw.boards.tools import Folder
from sw.design.clocks import measure


@dataclass(frozen=True)
class Check:
    """Resources of the core after synthesis, and clocks a sample, simulated."""

    resources: dict[str, float]
    clocks: float


def check(config: Config, family: str) -> Check:
    """Synthesises and simulates in a folder of its own. Raises ToolError, CheckError, UserError."""
    with tempfile.TemporaryDirectory(prefix="bispike-") as name:
        resources = core_netlist(Folder(Path(name)), config, family).resources
    clocks = measure(config)
    return Check(resources, clocks.training or clocks.inference)
