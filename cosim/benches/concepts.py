"""cocotb bench of `rtl.concepts`: the templates of K concepts and their flags (docs/arithmetic.md, step 4)."""

import random

import cocotb
from cocotb.triggers import RisingEdge

from cosim.benches.pins import Pins, begin, pack
from cosim.runner import parameters
from rtl.formats import LayerFormat


class Templates:
    """K x groups words of (count, above, below) a lane; the top layer's are the target codes and cannot be written."""

    def __init__(self, form: LayerFormat):
        self.form = form
        self.words = {(k, g): [(0, 0, 0)] * form.lanes for k in range(form.classes) for g in range(form.groups)}
        if form.top:
            for k in range(form.classes):
                self.words[k, k // form.lanes][k % form.lanes] = (form.steps, 0, 0)

    def packed(self, k: int, group: int) -> int:
        """A word as it leaves the block."""
        return pack(*(pair for n in self.words[k, group] for pair in zip(n, (self.form.count_bits, 1, 1), strict=True)))


@cocotb.test()
async def templates_are_kept_and_read_by_two(dut):
    """Writes, and reads by affinity and plasticity, in every clock; a read up to a clock after a write gives the old one."""
    form, rng = LayerFormat(**parameters()["form"]), random.Random(1)
    clk, pins, model = await begin(dut), Pins(dut), Templates(form)
    places, wanted, after, written, compared = list(model.words), None, None, None, 0
    order = places + [rng.choice(places) for _ in range(200)] if not form.top else []
    for clock in range(len(order) + 200):
        sides = [rng.choice((places[0], places[-1], rng.choice(places))) for _ in range(2)]
        write = clock < len(order) and (clock < len(places) or rng.random() < 0.5)
        if write and rng.random() < 0.3:
            sides[rng.randrange(2)] = order[clock]
        (read_k, read_group), (learn_k, learn_group) = sides
        pins.set(read_k=read_k, read_group=read_group, learn_k=learn_k, learn_group=learn_group, write=write)
        pins.noise("write_k", "write_group", "write_data")
        word = [
            (rng.choice((0, form.steps, rng.randint(0, form.steps))), *rng.choices((0, 1), k=2)) for _ in range(form.lanes)
        ]
        if write:
            fields = (pair for n in word for pair in zip(n, (form.count_bits, 1, 1), strict=True))
            pins.set(write_k=order[clock][0], write_group=order[clock][1], write_data=pack(*fields))
        await RisingEdge(clk)
        if wanted is not None and clock > len(places):
            found = [pins.get("read") & counts_only(form), pins.get("learn")]
            assert found == wanted, f"clock {clock}: expected {wanted}, got {found}"
            compared += 1
        wanted, after = after, [model.packed(*sides[0]) & counts_only(form), model.packed(*sides[1])]
        if written:
            model.words[written[0]] = written[1]
        written = (order[clock], word) if write else None
    assert compared > 150


def counts_only(form: LayerFormat) -> int:
    """A word's bits without the flags, which affinity does not get."""
    counts = ((form.count_bits * [1] + [0, 0]) * form.lanes)[::-1]
    return int("".join(map(str, counts)), 2)


@cocotb.test()
async def the_host_sees_and_sets_every_lane(dut):
    """Written one lane at a time through the host's port, in any order; read there and by plasticity.

    The top layer's templates, a constant, stay what they are, and its port shows nothing.
    """
    form, rng = LayerFormat(**parameters()["form"]), random.Random(2)
    clk, pins, model = await begin(dut), Pins(dut), Templates(form)
    cells = [(place, p, memory) for place in model.words for p in range(form.lanes) for memory in ("counts", "flags")]
    group_bits = form.group_bits
    rng.shuffle(cells)
    for (k, group), p, memory in cells:
        count, above, below = model.words[k, group][p]
        value = rng.randint(0, form.steps if memory == "counts" else 3)
        if not form.top:
            model.words[k, group][p] = (value, above, below) if memory == "counts" else (count, value & 1, value >> 1)
        pins.set(host_address=(k << group_bits) + group, host_data=value)
        pins.set(**{f"host_select_{memory}": 1})
        for _ in range(3):
            await RisingEdge(clk)
        pins.set(**{f"host_write_{memory}": 1 << p})
        pins.noise("read_k", "read_group", "learn_k", "learn_group", "write_k", "write_group", "write_data")
        await RisingEdge(clk)
        pins.set(**{f"host_select_{memory}": 0, f"host_write_{memory}": 0})
    await RisingEdge(clk)  # the last word goes in
    for (k, group), word in model.words.items():
        pins.set(host_address=(k << group_bits) + group, host_select_counts=1, host_select_flags=1)
        for _ in range(3):
            await RisingEdge(clk)
        found = pins.get("host_read_counts"), pins.get("host_read_flags")
        seen = word if not form.top else [(0, 0, 0)] * form.lanes
        counts = pack(*((n[0], form.count_bits) for n in seen))
        wanted = counts, pack(*((n[1] + 2 * n[2], 2) for n in seen))
        assert found == wanted, f"counts and flags of concept {k}, group {group}: expected {wanted}, got {found}"
        pins.set(host_select_counts=0, host_select_flags=0, learn_k=k, learn_group=group)
        for _ in range(3):
            await RisingEdge(clk)
        assert pins.get("learn") == model.packed(k, group), f"concept {k}, group {group}"
