"""The chip's half of `cosim.drawing`, in the simulator's process: takes a network and codes, writes what it says."""

from pathlib import Path
from typing import Any

import cocotb

from cosim.chip import Chip, join
from cosim.files import load_arrays, save_arrays
from cosim.host.memory_map import MemoryMap
from cosim.runner import parameters
from golden.config import Config
from rtl.interface.memory_map import settings_of


@cocotb.test()
async def drawing(dut: Any) -> None:
    """Every code's result, and the memories after the last."""
    values = parameters()
    config, asked = Config.from_dict(values["config"]), load_arrays(Path(values["asked"]))
    codes = asked.pop("codes")
    chip = await Chip.open(dut, config, MemoryMap(config))
    await chip.write(**settings_of(config))
    await chip.load(asked)
    said = join([part async for part in chip.stream(codes, learn=False, recall=True)])
    save_arrays(Path(values["said"]), said.arrays())
    save_arrays(Path(values["memories"]), await chip.state())
