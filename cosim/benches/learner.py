"""cocotb bench of `rtl.engine.learner`: samples and blocks of all layers (docs/arithmetic.md, steps 5 to 9)."""

import random
from collections import deque

import cocotb
from cocotb.triggers import RisingEdge

from cosim.benches.drivers import StreamDriver, Watchdog
from cosim.benches.learner_contents import Contents
from cosim.benches.learner_model import Layer, Settings
from cosim.benches.pins import Pins, as_signed, begin, pack, unpack
from cosim.runner import parameters
from golden.config import Config
from rtl.engine.contexts import Context
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import ERROR_COUNT_BITS
from rtl.engine.learner import HOST_LATENCY
from rtl.formats import ceil_log2
from rtl.interface.memory_map import MEMORIES, MEMORY_BITS

BLOCKS, SAMPLES = 2, 8
STREAMS = {"teach": "teach", "concept": "schedule__concept", "recalled": "recalled"}
"""That the learner takes, and their ports."""


class Unit:
    """What is around the learner: the outlet that fills it, the schedule, the memory of errors, the host."""

    def __init__(self, dut, clk, form: EngineFormat, pattern: str):
        self.clk, self.form, self.pins = clk, form, Pins(dut)
        self.rng = random.Random(f"{form} {pattern}")
        self.contents = Contents(form, self.rng)
        self.settings = Settings(learn_theta=True)
        self.layers = [Layer(form, context) for context in form.contexts]
        self.written = {"counts": deque(), "templates": deque()}
        self.streams = {
            name: StreamDriver(dut, port, clk, pattern, seed=seed) for seed, (name, port) in enumerate(STREAMS.items())
        }
        self.errors: dict[tuple[int, int], list[int]] = {}
        self.neurons: dict[tuple[int, int], list] = {}
        self.pending, self.records, self.made, self.normed = {}, {}, deque(), set()
        self.events, self.holding = 0, False

    async def fill(self, number: int) -> None:
        """Templates as a recall brings them; then the host writes some of them, of E, S and the count of samples."""
        rng, f, layer = self.rng, self.form, self.layers[number]
        for k in range(f.classes if layer.learns_theta else 0):
            await self.templates(number, k)
        layer.samples = rng.choice((0, 5, (1 << 32) - 2))
        for memory, address, store, i in self.addresses(layer):
            if (memory == "sums" and rng.random() < 0.3) or memory == "scalar_sums":
                store[i] = self.contents.near()
            elif memory == "templates" and rng.random() < 0.1:
                store[i] = rng.choice((-31, 0, 31))
            elif memory != "norms" and memory != "samples":
                continue
            await self.host(memory, address, layer.norm(i) if memory == "norms" else store[i])

    def groups(self, context: Context):
        """(place, neurons) of each group of a layer."""
        lanes = self.form.lanes
        return [(context.place_base + g, range(g * lanes, (g + 1) * lanes)) for g in range(context.groups)]

    def set_settings(self, **changes) -> None:
        for name, value in changes.items():
            setattr(self.settings, name, value)
        s = self.settings
        rates = [(rate, 4) for rate in s.rates[: len(self.form.contexts)]]
        word = pack((s.dead_zone, 9), (s.block_shift, 4), (s.seed, 32), (s.stochastic, 1), (s.learn_theta, 1), *rates)
        width = 9 + 4 + 32 + 1 + 1 + 4 * len(rates)
        self.pins.set(settings=word | s.backward_rate << width)

    async def host(self, memory: str, address: int, value: int | None = None) -> int:
        """Writes, or reads where there is no value."""
        f = self.form
        bits = max((f.classes * f.places - 1).bit_length() + ceil_log2(f.lanes), f.class_bits + f.context_bits)

        def request(write: bool) -> int:
            return pack((1, 1), (write, 1), (MEMORIES.index(memory), MEMORY_BITS), (address, bits), (value or 0, 32))

        self.pins.set(host=request(value is not None))
        for _ in range(HOST_LATENCY):
            await RisingEdge(self.clk)
        self.pins.set(host=request(False))  # what is written stays for a clock more
        await RisingEdge(self.clk)
        self.events += 1
        self.pins.set(host=0)
        return as_signed(self.pins.get("host_data"), 32)

    def addresses(self, layer: Layer):
        """(memory, address, list, index) of all that the host sees of a layer."""
        f, number = self.form, self.form.contexts.index(layer.context)
        for k in range(f.classes if layer.learns_theta else 0):
            for place, neurons in self.groups(layer.context):
                for lane, i in enumerate(neurons):
                    address = (k * f.places + place << ceil_log2(f.lanes)) + lane
                    if i < layer.context.size:
                        yield "templates", address, layer.m[k], i
                        yield "sums", address, layer.e[k], i
            yield "norms", number << f.class_bits | k, [layer.norm(j) for j in range(f.classes)], k
            yield "scalar_sums", number << f.class_bits | k, layer.s, k
        yield "samples", number, [as_signed(layer.samples, 32)], 0

    async def watch(self) -> None:
        """Counts and templates in, a word a clock; what comes out, against what is expected."""
        pins, f, read, looked = self.pins, self.form, None, None
        while True:
            for name, words in self.written.items():
                pins.set(**{f"{name}__valid": bool(words)})
                pins.noise(f"{name}__payload")
                if words:
                    pins.set(**{f"{name}__payload": words.popleft()})
            self.holding = self.holding or self.rng.random() < 0.01
            if self.holding and pins.get("idle") and not self.pending:  # settings change while nothing is under way
                self.set_settings(**self.contents.settings())
                self.holding = False
            pins.set(lookup__look=int(read is not None))
            await RisingEdge(self.clk)
            goes = {
                name: port for name, port in STREAMS.items() if pins.get(f"{port}__valid") and pins.get(f"{port}__ready")
            }
            taken = {name: pins.get(f"{port}__payload") for name, port in goes.items()}
            if looked:
                wanted, found = looked[1], unpack(pins.get("lookup__update"), ERROR_COUNT_BITS, 4, 8, 1)
                assert found == list(wanted), f"record of {looked[0]}: expected {wanted}, got {found}"
            looked, read = read, None
            if pins.get("errors__valid"):
                self.check_errors()
            if pins.get("schedule__taught__valid"):
                number, parity = unpack(pins.get("schedule__taught__payload"), f.context_bits, 1)
                read = self.end("sample", number, parity)
                del self.neurons[number, parity]
            if "teach" in taken:
                number, parity, label = unpack(taken["teach"], f.context_bits, 1, f.class_bits)
                self.taught(number, parity, label)
            if pins.get("schedule__made"):
                read = self.end("concept", *self.made.popleft())
            if pins.get("schedule__normed__valid"):
                self.normed.add(pins.get("schedule__normed__payload"))
                self.events += 1

    def taught(self, number: int, parity: int, label: int) -> None:
        """The learner takes a sample: what has to come of it, by the settings of now."""
        layer = self.layers[number]
        g, record = layer.teach(self.neurons[number, parity], label, self.settings)
        self.expect(layer, parity, g)
        self.pending["sample", number, parity] = record

    def expect(self, layer: Layer, bank: int, g: list[int] | None) -> None:
        for place, neurons in self.groups(layer.context) if g is not None else ():
            self.errors[bank, place] = [g[i] if i < len(g) else 0 for i in neurons]

    def check_errors(self) -> None:
        f = self.form
        widths = 2, f.place_bits, 1, *[f.error_bits] * f.lanes
        bank, place, live, *errors = unpack(self.pins.get("errors__payload"), *widths)
        errors = [as_signed(value, f.error_bits) for value in errors]
        wanted = self.errors.pop((bank, place), None)
        assert errors == wanted, f"errors of bank {bank}, place {place}: expected {wanted}, got {errors}"
        assert live == any(errors), f"errors of bank {bank}, place {place}: expected live {any(errors)}, got {live}"
        self.events += 1

    def end(self, kind: str, number: int, which: int) -> tuple:
        """A job's end: its errors are out; its record is to be read."""
        wanted = self.pending.pop((kind, number, which), None)
        assert wanted is not None, f"{kind} {which} of layer {number}: one more than expected"
        context = self.form.contexts[number]
        bank = which if kind == "sample" else 2 + which % 2
        left = [place for place, _ in self.groups(context) if (bank, place) in self.errors]
        assert not left, f"{kind} {which} of layer {number}: expected errors of places {left}, got none"
        self.pins.set(lookup__at=pack((bank, 2), (number, self.form.context_bits)))
        self.events += 1
        return (kind, number, which), wanted

    async def run(self, number: int) -> None:
        """A layer's samples, up to two at a time, and its recalls."""
        f, rng, layer = self.form, self.rng, self.layers[number]
        parity = 0
        for _ in range(BLOCKS):
            for _ in range(rng.randint(3, SAMPLES)):
                while (number, parity) in self.neurons:
                    await RisingEdge(self.clk)
                while self.holding:
                    await RisingEdge(self.clk)
                label = rng.randrange(f.classes)
                neurons = self.neurons[number, parity] = self.contents.counts(layer, label)
                for place, group in self.groups(layer.context):
                    lanes = [neurons[i] if i < len(neurons) else (0, rng.randrange(4)) for i in group]
                    fields = [(value, bits) for lane in lanes for value, bits in zip(lane, (f.count_bits, 2), strict=True)]
                    self.written["counts"].append(pack((parity, 1), (place, f.place_bits), *fields))
                while self.written["counts"]:
                    await RisingEdge(self.clk)
                self.streams["teach"].send([pack((number, f.context_bits), (parity, 1), (label, f.class_bits))])
                parity ^= 1
            while any(key[0] == number for key in self.neurons):
                await RisingEdge(self.clk)
            if layer.learns_theta:
                await RisingEdge(self.clk)
                relearn = rng.random() < 0.6
                for k in range(f.classes):
                    await self.recall(number, k, relearn)

    async def recall(self, number: int, k: int, relearn: bool) -> None:
        f, layer = self.form, self.layers[number]
        g, self.pending["concept", number, k] = layer.relearn(k, self.settings) if relearn else layer.plain(k, self.settings)
        self.expect(layer, 2 + k % 2, g)
        concept = pack((number, f.context_bits), (k, f.class_bits))
        self.made.append((number, k))
        self.streams["concept"].send([concept | relearn << f.context_bits + f.class_bits])
        while ("concept", number, k) in self.pending:
            await RisingEdge(self.clk)
        await self.templates(number, k)

    async def templates(self, number: int, k: int) -> None:
        """A recall brings other templates."""
        f, layer = self.form, self.layers[number]
        concept = pack((number, f.context_bits), (k, f.class_bits))
        layer.m[k] = self.contents.template(layer)
        for place, group in self.groups(layer.context):
            lanes = [(layer.m[k][i] if i < layer.context.size else 0, 6) for i in group]
            self.written["templates"].append(pack((k, f.class_bits), (place, f.place_bits), *lanes))
        while self.written["templates"]:
            await RisingEdge(self.clk)
        await RisingEdge(self.clk)
        self.streams["recalled"].send([concept])
        while concept not in self.normed:
            await RisingEdge(self.clk)
        self.normed.discard(concept)


@cocotb.test()
async def samples_and_blocks_of_all_layers(dut):
    """Every error, every record, and what the memories hold at the end."""
    values = parameters()
    config = Config(**values["config"])
    form = EngineFormat(config, tuple(values["layers"]), values["lanes"])
    clk, numbers = await begin(dut), range(len(form.contexts))
    unit = Unit(dut, clk, form, values["pattern"])
    Watchdog(clk, 4000, lambda: unit.events, "learner")
    unit.set_settings()
    cocotb.start_soon(unit.watch())
    for number in numbers:
        await unit.fill(number)
    for task in [cocotb.start_soon(unit.run(number)) for number in numbers]:
        await task
    for _ in range(30):
        await RisingEdge(clk)
    assert not unit.errors and not unit.pending and unit.pins.get("idle") and unit.events > 2 * len(numbers)
    for layer in unit.layers:
        for memory, address, store, i in unit.addresses(layer):
            if memory == "templates" and unit.rng.random() < 0.8:  # they are as they were written
                continue
            found = await unit.host(memory, address)
            assert found == store[i], f"{memory} at {address}: expected {store[i]}, got {found}"
