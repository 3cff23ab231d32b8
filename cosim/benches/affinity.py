"""cocotb bench of `rtl.affinity`: d_k = r . h[k] and |r|^2 of a sample, |h[k]|^2 of a recall (docs/arithmetic.md, 6)."""

import random
from collections import deque

import cocotb
from cocotb.triggers import RisingEdge

from cosim.benches.drivers import StreamDriver, Watchdog, stalls
from cosim.benches.pins import PATTERNS, Pins, begin, pack
from cosim.runner import parameters
from rtl.formats import LayerFormat

SAMPLES = 24


def dot(a: list[int], b: list[int]) -> int:
    return sum(x * y for x, y in zip(a, b, strict=True))


def order(label: int, classes: int, own_only: bool) -> list[int]:
    """The label, then the others ascending."""
    return [label] + ([] if own_only else [k for k in range(classes) if k != label])


def pattern(rng: random.Random, form: LayerFormat) -> list[int]:
    """Counts of a layer: silent, all at T, or anything."""
    kind = rng.randrange(5)
    return [(0, form.steps)[kind] if kind < 2 else rng.randint(0, form.steps) for _ in range(form.size)]


class Consumer:
    """Answers with templates two clocks late, frees the unit, and compares start, d, norm and recalled in their order."""

    def __init__(self, clk, pins: Pins, form: LayerFormat, h: list[list[int]], pattern: str):
        self.clk, self.pins, self.form, self.pauses = clk, pins, form, stalls(pattern, 5)
        self.h, self.compared = h, 0
        self.expected = {"sample": deque(), "recall": deque()}  # a sample may start before a recall's norm is out

    def word(self, counts: list[int], group: int) -> list[tuple[int, int]]:
        lanes = self.form.lanes
        padded = counts + [0] * lanes
        return [(count, self.form.count_bits) for count in padded[group * lanes : (group + 1) * lanes]]

    def compare(self, kind: str, *found) -> None:
        assert self.expected[kind], f"event {self.compared}: {found} is one more than expected"
        wanted = self.expected[kind].popleft()
        assert found == wanted, f"event {self.compared}: expected {wanted}, got {found}"
        self.compared += 1

    async def run(self) -> None:
        pins, free, asked = self.pins, 0, None
        while True:
            if not free and not (self.expected["sample"] and self.expected["sample"][0][0] == "d"):
                free = not next(self.pauses)
            pins.set(free=free)
            await RisingEdge(self.clk)
            if asked:
                pins.set(template=pack(*self.word(self.h[asked[0]], asked[1])))
            else:
                pins.noise("template")
            k, group = pins.get("k"), pins.get("group")
            asked = (k, group) if k < self.form.classes and group < self.form.groups else None
            if pins.get("start"):
                assert free, "start while the last sample's coefficients are in use"
                self.compare("sample", "start", pins.get("label"))
                free = 0
            if pins.get("d_valid"):
                self.compare("sample", "d", pins.get("d"), pins.get("norm"))
            if pins.get("recalled"):
                self.compare("recall", pins.get("norm"))


@cocotb.test()
@cocotb.parametrize((("producer", "consumer"), PATTERNS))
async def dot_products_and_norms(dut, producer, consumer):
    """Learning samples and recalled concepts back to back, the pieces of a sample in groups."""
    values = parameters()
    form, own_only = LayerFormat(**values["form"]), values["own_only"]
    rng, clk, pins = random.Random(f"{producer} {consumer}"), await begin(dut), Pins(dut)
    h = [pattern(rng, form) for _ in range(form.classes)]
    unit, driver = Consumer(clk, pins, form, h, consumer), StreamDriver(dut, "i", clk, producer, seed=6)
    cocotb.start_soon(unit.run())
    Watchdog(clk, 1000, lambda: unit.compared, "affinity")
    labels = (0, form.classes - 1)
    for _ in range(SAMPLES):
        r, recall = pattern(rng, form), rng.random() < 0.3
        label = rng.choice((*labels, rng.randrange(form.classes)))
        for group in range(form.groups):
            driver.send([pack(*unit.word(r, group), (label, 6), (group == form.groups - 1, 1), (recall, 1))])
        if recall:
            unit.expected["recall"].append((dot(r, r),))
        else:
            unit.expected["sample"].append(("start", label))
            unit.expected["sample"].extend(("d", dot(r, h[k]), dot(r, r)) for k in order(label, form.classes, own_only))
    while any(unit.expected.values()):
        await RisingEdge(clk)
    for _ in range(20):
        await RisingEdge(clk)
    assert not pins.get("busy") and unit.compared > SAMPLES
