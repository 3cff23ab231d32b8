"""Inside the simulator: clocks and seconds that samples take when nothing is compared (`sw.figures.chip_figures.probe`)."""

import json
import time
from pathlib import Path

import cocotb
import numpy as np

from cosim.chip import Chip
from cosim.host.memory_map import MemoryMap
from cosim.runner import parameters
from cosim.training_bench import clocks_a_sample
from golden.config import Config
from rtl.interface.memory_map import settings_of


@cocotb.test()
async def probe(dut):
    """Learns each stretch of samples and writes its clocks a sample and its seconds."""
    values = parameters()
    config = Config.from_dict(values["config"])
    chip = await Chip.open(dut, config, MemoryMap(config))
    with np.load(values["state"]) as state:
        await chip.load(dict(state))
    await chip.write(**settings_of(config))
    results = []
    with np.load(values["samples"]) as samples:
        for x, y in zip(samples["x"], samples["y"], strict=True):
            began = time.monotonic()
            records = await chip.train(x, y)
            results.append({"clocks": clocks_a_sample(records), "seconds": time.monotonic() - began})
    Path(values["results"]).write_text(json.dumps(results), encoding="utf-8")
