"""cocotb bench of `rtl.coefficients`: q, b1, b2 of a sample (steps 6 and 8); model: `cosim.benches.models`."""

import math
import random

import cocotb
from cocotb.triggers import RisingEdge

from cosim.benches.drivers import Watchdog, stalls
from cosim.benches.models import coefficients
from cosim.benches.pins import PATTERNS, Pins, begin
from cosim.runner import parameters

SAMPLES = 20
EDGES = {
    "margin": (0, 1, 64, 255, 256),
    "lambda8": (0, 5, 15),
    "dead_zone": (0, 1, 32, 256),
    "reach": (0, 7, 32, 256),
}


def stimulus(rng: random.Random, classes: int, neurons: int, steps: int) -> tuple[list[int], list[int], int]:
    """(d, |h|^2, |r|^2) of counts drawn near to one pattern; now and then a silent vector."""
    likeness = rng.choice((0.0, 0.5, 0.9, 1.0))
    common = [rng.randint(0, steps) for _ in range(neurons)]

    def near() -> list[int]:
        if rng.random() < 0.1:
            return [0] * neurons
        return [c if rng.random() < likeness else rng.randint(0, steps) * rng.randint(0, 1) for c in common]

    r, *h = [near() for _ in range(classes + 1)]
    d = [sum(a * b for a, b in zip(r, row, strict=True)) for row in h]
    return d, [sum(a * a for a in row) for row in h], sum(a * a for a in r)


class Unit:
    """One sample after another through the block's ports."""

    def __init__(self, dut, clk, values: dict, producer: str, consumer: str):
        self.clk, self.pins, self.values = clk, Pins(dut), values
        self.gaps, self.waits = stalls(producer, 1), stalls(consumer, 2)
        self.classes, self.own_only, self.backward = (values[n] for n in ("classes", "own_only", "backward"))

    async def load(self, norms: list[int], settings: dict) -> None:
        """Norms and settings; the norms are read back as the host does."""
        pins = self.pins
        pins.set(**settings)
        for k, n in enumerate(norms):
            pins.set(norm_write_en=1, norm_write_k=k, norm_write_data=n)
            await RisingEdge(self.clk)
        pins.set(norm_write_en=0)
        for _ in range(3):
            await RisingEdge(self.clk)
        for k, n in enumerate(norms):
            pins.set(norm_host_k=k)
            await RisingEdge(self.clk)
            await RisingEdge(self.clk)
            assert pins.get("norm_host_data") == n, f"norm {k}: expected {n}, got {pins.get('norm_host_data')}"

    async def sample(self, label: int, d: list[int], norm_r: int) -> tuple[list[int], list[tuple], int]:
        """(q by address, items (k, b1, b2) in order, teach)."""
        pins, q, b, held, asked, decided, teach = self.pins, [], [], None, None, 0, 0
        order = [d[label]] + ([] if self.own_only else [d[k] for k in range(self.classes) if k != label])
        pins.set(start=1, label=label)
        pins.noise("norm_r")
        await RisingEdge(self.clk)
        pins.set(start=0)
        pins.noise("label")
        await RisingEdge(self.clk)  # the first d comes in the second clock after `start`
        streaming = False
        while True:
            send = bool(order) and not next(self.gaps)
            pins.set(d_valid=send)
            pins.noise("d")
            streaming |= send
            if send:
                pins.set(d=order.pop(0))
            if streaming and not decided:
                pins.set(norm_r=norm_r)
            else:
                pins.noise("norm_r")
            if not self.own_only:
                address = min(len(q) + (asked is not None), self.classes)
                pins.set(q_address=address)
            ready = not next(self.waits)
            if self.backward:
                pins.set(b_ready=ready)
            await RisingEdge(self.clk)
            assert not decided or pins.get("teach") == teach, "teach changed behind decided"
            decided, teach = pins.get("decided"), pins.get("teach")
            assert not (teach and pins.get("silent")), "silent, and yet it teaches"
            if not self.own_only:
                if asked is not None:
                    q.append(pins.signed("q_data"))
                readable = address < pins.get("q_count") and address == len(q)
                asked = address if readable else None
                assert not decided or pins.get("q_count") == self.classes + 1
            if self.backward and pins.get("b_valid"):
                item = (pins.get("b_k"), pins.signed("b1"), pins.signed("b2"))
                assert held in (None, item), f"b changed from {held} to {item} before it was taken"
                held = None if ready else item
                if ready:
                    b.append(item)
            all_q = self.own_only or len(q) == self.classes + 1
            if decided and all_q and (not self.backward or pins.get("b_done")):
                pins.set(d_valid=0)
                return q, b, teach


@cocotb.test()
@cocotb.parametrize((("producer", "consumer"), PATTERNS))
async def coefficients_of_every_sample(dut, producer, consumer):
    """Gaps between the d, a stalled taker of b, norms and settings that change now and then."""
    values, rng = parameters(), random.Random(f"{producer} {consumer}")
    classes, own_only, neurons, steps = (values[n] for n in ("classes", "own_only", "neurons", "steps"))
    clk = await begin(dut)
    unit, done, taught = Unit(dut, clk, values, producer, consumer), [], set()
    Watchdog(clk, 3000, lambda: len(done), "coefficients")
    for number in range(SAMPLES):
        d, norms, norm_r = stimulus(rng, classes, neurons, steps)
        label = rng.choice((0, classes - 1, rng.randrange(classes)))
        if number == 0:  # the shortest vectors: every scalar saturates
            d, norms, norm_r, label = [0] + [1] * (classes - 1), [1] * classes, 1, 0
        if number == 1:  # nothing is remembered: nothing is taught
            d, norms = [0] * classes, [0] * classes
        settings = {name: rng.choice(edges) for name, edges in EDGES.items()}
        if number == 0:
            settings |= {"margin": 0, "lambda8": 15, "dead_zone": 0}
        await unit.load(norms, settings)
        for again in range(rng.choice((1, 1, 3))):  # the same concepts with other samples, as in a block
            if again:
                d, label = [rng.randint(0, math.isqrt(n * norm_r)) for n in norms], rng.randrange(classes)
            q, b, teach = await unit.sample(label, d, norm_r)
            model = coefficients(d, norms, norm_r, label, loss=values["loss"], own_only=own_only, **settings)
            others = [k for k in range(classes) if k != label]
            wanted = [] if own_only else [model.q[k] for k in (*others, label)] + [model.q_r]
            items = [(k, model.b1[k], model.b2[k]) for k in (*others, label) if k in model.b1]
            assert q == wanted, f"sample {number}: q: expected {wanted}, got {q}"
            assert b == (items if unit.backward else []), f"sample {number}: b: expected {items}, got {b}"
            reco = values["loss"] == "reco"
            early = 256 - model.c[label] < settings["dead_zone"] if reco else not any(model.a)
            early &= not own_only
            assert unit.pins.get("silent") == early, f"sample {number}: silent: expected {early}"
            assert teach == any(model.a), f"sample {number}: teach: expected {any(model.a)}, got {teach}"
            taught.add(teach)
            done.append(number)
    assert taught == {0, 1}
