"""The core against golden with one mutant switched on: plays a scenario, as `cosim.benches.core` does.

Parameters: those of `cosim.benches.core`, and `mutant`, its number; `clocks`, how many may pass, 0: any number. The file
`clocks` of the run's folder gets how many have.
"""

from pathlib import Path
from typing import Any

import cocotb
from cocotb.handle import Immediate
from cocotb.triggers import SimTimeoutError, Timer, with_timeout

from cosim.benches.core import CoreBench, patience
from cosim.chip import Chip, Hang
from cosim.host.memory_map import MemoryMap
from cosim.runner import parameters
from golden.config import Config

CLOCK = 10
"""Nanoseconds."""


@cocotb.test()
async def agrees_with_golden(dut: Any) -> None:
    values = parameters()
    config = Config.from_dict(values["config"])
    await Timer(1, unit="ns")  # before, initialisers may not have run
    dut.mutsel.value = Immediate(values["mutant"])
    chip = await Chip.open(dut, config, MemoryMap(config), patience(config))
    chip.stall(values["inputs"], values["outputs"])
    bench = CoreBench(chip)
    try:
        await with_timeout(
            cocotb.start_soon(bench.play(Path(values["scenario"]))), (values["clocks"] or 1 << 40) * CLOCK, "ns"
        )
    except SimTimeoutError:
        raise Hang(f"no end after {values['clocks']} clocks") from None
    assert bench.compared, "the scenario compares nothing"
    Path("clocks").write_text(str(int(dut.clocks.value)))
