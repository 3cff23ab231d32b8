"""Passes of an engine's neurons in plain Python integers (contract, steps 3, 4, 7, 9), and any kind of them."""

import random
from dataclasses import dataclass, field

from cosim.benches.models import noise, rnd, sat, soma
from rtl.engine.formats import EngineFormat
from rtl.formats import PIXEL_BITS

Row = tuple[int, int, int]
"""j, what it sends, its count two samples ago."""


@dataclass
class Pass:
    """A pass, and what it makes: see `rtl.engine.layouts.pass_layout`. errors: by place; {}: old ones. written: words."""

    context: int
    apical: bool
    slot: int
    new: list[Row]
    old: list[Row]
    front: int
    back: int
    bank: int
    update: dict[str, int]
    errors: dict[int, list[int]]
    words: list[dict] = field(default_factory=list)
    rows: int = 0
    written: int = 0
    saturations: int = 0

    def payload(self) -> dict:
        names = ("context", "apical", "slot", "front", "back", "bank", "update")
        return {name: getattr(self, name) for name in names} | {"new": len(self.new), "old": len(self.old)}

    def listed(self) -> list[tuple[int, Row]]:
        """Addresses of the list and what is there."""
        new = [(self.front + i, row) for i, row in enumerate(self.new)]
        return new + [(self.back - i, row) for i, row in enumerate(self.old)]

    def addresses(self) -> list[int]:
        return [address for address, _ in self.listed()]


class Model:
    """weights[word][lane], also of lanes that are none; settings: threshold, window_low, window_high."""

    def __init__(self, f: EngineFormat, weights: list[list[int]], settings: dict[str, int]):
        self.f, self.weights, self.settings = f, weights, settings
        self.waiting: dict[tuple[int, int], list[int]] = {}
        self.seen = [0] * len(f.sources)

    def walk(self, work: Pass) -> None:
        """Updates the weights, and fills in what the pass makes."""
        f, c = self.f, self.f.contexts[work.context]
        for place, errors in work.errors.items():
            self.waiting[work.bank, place] = errors
        for group in range(c.groups):
            place = c.place_base + group
            errors = self.waiting.get((work.bank, place), [0] * f.lanes) if work.update["errors"] else [0] * f.lanes
            rows = work.new + (work.old if any(errors) else [])
            work.rows += max(1, len(rows))
            sums = [[0] * f.lanes for _ in range(f.planes)]
            for j, train, old in rows:
                word = self.weights[c.base(work.apical) + group * c.rows(work.apical) + j]
                if any(errors) and old:
                    work.written += 1
                    work.saturations += self._update(word, errors, old, j, group, work.update)
                for t in range(f.planes):
                    for lane in range(f.lanes):
                        sums[t][lane] += (word[lane] >> f.weight_bits - 8) * (train >> t & 1)
            head = {"context": work.context, "apical": int(work.apical), "group": group, "place": place}
            lanes = [self._lane(work, group, lane, [plane[lane] for plane in sums]) for lane in range(f.lanes)]
            work.words.append({"group": head | {"last": int(group == c.groups - 1)}, "lanes": lanes})

    def _update(self, word: list[int], errors: list[int], old: int, j: int, group: int, update: dict) -> int:
        """Returns how many saturate."""
        saturated = 0
        for lane, g in enumerate(errors):
            dither = noise(update["noise"], j, group * self.f.lanes + lane) if update["stochastic"] else 128
            total = word[lane] + ((g * old * (1 << update["rate"]) + dither) >> 8)
            word[lane] = sat(total, self.f.weight_bits)
            saturated += word[lane] != total
        return saturated

    def _lane(self, work: Pass, group: int, lane: int, sums: list[int]) -> dict:
        f, c = self.f, self.f.contexts[work.context]
        v = [0] * f.steps
        if group * f.lanes + lane < c.size:
            v = sums[: f.steps] if work.apical else [s >> c.shift for s in sums[: f.steps]]
            if c.direct and not work.apical:
                v = [sum(s << bit for bit, s in enumerate(sums[:PIXEL_BITS])) >> PIXEL_BITS + c.shift] * f.steps
        train, count, voltage = soma(v, self.settings["threshold"], f.leak)
        low, high = self.settings["window_low"], self.settings["window_high"]
        template = max(-31, min(31, rnd(voltage, f.template_shift)))
        window = (voltage >= low) | (voltage < high) << 1
        return {"train": train, "count": count, "voltage": voltage, "window": window, "template": template}

    def some_pass(self, rng: random.Random, dense: bool = False) -> Pass:
        """A pass of any layer and side, walked: lists of any length, groups without errors, errors to be left alone.

        dense: with as many rows as a soma takes clocks, and of layers that have so many.
        """
        f = self.f
        most = max(source.rows for source in f.sources)
        number = rng.choice([i for i, s in enumerate(f.sources) if not dense or s.rows == most])
        source = f.sources[number]
        c, seen = f.contexts[source.context], self.seen[number]
        self.seen[number] += 1
        now, before = (0.9, rng.choice((0, 0.5))) if dense else (rng.choice((0, 0.2, 0.6, 1)) for _ in range(2))
        top = 1 << (PIXEL_BITS if source.direct else f.steps)
        rows = []
        for j in range(source.rows):
            old = rng.randint(1, f.steps) if rng.random() < before and f.learn else 0
            rows.append((j, rng.randrange(1, top) if rng.random() < now else 0, old))
        new, old = [row for row in rows if row[1]], [row for row in rows if not row[1] and row[2]]
        rng.shuffle(new)
        rng.shuffle(old)
        front = source.list_base + (seen & 1) * source.rows
        live = f.learn and rng.random() < 0.8
        errors = self._errors(rng, c, f.error_bits if source.apical else 7) if live else {}
        rate = rng.choice((0, 13, rng.randint(0, 13), rng.randint(1, 7), rng.randint(1, 7)))
        update = {
            "errors": rng.randint(1, 4096) if live else 0,
            "rate": rate,
            "noise": rng.getrandbits(8),
            "stochastic": int(rng.random() < 0.7),
        }
        bank = 2 * source.apical + (seen & 1)
        slot, back = rng.getrandbits(f.slot_bits), front + source.rows - 1
        work = Pass(source.context, source.apical, slot, new, old, front, back, bank, update, errors)
        self.walk(work)
        return work

    def _errors(self, rng: random.Random, c, bits: int) -> dict[int, list[int]]:
        """Of every group: none, its ends, or any; 0 in lanes that are none."""
        f, top, errors = self.f, 1 << bits - 1, {}
        for group in range(c.groups):
            lanes = [rng.choice((-top, top - 1, 0, rng.randrange(-top, top))) for _ in range(f.lanes)]
            live = rng.random() < 0.8
            errors[c.place_base + group] = [
                value if live and group * f.lanes + lane < c.size else 0 for lane, value in enumerate(lanes)
            ]
        return errors
