"""cocotb side of test_chip.py: the stand-in core inside the wrapper, through Chip."""

import cocotb
import numpy as np
import pytest

from cosim.chip import Chip, Hang
from cosim.compare import Mismatch, compare_records, compare_state
from cosim.host.state import with_copies
from cosim.runner import parameters
from golden.config import Config
from tests.cosim.standin import MemoryMap, Model


async def setup(dut, watchdog=20_000):
    values = parameters()
    config = Config.from_dict(values["config"])
    chip, model = await Chip.open(dut, config, MemoryMap(config), watchdog), Model(config)
    rng = np.random.default_rng(values["seed"])
    x, y = rng.integers(0, 16, (values["samples"], config.sizes[0])), rng.integers(0, config.classes, values["samples"])
    chip.stall(*values["stalls"], seed=7)
    return chip, model, x, y


@cocotb.test()
async def training_agrees(dut):
    chip, model, x, y = await setup(dut)
    await chip.load(model.state())
    learn = np.arange(len(x)) % 3 > 0
    got = await chip.train(x, y, learn)
    for n in range(len(x)):
        compare_records(model.train(x[n : n + 1], y[n : n + 1], bool(learn[n])), got[n : n + 1], n)
    assert (np.diff(got.clocks) > 0).all()
    compare_records(model.train(np.zeros_like(x[:1]), [0], False), await chip.blank(), len(x))
    assert compare_state(with_copies(model.state(), chip.config), await chip.state()) == sum(
        r.addresses.size for n, r in chip.memory_map.regions.items() if n != "decay"
    )


@cocotb.test()
async def memories_hold_what_is_written(dut):
    chip, *_ = await setup(dut)
    region = chip.memory_map["W1"]
    values = np.random.default_rng(3).integers(-(1 << 15), 1 << 15, region.shape)
    await chip.write(W1=values, decay=-3)
    back = await chip.read("decay", "W1")
    assert back["decay"] == -3
    assert (back["W1"] == values).all()
    with pytest.raises(ValueError, match=r"W1: found values 40000 to 40000; allowed is -32768 to 32767"):
        await chip.write(W1=np.full(region.shape, 40000))
    with pytest.raises(ValueError, match=r"W1: found shape \(3,\); allowed is"):
        await chip.write(W1=np.zeros(3))
    with pytest.raises(ValueError, match="memory: found 'W9'; allowed is one of W1"):
        await chip.read("W9")


@cocotb.test()
async def reset_drops_what_is_queued_and_recovers(dut):
    chip, model, x, y = await setup(dut)
    await chip.load(model.state())
    for after in (1, 17, 40):
        stream = chip.stream(x, y, False)
        await anext(stream)
        await chip.reset(after)
        await chip.load(model.state())
        await chip.blank()
    model.learned = 0
    compare_records(model.train(x, y), await chip.train(x, y))


@cocotb.test()
async def a_silent_core_is_a_hang_with_a_message(dut):
    chip, _, x, y = await setup(dut, watchdog=2000)
    with pytest.raises(Hang, match=r"no handshake for 2000 clocks .* 3 results"):
        await chip.train(x, y)


@cocotb.test()
async def a_fault_is_named(dut):
    chip, model, x, y = await setup(dut)
    kind, at = parameters()["fault"]
    await chip.load(model.state())
    if kind == "voltage":
        with pytest.raises(Mismatch, match=rf"sample {at}, layer \d, neuron 1: voltages expected"):
            compare_records(model.train(x, y), await chip.train(x, y))
    else:
        assert kind == "write", f"fault: found {kind!r}; allowed is voltage or write"
        model.train(x[: at + 1], y[: at + 1])
        await chip.train(x[: at + 1], y[: at + 1])
        with pytest.raises(Mismatch, match=r"layer 1, pre 0, post \d: W1 expected"):
            compare_state(with_copies(model.state(), chip.config), await chip.state())
