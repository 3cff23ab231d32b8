"""cocotb bench of `rtl.plasticity`: errors, apical sums and apical errors of a layer (docs/arithmetic.md, steps 7 to 9)."""

import random

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from cosim.benches.drivers import Watchdog, stalls
from cosim.benches.models import Lesson, LocalUpdate, Neuron
from cosim.benches.pins import PATTERNS, Pins, as_signed, begin, pack, unpack
from cosim.runner import parameters
from rtl.formats import LayerFormat

BLOCKS, SAMPLES = 3, 4


class Unit:
    """The blocks around plasticity: concept memory, coefficients, the pass that takes the errors, and the host."""

    def __init__(self, clk, pins: Pins, form: LayerFormat, producer: str, consumer: str):
        self.clk, self.pins, self.form = clk, pins, form
        self.gaps, self.waits = stalls(producer, 1), stalls(consumer, 2)
        self.rng, self.compared = random.Random(f"{producer} {consumer}"), 0
        self.width, self.groups = form.groups * form.lanes, range(form.groups)
        self.q, self.model = [], None

    def word(self, neurons: list[Neuron], group: int) -> int:
        """A group's `concept_word`."""
        lanes = self.form.lanes
        part, widths = neurons[group * lanes : (group + 1) * lanes], (self.form.count_bits, 1, 1)
        return pack(*(field for neuron in part for field in zip(neuron, widths, strict=True)))

    async def memories(self) -> None:
        """Templates two clocks and q a clock after their addresses; junk for a q that is not there yet."""
        pins, form, asked = self.pins, self.form, None
        while True:
            await RisingEdge(self.clk)
            pins.noise("template")
            if asked:
                pins.set(template=self.word(self.model.h[asked[0]], asked[1]))
            k, group = pins.get("learn_k"), pins.get("learn_group")
            asked = (k, group) if k < form.classes and group < form.groups else None
            if form.pre_basal:
                address = pins.get("q_address")
                pins.noise("q_data")
                if address < pins.get("q_count"):
                    pins.set(q_data=self.q[address])

    async def pause(self) -> None:
        while next(self.gaps):
            await RisingEdge(self.clk)

    async def coefficients(self, sample: Lesson) -> None:
        """q one after another, the verdict, then b."""
        pins, form, k_of = self.pins, self.form, range(self.form.classes)
        pins.set(decided=0)
        pins.noise("label", "teach")
        silent = not sample.teach and self.rng.random() < 0.5  # the verdict ahead of its time
        pins.set(silent=0)
        if form.pre_basal:
            order = [k for k in k_of if k != sample.label] + [sample.label]
            self.q = [sample.q[k] for k in order] + [sample.q_r]
            pins.set(q_count=0)
            await RisingEdge(self.clk)
            for known in range(1, len(self.q) + 1):
                await self.pause()
                pins.set(q_count=known, decided=known == len(self.q), silent=silent, teach=sample.teach)
                await RisingEdge(self.clk)
        else:
            await self.pause()
            pins.set(decided=1, teach=sample.teach)
        if form.top:
            return
        for k, b1, b2 in sample.b:
            await self.pause()
            pins.set(b_valid=1, b_k=k, b1=b1, b2=b2)
            await RisingEdge(self.clk)
            while not pins.get("b_ready"):
                await RisingEdge(self.clk)
            pins.set(b_valid=0)
            pins.noise("b_k", "b1", "b2")
        pins.set(b_done=1)

    async def errors(self, wanted: list[int] | None, group: int) -> None:
        """Takes a group's errors as synapses do: seen first, taken one clock later or more. None: nothing to write."""
        pins, lanes, last = self.pins, self.form.lanes, group == self.form.groups - 1
        await RisingEdge(self.clk)
        while not pins.get("errors__valid"):
            await RisingEdge(self.clk)
        g = wanted[group * lanes : (group + 1) * lanes] if wanted else [0] * lanes
        live = pins.get("errors__payload")
        assert live == any(g), f"errors of group {group}: live: expected {any(g)}, got {live}"
        while next(self.waits):
            await RisingEdge(self.clk)
            assert pins.get("errors__valid") and pins.get("errors__payload") == live
        early = last and self.rng.random() < 0.5  # the pass's last row is also the group's first one
        if early:
            pins.set(pass_done=1)
            await RisingEdge(self.clk)
            pins.set(pass_done=0)
        pins.set(errors__ready=1)
        await RisingEdge(self.clk)
        found = pins.all("g", lanes, signed=True)
        assert pins.get("errors__valid")
        assert not live or found == g, f"errors of group {group}: expected {g}, got {found}"
        pins.set(errors__ready=0)
        if last and not early:
            await self.pause()
            pins.set(pass_done=1)
            await RisingEdge(self.clk)
            pins.set(pass_done=0)
        self.compared += 1

    async def sample(self, wanted: list[int] | None, sample: Lesson | None) -> None:
        """A pass: takes the last sample's errors, and keeps this one's neurons group by group if it learns."""
        pins = self.pins
        for group in self.groups:
            if self.form.pre_basal:
                await self.errors(wanted, group)
            if sample is None:
                continue
            await self.pause()
            last = group == self.form.groups - 1
            if last:
                await self.idle_now()
                pins.set(start=1, label=sample.label)
                if not self.form.top:
                    pins.set(learn_theta=sample.learn_theta)
            pins.set(keep=1, keep_group=group, keep_data=self.word(sample.neurons, group))
            await RisingEdge(self.clk)
            pins.set(keep=0, start=0)
            pins.noise("keep_group", "keep_data")
        if sample is not None:
            if not self.form.top:
                pins.set(b_done=0)
            cocotb.start_soon(self.coefficients(sample))

    async def idle(self) -> None:
        await RisingEdge(self.clk)
        while not self.pins.get("idle"):
            await RisingEdge(self.clk)

    async def idle_now(self) -> None:
        """Returns within the very clock that `idle` comes in: a sample that was waiting for it starts there."""
        await FallingEdge(self.clk)
        while not self.pins.get("idle"):
            await FallingEdge(self.clk)

    async def block(self, shift: int, update: bool) -> None:
        """Recalls all concepts; with `update` each pass waits for its apical errors."""
        pins, model = self.pins, self.model
        await self.idle()
        pins.set(pass_apical=1, pass_update=update, block_shift=shift)
        for k in range(self.form.classes):
            wanted = None
            if update:
                await self.idle()
                wanted = model.apical_errors(k, shift)
                pins.set(block_start=1, block_k=k)
                await RisingEdge(self.clk)
                pins.set(block_start=0)
                pins.noise("block_k")
            for group in self.groups:
                await self.errors(wanted, group)
            await self.idle()
            model.h[k] = self.neurons()
        pins.set(pass_apical=0, pass_update=0)

    def neurons(self) -> list[Neuron]:
        """Counts and flags of a layer; posts past its size are silent."""
        rng, steps = self.rng, self.form.steps
        kind = rng.randrange(6)
        counts = [(0, steps)[kind] if kind < 2 else rng.randint(0, steps) for _ in range(self.form.size)]
        return [(r, rng.random() < 0.8, rng.random() < 0.8) for r in counts] + [(0, 1, 1)] * (self.width - len(counts))

    def stimulus(self) -> Lesson:
        """Scalars small, large or at their ends; now and then a sample that teaches nothing, or that is silent."""
        rng, form = self.rng, self.form

        def scalar() -> int:
            return rng.choice((0, rng.randint(-40, 40), rng.randint(-32768, 32767), rng.choice((-32768, 32767))))

        label, teach = rng.randrange(form.classes), rng.random() < 0.8
        small = rng.random() < 0.5
        q = [(rng.randint(-12, 12) if small else scalar()) if teach else 0 for _ in range(form.classes + 1)]
        order = [k for k in range(form.classes) if k != label] + [label]
        b = [(k, scalar(), scalar()) for k in order if teach and rng.random() < 0.7]
        return Lesson(label, self.neurons(), q[:-1], q[-1], b, teach, rng.random() < 0.8)

    def place(self, k: int, i: int) -> tuple[int, int]:
        """(word, unit) of E[k]_i: the parts of a group lie one after another."""
        (group, lane), parts = divmod(i, self.form.lanes), self.form.update_rounds
        return ((k << self.form.group_bits) + group) * parts + lane % parts, lane // parts

    async def host_write(self, e: list[list[int]], s: list[int]) -> None:
        """E one lane at a time, S."""
        pins = self.pins
        for k, row in enumerate(e):
            for i, value in enumerate(row):
                address, unit = self.place(k, i)
                pins.set(host_select_e=1, host_write_e=0, host_address_e=address, host_data=value)
                await RisingEdge(self.clk)
                pins.set(host_write_e=1 << unit)
                await RisingEdge(self.clk)
            pins.set(host_select_e=0, host_write_e=0)
            pins.set(host_select_s=1, host_write_s=1, host_address_s=k, host_data=s[k])
            await RisingEdge(self.clk)
            pins.set(host_select_s=0, host_write_s=0)

    async def host_read(self) -> tuple[list[list[int]], list[int]]:
        """(E, S)."""
        pins, e, s = self.pins, [], []
        pins.set(host_select_e=1, host_select_s=1)
        for k in range(self.form.classes):
            row = []
            for i in range(self.width):
                address, unit = self.place(k, i)
                pins.set(host_address_e=address, host_address_s=k)
                for _ in range(4):
                    await RisingEdge(self.clk)
                row.append(as_signed(unpack(pins.get("host_read_e"), *[24] * self.form.update_units)[unit], 24))
            e.append(row)
            s.append(pins.signed("host_read_s"))
        pins.set(host_select_e=0, host_select_s=0)
        return e, s


