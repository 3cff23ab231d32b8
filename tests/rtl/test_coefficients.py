"""A layer's coefficients against `cosim.benches.models.coefficients`: every q, b1, b2 and flag of every sample, exactly."""

import math
import random
import re
from dataclasses import dataclass, field

import pytest
from amaranth import ResetInserter, Signal
from amaranth.back import verilog
from amaranth.sim import Simulator

from cosim.benches.models import coefficients
from rtl.coefficients import Coefficients

WATCHDOG = 3000
SETTINGS = {"margin": 64, "lambda8": 5, "dead_zone": 48, "reach": 32}


@dataclass
class Sample:
    """What goes in. `gap` and `stall`: chance of a clock without d, and without b_ready. `cut`: a reset at this clock."""

    label: int
    d: list[int]
    norms: list[int]
    norm_r: int
    settings: dict = field(default_factory=lambda: dict(SETTINGS))
    gap: float = 0.0
    stall: float = 0.0
    cut: int | None = None


@dataclass
class Found:
    """What came out. `counted`: (clock, q_count) of each change of q_count; clocks are counted from the last d."""

    q: list[int] = field(default_factory=list)
    b: dict[int, tuple[int, int]] = field(default_factory=dict)
    teach: int = 0
    decided_at: int = 0
    counted: list[tuple[int, int]] = field(default_factory=list)
    d_at: list[int] = field(default_factory=list)
    b_at: list[int] = field(default_factory=list)


class Bench:
    """Drives a list of samples back to back, and notes what comes out."""

    def __init__(self, dut: Coefficients, seed: int = 0):
        self.dut, self.random = dut, random.Random(seed)
        self.loaded = self.settings = None
        self.reset_signal = Signal()

    def run(self, samples: list[Sample]) -> list[Found]:
        found = []

        async def bench(ctx):
            for sample in samples:
                result = await self.sample(ctx, sample)
                if sample.cut is None:
                    found.append(result)

        sim = Simulator(ResetInserter({"sync": self.reset_signal})(self.dut))
        sim.add_clock(1e-8)
        sim.add_testbench(bench)
        sim.run()
        return found

    async def load(self, ctx, sample: Sample):
        """Norms and settings; the norms are read back through the host's port."""
        dut = self.dut
        if sample.norms == self.loaded and sample.settings == self.settings:
            return
        for name, value in sample.settings.items():
            ctx.set(getattr(dut, name), value)
        ctx.set(dut.norm_write_en, 1)
        for k, n in enumerate(sample.norms):
            ctx.set(dut.norm_write_k, k)
            ctx.set(dut.norm_write_data, n)
            await ctx.tick()
        ctx.set(dut.norm_write_en, 0)
        await ctx.tick().repeat(2)
        for k in reversed(range(dut.classes)):  # the last one written first: the least time a write may take
            ctx.set(dut.norm_host_k, k)
            await ctx.tick()
            assert ctx.get(dut.norm_host_data) == sample.norms[k]
        self.loaded, self.settings = sample.norms, sample.settings

    async def sample(self, ctx, sample: Sample) -> Found:
        dut, found = self.dut, Found()
        await self.load(ctx, sample)
        order = [sample.label] + ([] if dut.own_only else [k for k in range(dut.classes) if k != sample.label])
        ctx.set(dut.start, 1)
        ctx.set(dut.label, sample.label)
        ctx.set(dut.norm_r, self.random.randrange(1 << dut.norm_width))
        await ctx.tick()
        ctx.set(dut.start, 0)
        ctx.set(dut.label, self.random.randrange(64))
        await ctx.tick()  # the first d comes in the second clock after `start`
        clock, last_d, reading, held = 0, 0, False, None
        while True:
            decided = ctx.get(dut.decided)
            if decided and not found.decided_at:
                found.decided_at, found.teach = clock, ctx.get(dut.teach)
            if decided:
                assert ctx.get(dut.teach) == found.teach
                ctx.set(dut.norm_r, self.random.randrange(1 << dut.norm_width))
            if not dut.own_only:
                if reading:
                    found.q.append(ctx.get(dut.q_data))
                count = ctx.get(dut.q_count)
                if not found.counted or found.counted[-1][1] != count:
                    found.counted.append((clock, count))
                reading = len(found.q) < count
                ctx.set(dut.q_address, min(len(found.q), dut.classes))
            if dut.has_backward:
                ready = self.random.random() >= sample.stall
                ctx.set(dut.b_ready, ready)
                if ctx.get(dut.b_valid):
                    assert decided
                    item = [ctx.get(port) for port in (dut.b_k, dut.b1, dut.b2)]
                    assert held in (None, item), "b changed while it was valid and not ready"
                    assert not ready or item[0] not in found.b, "b came twice"
                    held = None if ready else item
                    if ready:
                        found.b[item[0]] = tuple(item[1:])
                        found.b_at.append(clock)
            send = bool(order) and self.random.random() >= sample.gap
            ctx.set(dut.d_valid, send)
            ctx.set(dut.d, self.random.randrange(1 << dut.dot_width))
            if send:
                ctx.set(dut.norm_r, sample.norm_r)
                ctx.set(dut.d, sample.d[order.pop(0)])
                found.d_at.append(clock)
                last_d = clock
            if sample.cut is not None and clock >= sample.cut:
                await self.reset(ctx)
                return found
            q_done = dut.own_only or len(found.q) == dut.classes + 1
            if decided and q_done and (not dut.has_backward or ctx.get(dut.b_done)):
                break
            await ctx.tick()
            clock += 1
            assert clock - last_d < WATCHDOG, f"no end of a sample {WATCHDOG} clocks after its last d"
        found.decided_at -= last_d
        found.counted = [(at - last_d, count) for at, count in found.counted]
        found.d_at = [at - last_d for at in found.d_at]
        found.b_at = [at - last_d for at in found.b_at]
        return found

    async def reset(self, ctx):
        """As long as a clock of reset lasts: every register goes back, memories stay."""
        for name in ("start", "d_valid", "b_ready"):
            if name != "b_ready" or self.dut.has_backward:
                ctx.set(getattr(self.dut, name), 0)
        ctx.set(self.reset_signal, 1)
        await ctx.tick()
        ctx.set(self.reset_signal, 0)


