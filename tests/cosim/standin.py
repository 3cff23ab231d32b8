"""A small core with the ports of a real one, a memory map, and its model, to test cosim on. It learns nothing of use."""

from functools import cache

import numpy as np
from amaranth import Module, Mux, Signal, signed
from amaranth.back import verilog
from amaranth.lib import data, memory, stream, wiring
from amaranth.lib.wiring import In, Out

from cosim.host.regions import Region, Regions
from cosim.wrapper import Widths
from golden.records import Records
from rtl.formats import voltage_bits
from rtl.ports import host_answer_signature


class MemoryMap(Regions):
    """Regions laid one after the other with gaps of 3 words; W1 first, the settings and counts last."""

    def __init__(self, config):
        super().__init__()
        n, K, L = config.sizes, config.classes, config.layers
        shapes = {f"W{i}": (n[i - 1], n[i], 16, True) for i in range(1, L + 1)}
        shapes |= {f"Theta{i}": (n[i + 1], n[i], 16, True) for i in range(L)}
        for i in range(L):
            shapes |= {f"h{i}": (K, n[i], 4, False), f"E{i}": (K, n[i], 24, True), f"S{i}": (K, 24, True)}
            shapes |= {f"N{i}": (K, 20, False)} | ({f"m{i}": (K, n[i], 6, True)} if i else {})
        shapes |= {f"h{L}": (K, K, 4, False)} | {f"samples{i}": (32, False) for i in range(L + 1)}
        shapes |= {"position": (16, False), "decay": (8, True)}
        low = 16
        for name, (*shape, bits, sign) in shapes.items():
            size = int(np.prod(shape))
            addresses = np.arange(low, low + size).reshape(shape)
            self.regions[name] = Region(name, addresses, bits, sign)
            low += size + 3
        self.depth = low


class StandIn(wiring.Component):
    """Sums a sample's pixels, waits `work` clocks, adds to one word of W1. `fault` breaks it: (kind, sample number).
    "voltage": one is off by one; "write": one is lost, or too many where nothing is learned; "hang": no result;
    "prediction": from there on the next concept.

    An offer that is taken back or changed before it was taken shows in layer 1's saturations, which are 0 otherwise.
    """

    def __init__(self, config, work=8, fault=None):
        self.config, self.work, self.fault = config, work, fault
        w = Widths(config)
        sample = data.StructLayout({"pixels": w.beat, "label": 6, "learn": 1, "recall": 1})
        counters = data.ArrayLayout(24, config.layers * 4)
        result = data.StructLayout(
            {
                "prediction": 6,
                "voltages": data.ArrayLayout(signed(voltage_bits(config)), config.classes),
                "counters": counters,
            }
        )
        super().__init__(
            {
                "i": In(stream.Signature(sample)),
                "o": Out(stream.Signature(result)),
                "host_i": In(stream.Signature(data.StructLayout({"address": 32, "write": 1, "data": 32}))),
                "host_o": Out(host_answer_signature()),
                "idle": Out(1),
            }
        )

    def elaborate(self, platform):
        m, config, w = Module(), self.config, Widths(self.config)
        regions = MemoryMap(config)
        m.submodules.words = words = memory.Memory(shape=32, depth=regions.depth, init=[])
        read, write = words.read_port(), words.write_port()
        counts = [f"samples{i}" for i in range(config.layers + 1)]
        address = {n: int(regions.regions[n].addresses) for n in (*counts, "position", "decay")}
        registers = {n: Signal(32) for n in counts} | {"position": Signal(16), "decay": Signal(signed(8))}
        total, beat, clocks, label = Signal(16), Signal(16), Signal(16), Signal(6)
        learn, learned, seen, host, word = Signal(), Signal(), Signal(32), self.host_i.payload, Signal(32)
        from_register, delta, old = Signal(), Signal(signed(20)), read.data[:16].as_signed()
        pixels = sum(self.i.payload.pixels.word_select(p, 4) for p in range(config.beat))
        cell = int(regions.regions["W1"].addresses.flat[0]) + total[:2]

        m.d.comb += [
            read.addr.eq(host.address),
            read.en.eq(self.host_i.valid & self.host_i.ready),
            write.addr.eq(host.address),
            write.data.eq(host.data),
            self.host_o.payload.eq(Mux(from_register, word, read.data)),
            delta.eq(((total - (label << 3)).as_signed()) >> (-registers["decay"])[:4]),
        ]
        m.d.sync += self.host_o.valid.eq(0)
        broken = Signal()
        for port in (self.i, self.host_i):
            offered, payload = Signal(), Signal(len(port.payload.as_value()))
            m.d.sync += [offered.eq(port.valid & ~port.ready), payload.eq(port.payload)]
            with m.If(offered & (~port.valid | (payload != port.payload.as_value()))):
                m.d.sync += broken.eq(1)
        with m.FSM():
            with m.State("load"):
                m.d.comb += self.i.ready.eq(~self.host_o.valid)
                m.d.comb += self.idle.eq(beat == 0)
                m.d.comb += self.host_i.ready.eq((beat == 0) & ~self.i.valid)
                with m.If(self.host_i.valid & self.host_i.ready):
                    m.d.comb += write.en.eq(host.write)
                    m.d.sync += [self.host_o.valid.eq(1), from_register.eq(0)]
                    for name, place in address.items():
                        with m.If(host.address == place):
                            m.d.sync += [from_register.eq(1), word.eq(registers[name])]
                            with m.If(host.write):
                                m.d.sync += registers[name].eq(host.data)
                with m.If(self.i.valid & self.i.ready):
                    m.d.sync += [total.eq(Mux(beat == 0, 0, total) + pixels), beat.eq(beat + 1), clocks.eq(self.work)]
                    m.d.sync += [label.eq(self.i.payload.label), learn.eq(self.i.payload.learn)]
                    with m.If(beat == w.beats - 1):
                        m.d.sync += beat.eq(0)
                        m.next = "read"
            with m.State("read"):
                m.d.comb += [read.addr.eq(cell), read.en.eq(1)]
                m.d.sync += clocks.eq(clocks - 1)
                with m.If(clocks == 0):
                    m.next = "write"
            with m.State("write"):
                wrong = (seen == self.fault[1]) if self.fault and self.fault[0] == "write" else 0
                m.d.comb += [write.addr.eq(cell), write.data.eq(old + delta), write.en.eq(learn ^ wrong)]
                with m.If(learn):
                    m.d.sync += [registers[n].eq(registers[n] + 1) for n in counts]
                    m.d.sync += registers["position"].eq(
                        Mux(registers["position"] == config.block - 1, 0, registers["position"] + 1)
                    )
                m.next = "out"
            with m.State("out"):
                out = self.o.payload
                turned = (seen >= self.fault[1]) if self.fault and self.fault[0] == "prediction" else 0
                m.d.comb += [self.o.valid.eq(1), out.prediction.eq((total + turned) % config.classes)]
                if self.fault and self.fault[0] == "hang":
                    m.d.comb += self.o.valid.eq(seen != self.fault[1])
                wrong = (seen == self.fault[1]) if self.fault and self.fault[0] == "voltage" else 0
                for k in range(config.classes):
                    m.d.comb += out.voltages[k].eq(total - 40 - k + (wrong if k == 1 else 0))
                for i in range(config.layers):
                    m.d.comb += [
                        out.counters[4 * i].eq(total + i),
                        out.counters[4 * i + 1].eq(learned),
                        out.counters[4 * i + 2].eq(broken),
                        out.counters[4 * i + 3].eq(old[:16]),
                    ]
                with m.If(self.o.valid & self.o.ready):
                    m.d.sync += [learned.eq(learn), seen.eq(seen + 1)]
                    m.next = "load"
        return m


