"""cocotb bench of `rtl.readout`: V_L and counters to one result a sample (docs/arithmetic.md, steps 3 and 10)."""

import random

import cocotb

from cosim.benches.drivers import InOrderChecker, StreamDriver, StreamMonitor, Watchdog
from cosim.benches.pins import PATTERNS, begin, pack, unpack
from cosim.runner import parameters
from rtl.formats import LayerFormat

SAMPLES = 25
COUNTERS = 4 * 24


def prediction(voltages: list[int]) -> int:
    """argmax, the lowest index on a tie."""
    return min(range(len(voltages)), key=lambda k: (-voltages[k], k))


def stimulus(rng: random.Random, form: LayerFormat) -> list[int]:
    """V_L of a sample: anything, the two ends, or a handful of values with ties."""
    top = 1 << (form.sum_bits - 1)
    kind = rng.randrange(4)
    pool = ([-top, top - 1], [-1, 0, 1], [rng.randrange(-top, top)] * 2, None)[kind]
    return [rng.choice(pool) if pool else rng.randrange(-top, top) for _ in range(form.classes)]


class Results(InOrderChecker):
    """Compares field by field: the prediction, V_L, and each layer's four counters as one number."""

    def __init__(self, form: LayerFormat):
        super().__init__("readout")
        self.widths = {"prediction": 6} | {f"voltage {k}": form.sum_bits for k in range(form.classes)}
        self.widths |= {f"counters of layer {i + 1}": COUNTERS for i in range(form.layer)}

    def fields(self, word: int) -> dict[str, int]:
        """A result's fields by name."""
        return dict(zip(self.widths, unpack(word, *self.widths.values()), strict=True))

    def check(self, got: int) -> None:
        super().check(self.fields(got))


@cocotb.test()
@cocotb.parametrize((("producer", "consumer"), PATTERNS))
async def results_of_every_sample(dut, producer, consumer):
    """The counters of the layers come before, with and after the voltages."""
    form, rng = LayerFormat(**parameters()["form"]), random.Random(f"{producer} {consumer}")
    clk, layers = await begin(dut), form.layer
    checker = Results(form)
    monitor = StreamMonitor(dut, "o", clk, consumer, seed=9, checker=checker)
    voltages = StreamDriver(dut, "voltages", clk, producer, seed=8)
    counters = [
        StreamDriver(dut, f"counters__{i}", clk, rng.choice((producer, consumer, "mostly")), seed=i) for i in range(layers)
    ]
    Watchdog(clk, 2000, lambda: len(monitor.received), "readout")
    for _ in range(SAMPLES):
        v = stimulus(rng, form)
        counts = [rng.choice((0, (1 << COUNTERS) - 1, rng.getrandbits(COUNTERS))) for _ in range(layers)]
        fields = [(value, form.sum_bits) for value in v]
        checker.expect([checker.fields(pack((prediction(v), 6), *fields, *((count, COUNTERS) for count in counts)))])
        fields += [(rng.getrandbits(form.sum_bits), form.sum_bits) for _ in range(form.groups * form.lanes - form.size)]
        voltages.send(pack(*fields[g * form.lanes :][: form.lanes]) for g in range(form.groups))
        for driver, count in zip(counters, counts, strict=True):
            driver.send([count])
    await monitor.wait(SAMPLES)
    assert checker.done() == SAMPLES
