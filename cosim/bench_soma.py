"""cocotb bench of `rtl.soma`: P leaky integrate-and-fire neurons over T steps (docs/arithmetic.md, steps 2 and 3)."""

import random

import cocotb
from cocotb.triggers import RisingEdge

from cosim.bench import parameters
from cosim.drivers import Watchdog, stalls
from cosim.models import sat
from cosim.pins import PATTERNS, Pins, begin
from rtl.formats import LayerFormat

GROUPS = 60


def soma(v: list[int], threshold: int, leak: int) -> tuple[int, int, int]:
    """(train, bit t a spike at step t; count; summed voltage) of a neuron that sees `v[t]`."""
    u, train = threshold >> 1, 0
    for t, current in enumerate(v):
        x = sat(u - (u >> leak) + current, 16)
        spike = x >= threshold
        u = x - threshold * spike
        train |= spike << t
    return train, train.bit_count(), sum(v)


def currents(sums: list[int], form: LayerFormat, apical: bool) -> list[int]:
    """v[t] from a neuron's sums of w8: one a step, or in the direct code one a bit of the pixel."""
    if apical:
        return sums[: form.steps]
    if form.direct:
        return [sum(s << bit for bit, s in enumerate(sums[:4])) >> (4 + form.scale)] * form.steps
    return [s >> form.scale for s in sums[: form.steps]]


def stimulus(rng: random.Random, form: LayerFormat, apical: bool, threshold: int) -> list[list[int]]:
    """sums[plane][lane]: within what the layer below or above can give, its ends, or near the threshold."""
    pre = form.pre_apical if apical else form.pre_basal
    low, high = -128 * pre, 127 * pre
    near = threshold << (form.scale if not apical else 0)

    def value(kind: int) -> int:
        number = (rng.randint(low, high), rng.choice((low, high)), rng.randint(-near, near), rng.choice((0, -1, near)))[kind]
        return max(low, min(high, number))

    kinds = [rng.randrange(4) for _ in range(form.lanes)]
    return [[value(kinds[p]) for p in range(form.lanes)] for _ in range(form.planes)]


@cocotb.test()
@cocotb.parametrize((("producer", "consumer"), PATTERNS))
async def groups_of_both_networks(dut, producer, consumer):
    """The network holds in the clock of `accumulated` only; the group's word stays until it is taken."""
    form, rng = LayerFormat(**parameters()["form"]), random.Random(f"{producer} {consumer}")
    clk, pins, done = await begin(dut), Pins(dut), []
    lanes, pauses, waits = range(form.lanes), stalls(producer, 3), stalls(consumer, 4)
    networks = [network for network, pre in ((0, form.pre_basal), (1, form.pre_apical)) if pre]
    Watchdog(clk, 500, lambda: len(done), "soma")
    for group in range(GROUPS):
        apical = rng.choice(networks)
        threshold = rng.choice((2, 64, 1023, rng.randint(2, 1023)))
        sums = stimulus(rng, form, apical, threshold)
        v = [currents([sums[t][p] for t in range(form.planes)], form, apical) for p in lanes]
        trains, counts, voltages = map(list, zip(*(soma(v[p], threshold, form.leak) for p in lanes), strict=True))
        low, high = (sat(rng.choice(voltages) + rng.choice((-1, 0, 1)), 13) for _ in range(2))
        wanted = {
            "trains": trains,
            "counts": counts,
            "voltages": voltages,
            "above": sum((voltages[p] >= low) << p for p in lanes),
            "below": sum((voltages[p] < high) << p for p in lanes),
        }
        while next(pauses):
            pins.set(ready=next(waits))
            await RisingEdge(clk)
            assert not pins.get("valid") and not pins.get("busy")
        pins.set(accumulated=1, apical=apical, threshold=threshold, low=low, high=high, sums=sums, ready=0)
        await RisingEdge(clk)
        pins.set(accumulated=0)
        clock, due = 0, parameters()["latency"][apical]
        while True:
            clock += 1
            pins.noise("apical")
            ready = not next(waits)
            pins.set(ready=ready)
            await RisingEdge(clk)
            assert pins.get("valid") == (clock >= due), f"group {group}: valid after {clock} clocks; expected after {due}"
            assert pins.get("taken") == (clock >= due and ready) and pins.get("busy")
            if clock >= due:
                found = {name: pins.all(name, form.lanes) for name in ("trains", "counts")}
                found["voltages"] = pins.all("voltages", form.lanes, signed=True)
                found |= {name: pins.get(name) for name in ("above", "below")}
                for name in wanted:
                    assert found[name] == wanted[name], f"group {group}: {name}: expected {wanted[name]}, got {found[name]}"
                if ready:
                    break
        done.append(group)