@cache
def standin_verilog(config, work=8, fault=None):
    return verilog.convert(StandIn(config, work, fault), name="core", emit_src=False, strip_internal_attrs=True)


class Model:
    """What StandIn does, with IntegerModel's interface."""

    def __init__(self, config):
        self.config, self.decay, self.learned = config, 0, 0
        copies = ("decay", f"h{config.layers}")
        regions = {n: r for n, r in MemoryMap(config).regions.items() if n not in copies and n[0] not in "Ns"}
        rng = np.random.default_rng(config.seed)
        self.memory = {n: rng.integers(0, 1 << (r.bits - 1), r.shape) for n, r in regions.items()}
        self.memory |= {"samples": np.array(0), "position": np.array(0)}

    def recall(self):
        pass

    def state(self):
        return {n: np.array(v) for n, v in self.memory.items()}

    def load(self, state):
        self.memory = {n: np.array(state[n]) for n in self.memory}
        self.learned = 0

    def trace(self, x, y=None):
        return {"total": np.asarray(x).sum()}

    def train(self, x, y, learn=True):
        c, rows = self.config, []
        for pixels, label in zip(np.asarray(x), np.asarray(y), strict=True):
            total = int(pixels.sum())
            cell = np.unravel_index(total & 3, self.memory["W1"].shape)
            old = int(self.memory["W1"][cell])
            new = old
            if learn:
                new = old + ((total - 8 * int(label)) >> -self.decay)
                new = (new + 0x8000) % 0x10000 - 0x8000
                self.memory["W1"][cell] = new
                self.memory["samples"] = self.memory["samples"] + 1
                self.memory["position"] = (self.memory["position"] + 1) % c.block
            counters = [[total + i, self.learned, 0, old & 0xFFFF] for i in range(c.layers)]
            rows.append((total % c.classes, [total - 40 - k for k in range(c.classes)], counters))
            self.learned = int(learn)
        return Records(*(np.array(part) for part in zip(*rows, strict=True)))


def settings_of(config, decay=0):
    return {"decay": decay}