def expected(dut: Coefficients, s: Sample) -> tuple[list[int], dict, int]:
    """(q in the order of its addresses, b, teach)."""
    loss = "reco" if dut.reco else "gap"
    model = coefficients(s.d, s.norms, s.norm_r, s.label, loss=loss, own_only=dut.own_only, **s.settings)
    q = [model.q[k] for k in range(dut.classes) if k != s.label] + [model.q[s.label], model.q_r]
    return q if not dut.own_only else [], {k: (model.b1[k], model.b2[k]) for k in model.b1}, int(any(model.a))


def check(dut: Coefficients, samples: list[Sample], seed: int = 0) -> list[Found]:
    found = Bench(dut, seed).run(samples)
    wanted = [s for s in samples if s.cut is None]
    assert len(found) == len(wanted)
    for number, (s, f) in enumerate(zip(wanted, found, strict=True)):
        q, b, teach = expected(dut, s)
        assert (f.q, f.teach) == (q, teach), f"sample {number}: {s}"
        assert f.b == (b if dut.has_backward else {}), f"sample {number}: {s}"
    return found


def vectors(rng: random.Random, classes: int, neurons: int, steps: int, likeness: float) -> Sample:
    """Spike counts of r and of every h[k], each drawn near to one common pattern; now and then a silent one."""
    common = [rng.randint(0, steps) for _ in range(neurons)]

    def near():
        if rng.random() < 0.1:
            return [0] * neurons
        return [c if rng.random() < likeness else rng.randint(0, steps) * rng.randint(0, 1) for c in common]

    r, h = near(), [near() for _ in range(classes)]
    d = [sum(a * b for a, b in zip(r, row, strict=True)) for row in h]
    return Sample(rng.randrange(classes), d, [sum(a * a for a in row) for row in h], sum(a * a for a in r))


def random_samples(rng: random.Random, classes: int, count: int, neurons: int, steps: int = 4) -> list[Sample]:
    samples = []
    for i in range(count):
        sample = vectors(rng, classes, neurons, steps, rng.choice([0.0, 0.5, 0.9, 1.0]))
        if i % 3 == 2:  # the same concepts again, as in a block
            last = samples[-1]
            sample.norms, sample.settings = last.norms, last.settings
            sample.norm_r = last.norm_r
            sample.d = [rng.randint(0, math.isqrt(n * sample.norm_r)) for n in sample.norms]
        elif i % 2:
            sample.settings = {
                "margin": rng.choice([0, 1, 100, 255, 256]),
                "lambda8": rng.randint(0, 15),
                "dead_zone": rng.choice([0, 1, 200, 256]),
                "reach": rng.choice([0, 7, 100, 256]),
            }
        sample.gap, sample.stall = rng.choice([0, 0, 0.5]), rng.choice([0, 0.7])
        samples.append(sample)
    return samples


def bits(neurons: int, steps: int = 4) -> int:
    return (neurons * steps * steps).bit_length()


def build(classes, neurons, loss="reco", own_only=False, has_backward=True, steps=4) -> Coefficients:
    return Coefficients(classes, bits(neurons, steps), bits(neurons, steps), loss, own_only, has_backward)


@pytest.mark.parametrize("loss", ["reco", "gap"])
@pytest.mark.parametrize(("classes", "count"), [(2, 40), (3, 40), (10, 30), (64, 8)])
def test_every_coefficient_is_the_models(classes, count, loss):
    rng = random.Random(classes)
    check(build(classes, 50, loss), random_samples(rng, classes, count, 50))


@pytest.mark.parametrize("loss", ["reco", "gap"])
def test_layer_0_takes_its_own_class_only_as_in_reco(loss):
    check(build(7, 64, loss, own_only=True), random_samples(random.Random(5), 7, 60, 64))


@pytest.mark.parametrize("own_only", [True, False])
def test_without_a_backward_side_q_and_teach_are_the_same(own_only):
    dut = build(5, 30, own_only=own_only, has_backward=False)
    check(dut, random_samples(random.Random(6), 5, 20, 30))
    assert not hasattr(dut, "b1")