@cocotb.test()
@cocotb.parametrize((("producer", "consumer"), PATTERNS))
async def blocks_of_samples(dut, producer, consumer):
    """Blocks of learning and other samples, ended by a Theta update or a mere recall; sums loaded and read by the host."""
    form = LayerFormat(**parameters()["form"])
    clk, pins = await begin(dut), Pins(dut)
    unit = Unit(clk, pins, form, producer, consumer)
    rng, ends = unit.rng, (-(1 << 23), (1 << 23) - 1)

    def near() -> int:
        return max(ends[0], min(ends[1], rng.choice((0, *ends)) + rng.randint(-20000, 20000)))

    e = [[near() if i < form.size else 0 for i in range(unit.width)] for _ in range(form.classes)]
    model = unit.model = LocalUpdate(
        form.top, [unit.neurons() for _ in range(form.classes)], e, [near() for _ in range(form.classes)]
    )
    if form.top:
        steps = form.steps
        model.h = [[(steps if i == k else 0, 0, 0) for i in range(unit.width)] for k in range(form.classes)]
    else:
        await unit.host_write(model.e, model.s)
    cocotb.start_soon(unit.memories())
    Watchdog(clk, 2000, lambda: (unit.compared, len(done)), "plasticity")
    wanted, done = None, []
    for block in range(BLOCKS):
        for _ in range(SAMPLES):
            sample = unit.stimulus() if rng.random() < 0.8 else None
            await unit.sample(wanted, sample)
            wanted = None
            if sample is not None:
                wanted = model.errors(sample) if sample.teach else None
                model.learn(sample)
            done.append(sample)
        await unit.idle()
        if not form.top:
            assert await unit.host_read() == (model.e, model.s), f"sums of block {block}"
            await unit.block(rng.choice((6, 14, rng.randint(6, 14))), rng.random() < 0.7)
    await unit.sample(wanted, None)
    await unit.idle()
    if not form.top:
        assert await unit.host_read() == (model.e, model.s)
