"""cocotb bench of `rtl.soma`: P leaky integrate-and-fire neurons over T steps (docs/arithmetic.md, steps 2 and 3)."""

import random
from dataclasses import dataclass

import cocotb
from cocotb.triggers import RisingEdge

from cosim.benches.drivers import Watchdog, stalls
from cosim.benches.models import sat
from cosim.benches.pins import PATTERNS, Pins, begin
from cosim.runner import parameters
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


@dataclass
class Group:
    """A group's inputs, and what the soma makes of them."""

    apical: int
    sums: list[list[int]]
    settings: dict[str, int]
    wanted: dict


def group_of(rng: random.Random, form: LayerFormat) -> Group:
    lanes = range(form.lanes)
    apical = rng.choice([network for network, pre in ((0, form.pre_basal), (1, form.pre_apical)) if pre])
    threshold = rng.choice((2, 64, 1023, rng.randint(2, 1023)))
    sums = stimulus(rng, form, apical, threshold)
    v = [currents([sums[t][p] for t in range(form.planes)], form, apical) for p in lanes]
    trains, counts, voltages = map(list, zip(*(soma(v[p], threshold, form.leak) for p in lanes), strict=True))
    low, high = (sat(rng.choice(voltages) + rng.choice((-1, 0, 1)), 13) for _ in range(2))
    above = sum((voltages[p] >= low) << p for p in lanes)
    below = sum((voltages[p] < high) << p for p in lanes)
    wanted = {"trains": trains, "counts": counts, "voltages": voltages, "above": above, "below": below}
    return Group(apical, sums, {"threshold": threshold, "low": low, "high": high}, wanted)


@cocotb.test()
@cocotb.parametrize((("producer", "consumer"), PATTERNS))
async def groups_of_both_networks(dut, producer, consumer):
    """A group's sums come as soon as there is room, or later; they may wait while the last group's word is not taken.

    The network holds while sums wait and in the clock of `begins`, the settings from the second clock after that on.
    """
    form, rng = LayerFormat(**parameters()["form"]), random.Random(f"{producer} {consumer}")
    clk, pins, done, lead = await begin(dut), Pins(dut), [], parameters()["lead"]
    pauses, waits = stalls(producer, 3), stalls(consumer, 4)
    waiting = current = None  # groups: whose sums are there, whose steps run or whose word is there
    clocks = 0  # since `begins` of the current one
    room, given, due = 0, 0, 0  # clocks until sums may come (None: no room); groups given; clock of the word
    Watchdog(clk, 500, lambda: len(done), "soma")
    while len(done) < GROUPS:
        comes = room == 0 and given < GROUPS and not next(pauses)
        room = max(room - 1, 0) if room is not None else None
        if comes:
            waiting, room, given = group_of(rng, form), None, given + 1
            pins.set(sums=waiting.sums)
        pins.set(accumulated=comes)
        pins.set(apical=waiting.apical) if waiting else pins.noise("apical")
        pins.set(**current.settings) if current and clocks >= 1 else pins.noise("threshold", "low", "high")
        ready = not next(waits)
        pins.set(ready=ready)
        await RisingEdge(clk)
        clocks += 1
        assert pins.get("begins") == bool(waiting and not current), f"group {given}: begins"
        assert pins.get("waiting") == bool(waiting and not comes), f"group {given}: waiting"
        assert pins.get("busy") == bool(current or (waiting and not comes)), f"group {given}: busy"
        assert pins.get("valid") == bool(current and clocks >= due), (
            f"group {len(done)}: valid in clock {clocks}, due in {due}"
        )
        taken = current and clocks >= due and ready
        if current and clocks >= due:
            found = {name: pins.all(name, form.lanes) for name in ("trains", "counts")}
            found["voltages"] = pins.all("voltages", form.lanes, signed=True)
            found |= {name: pins.get(name) for name in ("above", "below")}
            for name, wanted in current.wanted.items():
                assert found[name] == wanted, f"group {len(done)}: {name}: expected {wanted}, got {found[name]}"
        if pins.get("room"):
            assert room is None and (waiting or current), f"group {given}: room twice"
            assert lead is not None or taken, f"group {given}: room, but the last group has not been taken"
            room = 0 if lead is None else lead - 1
        if taken:
            done.append(current)
            current = None
        elif waiting and not current:
            current, waiting, clocks, due = waiting, None, 0, parameters()["latency"][waiting.apical]