@pytest.mark.parametrize("steps", [4, 8])
@pytest.mark.parametrize("neurons", [1, 2, 4096])
def test_the_smallest_and_the_largest_layers(neurons, steps):
    rng = random.Random(neurons + steps)
    dut = build(4, neurons, steps=steps)
    full = neurons * steps * steps
    samples = []
    for norm_r in {0, 1, full}:
        for norms in ([0, 0, 0, 0], [1, full, 0, 1], [full] * 4, [1, 1, full, full]):
            for label in (0, 2, 3):
                d = [rng.choice([0, math.isqrt(n * norm_r)]) for n in norms]
                settings = SETTINGS | {"margin": 0, "lambda8": 15, "dead_zone": 0}
                samples.append(Sample(label, d, norms, norm_r, settings))
    check(dut, samples)


def test_scalars_saturate_for_the_shortest_vectors():
    settings = SETTINGS | {"margin": 0, "lambda8": 15, "dead_zone": 0}
    sample = Sample(0, [0] + [1] * 63, [1] * 64, 1, settings)
    dut = build(64, 4)
    q, b, _ = expected(dut, sample)
    assert q[-1] == -32768 and b[0] == (32767, 0) and b[1] == (-32768, -32768)
    check(dut, [sample])


def test_gap_counts_the_steps_of_the_push_exactly():
    """Rivals behind by every distance: the shift goes 0..5, then the push is 0."""
    norms = [256] * 33
    for own in (256, 180, 20):
        d = [own] + [max(0, own - distance) for distance in range(0, 96, 3)]
        samples = [Sample(0, d, norms, 256, SETTINGS | {"reach": reach}) for reach in (0, 5, 32)]
        check(build(33, 16, "gap"), samples)


def test_gap_pulls_only_for_rivals_that_are_remembered():
    """A concept that evokes no spike pushes nothing: the own class's pull, their sum, is taken behind that."""
    dut, d, norms = build(4, 16, "gap"), [40, 0, 36, 0], [256, 0, 256, 0]
    samples = [Sample(label, d, norms, 256) for label in range(4)]
    silent = [b for _, b, _ in (expected(dut, sample) for sample in samples)]
    assert [sorted(b) for b in silent] == [[0, 2], [0, 2], [0, 2], [0, 2]] and silent[0][0][0] == -silent[0][2][0]
    check(dut, samples)


@pytest.mark.parametrize("loss", ["reco", "gap"])
def test_latency_from_the_last_d(loss):
    sample = vectors(random.Random(3), 10, 40, 4, 0.9)
    (found,) = check(build(10, 40, loss), [sample])
    last = 9
    assert found.counted == [(-last, 0), *((12 - 8 + i, 1 + i) for i in range(9)), (13, 10), (16, 11)]
    assert found.decided_at == 16 and len(found.b_at) > 1
    assert found.b_at == [22 + 6 * i for i in range(len(found.b_at))]
    (found,) = check(build(10, 40, loss, own_only=True), [sample])
    assert found.decided_at == 10


def test_a_q_never_waits_for_a_later_d():
    sample = vectors(random.Random(4), 10, 40, 4, 0.9)
    sample.gap = 0.8
    (found,) = check(build(10, 40), [sample], seed=1)
    counted = {count: at for at, count in found.counted}
    assert all(counted[i] == found.d_at[i] + 12 for i in range(1, 10))


@pytest.mark.parametrize("own_only", [True, False])
@pytest.mark.parametrize("loss", ["reco", "gap"])
def test_reset_at_any_clock_recovers(loss, own_only):
    rng = random.Random(8)
    samples = []
    for cut in range(60):
        broken, whole = vectors(rng, 4, 20, 4, 0.5), vectors(rng, 4, 20, 4, 0.5)
        broken.cut, broken.stall, broken.gap = cut, 0.5, 0.3
        whole.norms, whole.norm_r = broken.norms, broken.norm_r
        whole.d = [rng.randint(0, math.isqrt(n * whole.norm_r)) for n in whole.norms]
        samples += [broken, whole]
    dut = build(4, 20, loss, own_only=own_only)
    check(dut, samples)


@pytest.mark.parametrize("own_only", [True, False])
@pytest.mark.parametrize("has_backward", [True, False])
@pytest.mark.parametrize("loss", ["reco", "gap"])
def test_it_converts_to_verilog(loss, own_only, has_backward):
    dut = Coefficients(10, 11, 11, loss, own_only, has_backward)
    text = verilog.convert(dut, name="coefficients", emit_src=False, strip_internal_attrs=True)
    ports = re.search(r"module coefficients\((.*?)\)", text, re.DOTALL)[1]
    assert ("b1" in ports) == has_backward and ("q_count" in ports) != own_only


def test_bad_parameters_are_named():
    with pytest.raises(ValueError, match="classes: found 65; allowed is 2 to 64"):
        Coefficients(65, 8, 8, "reco", False, True)
    with pytest.raises(ValueError, match="loss: found 'mse'; allowed is 'reco' or 'gap'"):
        Coefficients(10, 8, 8, "mse", False, True)
