"""cocotb bench of `rtl.synapses`: the fused pass of both networks (docs/arithmetic.md, steps 3, 4, 7, 9 and 10)."""

import random
from collections import deque
from dataclasses import dataclass, field

import cocotb
from cocotb.triggers import RisingEdge

from cosim.benches.drivers import Watchdog, stalls
from cosim.benches.models import sat
from cosim.benches.pins import PATTERNS, Pins, as_signed, begin, pack, unpack
from cosim.runner import parameters
from rtl.formats import LayerFormat
from rtl.synapses import HOST_READ, HOST_WRITE, sums_behind

PASSES = ((4, 400), (64, 10), (1024, 3))
"""Of layers with fewer rows than these so many: of two rows the last one is often the next pass's first one."""
NOTHING = -1
"""A list position that holds no row."""


def reverse(byte: int) -> int:
    """The 8 bits in reverse order."""
    return int(f"{byte:08b}"[::-1], 2)


def noise(byte: int, j: int, i: int) -> int:
    """The rounding noise of synapse (j, i) from its sample's byte."""
    return byte ^ reverse((j ^ (j >> 8)) & 255) ^ reverse((5 * i) & 255)


@dataclass
class Pass:
    """One pass of a network: rows (j, train, old count) of both lists, and for each group its errors (live, one a lane)."""

    apical: int
    new: list[tuple[int, int, int]]
    old: list[tuple[int, int, int]]
    errors: list[tuple[int, list[int]]]
    byte: int
    rate: int
    stochastic: int
    sums: list[list[list[int]]] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("rows", "updates", "saturations"), 0))


def walk(weights: list[list[int]], work: Pass, form: LayerFormat) -> None:
    """Updates weights[j][i] of the network in place, and fills in `sums[group][plane][lane]` and the counters. rate: + 8."""
    for group, (live, g) in enumerate(work.errors):
        sums = [[0] * form.lanes for _ in range(form.planes)]
        for j, train, old in work.new + (work.old if live else []):
            work.counters["rows"] += 1
            work.counters["updates"] += bool(live and old)
            for p in range(form.lanes):
                i = group * form.lanes + p
                if live and old:
                    dither = noise(work.byte, j, i) if work.stochastic else 128
                    total = weights[j][i] + ((g[p] * old * (1 << work.rate) + dither) >> 8)
                    weights[j][i] = sat(total, form.weight_bits)
                    work.counters["saturations"] += total != weights[j][i]
                for t in range(form.planes):
                    sums[t][p] += (weights[j][i] >> (form.weight_bits - 8)) * (train >> t & 1)
        work.sums.append(sums)


class Unit:
    """The blocks around the synapses: list, errors, soma and host."""

    def __init__(self, clk, pins: Pins, form: LayerFormat, producer: str, consumer: str):
        self.clk, self.pins, self.form = clk, pins, form
        self.gaps, self.waits = stalls(producer, 1), stalls(consumer, 2)
        self.rng = random.Random(f"{producer} {consumer}")
        self.sides = {"basal": (form.pre_basal, form.basal_planes), "apical": (form.pre_apical, form.steps)}
        self.sides = {side: shape for side, shape in self.sides.items() if shape[0]}
        self.compared, self.asked = 0, (None, 0, 0)
        self.least = 99  # clocks from `room` to the next group's sums

    def place(self, side: str, j: int, group: int) -> int:
        """A word's address: all rows of a group, then the next group; Theta behind W."""
        base = self.form.pre_basal * self.form.groups if side == "apical" else 0
        return base + group * self.sides[side][0] + j

    async def host_write(self, side: str, weights: list[list[int]]) -> None:
        """All weights, one lane at a time."""
        for j, row in enumerate(weights):
            for i, weight in enumerate(row):
                group, lane = divmod(i, self.form.lanes)
                self.pins.set(host_address=self.place(side, j, group), host_data=weight, host_select=1)
                for _ in range(HOST_WRITE):
                    await RisingEdge(self.clk)
                self.pins.set(host_write=1 << lane)
                await RisingEdge(self.clk)
                self.pins.set(host_write=0)
                self.pins.noise("host_data")
                await RisingEdge(self.clk)
        self.pins.set(host_select=0, host_write=0)

    async def host_read(self, side: str) -> list[list[int]]:
        """All weights, one word a clock, each `HOST_READ` clocks after its address."""
        rows, asked, bits = [[] for _ in range(self.sides[side][0])], [None] * HOST_READ, self.form.weight_bits
        self.pins.set(host_select=1)
        for j, group in [(j, group) for group in range(self.form.groups) for j in range(len(rows))] + [(0, 0)] * HOST_READ:
            self.pins.set(host_address=self.place(side, j, group))
            await RisingEdge(self.clk)
            row = asked.pop(0)
            if row is not None:
                word = unpack(self.pins.get("host_read"), *[bits] * self.form.lanes)
                rows[row] += [as_signed(w, bits) for w in word]
            asked.append(j)
        self.pins.set(host_select=0)
        return rows

    def answer(self, work: Pass | None) -> None:
        """The list's entry for the position two clocks ago; junk where there is none."""
        (asking, back, index), self.asked = self.asked, (work, self.pins.get("back"), self.pins.get("index"))
        rows = [] if asking is None else asking.old if back else asking.new
        self.pins.noise(*(f"entry_{other}" for other in self.sides))
        if index < len(rows):
            side = "apical" if asking.apical else "basal"
            pre, planes = self.sides[side]
            fields = zip(rows[index], (max(pre - 1, 1).bit_length(), planes, self.form.count_bits), strict=True)
            self.pins.set(**{f"entry_{side}": pack(*fields)})

    async def run(self, passes: list[Pass]) -> None:
        """Passes, each begun as soon as it may be; sums are compared group by group, counters a clock after the last.

        The noise is a pass's from its first live errors on, for as long as the block may ask for it and no longer.
        """
        pins, form = self.pins, self.form
        to_begin, summing, ended = deque(passes), deque(), None
        work, errors, byte, kept, group, taking, since = None, [], None, 0, 0, 0, 99
        asks = offered = False
        while to_begin or summing or ended or taking:
            if to_begin and not (work or asks or next(self.gaps)):
                asks, following = True, to_begin.popleft()
                pins.set(start=1, apical=following.apical, new=len(following.new), old=len(following.old))
                pins.set(rate=following.rate, stochastic=following.stochastic)
            if form.learn and not offered:
                offered = bool(errors) and not next(self.gaps)
                pins.set(errors__valid=offered)
                pins.noise("errors__payload", *(f"g__{p}" for p in range(form.lanes)))
                if offered:
                    pins.set(errors__payload=errors[0][0], g=errors[0][1])
                    byte = work.byte if errors[0][0] else byte
            pins.set(noise=byte) if byte is not None else pins.noise("noise")
            pins.set(room=taking == 1)
            since = 0 if taking == 1 else since + 1
            taking = max(0, taking - 1)
            await RisingEdge(self.clk)
            if ended:
                found = {name: pins.get(name) for name in ended.counters}
                assert found == ended.counters, f"counters: expected {ended.counters}, got {found}"
                ended = None
            self.answer(work)
            kept -= 1
            if not work and (kept == 0 or pins.get("ready")):
                byte = None
            if form.learn and pins.get("errors__ready"):
                assert offered, "errors taken before they were offered"
                errors.pop(0)
                offered = False
            if asks and pins.get("ready"):
                assert not errors, "a pass begins before the last one's errors are taken"
                asks, work, errors = False, following, list(following.errors) if form.learn else []
                summing.append(work)
                pins.set(start=0)
                pins.noise("rate", "stochastic", "new", "old")
            if pins.get("done"):
                assert work, "done without a pass"
                work, kept = None, 4
                pins.noise("apical")
            if pins.get("accumulated"):
                assert not taking, f"group {group} came before there was room"
                assert since >= sums_behind(form.learn), f"group {group} came {since} clocks behind `room`"
                self.least = min(self.least, since)
                found = [pins.all(f"sums__{t}", form.lanes, signed=True) for t in range(form.planes)]
                expected = summing[0].sums[group]
                assert found == expected, f"group {group}: expected {expected}, got {found}"
                group += 1
                if group == form.groups:
                    group, ended = 0, summing.popleft()
                taking = 2
                while next(self.waits):
                    taking += 1
                self.compared += 1
        assert not errors
        pins.set(room=0)

    def stimulus(self, apical: int) -> Pass:
        """Lists as of two samples of any density, errors with their ends, silent groups."""
        rng, form = self.rng, self.form
        pre, planes = self.sides["apical" if apical else "basal"]
        now, before = (rng.choice((0, 0.3, 0.6, 1)) for _ in range(2))
        rows = []
        for j in range(pre):
            old = rng.randint(1, form.steps) if rng.random() < before and form.learn else 0
            rows.append((j, rng.randrange(1, 1 << planes) if rng.random() < now else 0, old))
        top, errors = 1 << (15 if apical else 6), []
        for group in range(form.groups):
            live = form.learn and rng.random() < 0.7
            g = [rng.choice((-top, top - 1, 0, rng.randrange(-top, top))) for _ in range(form.lanes)]
            if live:  # posts past the size have no error
                g = [value if group * form.lanes + p < form.size else 0 for p, value in enumerate(g)]
            errors.append((int(live), g))
        new, old = [row for row in rows if row[1]], [row for row in rows if not row[1] and row[2]]
        rate = rng.choice((0, 13, rng.randint(0, 13)))
        return Pass(apical, new, old, errors, rng.getrandbits(8), rate, rng.randrange(2))


@cocotb.test()
@cocotb.parametrize((("producer", "consumer"), PATTERNS))
async def passes_of_both_networks(dut, producer, consumer):
    """Weights loaded by the host, passes back to back (late errors, a late soma), weights read back by the host."""
    form = LayerFormat(**parameters()["form"])
    clk, pins = await begin(dut), Pins(dut)
    unit = Unit(clk, pins, form, producer, consumer)
    if not form.learn:
        pins.set(errors__valid=1)
    rng, width, weights = unit.rng, form.groups * form.lanes, {}
    for side, (pre, _) in unit.sides.items():
        ends = (-(1 << (form.weight_bits - 1)), (1 << (form.weight_bits - 1)) - 1)
        weights[side] = [
            [rng.choice((rng.choice(ends), rng.randint(*ends))) if i < form.size else 0 for i in range(width)]
            for _ in range(pre)
        ]
        await unit.host_write(side, weights[side])
    Watchdog(clk, 2000, lambda: unit.compared, "synapses")
    passes = []
    for _ in range(next(count for rows, count in PASSES if max(form.pre_basal, form.pre_apical) < rows)):
        side = rng.choice(list(unit.sides))
        passes.append(unit.stimulus(side == "apical"))
        walk(weights[side], passes[-1], form)
    await unit.run(passes)
    assert unit.least == sums_behind(form.learn), f"sums never sooner than {unit.least} clocks behind `room`"
    while not pins.get("ready"):
        await RisingEdge(clk)
    for side in unit.sides:
        found = await unit.host_read(side)
        for j, row in enumerate(found):
            assert row == weights[side][j], f"{side} row {j}: expected {weights[side][j]}, got {row}"
