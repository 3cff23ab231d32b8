"""Clocks of the layered core, sample by sample, from the rows that golden says each layer walks (docs/hardware.md, Timing).

A layer walks a pass a sample, group after group, a row a clock. What it waits for, and for how long, is the pipeline's:
numbers that the rtl says of itself, and FITTED ones, chosen so that the simulated cores of the tests come out.
"""

from golden.config import Config
from rtl.formats import LayerFormat
from rtl.synapses import sums_behind
from sw.design.golden_counts import Activity

BETWEEN, BEHIND_WRITES = 2, 6
"""From a pass's last row to the next one's first, and where that row is written (rtl/walk.py)."""
ROOM = 1
"""From the soma's `room` to a group's last row, which waits for it."""
SOMA = 4
"""The soma's stages beside its steps; the direct code's current takes one more (rtl/soma.py)."""
TAKEN = 2
"""A group in the soma beyond its latency: its word is taken, and the next one's steps begin."""
LAST_DOT = 8
"""Beyond K, from a sample's last word to its last dot product: the label's place in the round, and the stages behind it."""
DECIDED, SILENT = 16, 18
"""From the last dot product to the verdict; from the last word to the early one of "nothing" (the gap loss: K more)."""
FIRST_ERRORS = 9
"""From the verdict to the first part's errors at the synapses."""
TOLD = 3
"""From a verdict of nothing to the walk that waits for it, and to the next sample's hearing."""
SCALAR, SUMMED, LEAST_SUM = 3, 8, 6
"""Of a concept's apical sums: beside its words; behind the last one; and at least, as b1 and b2 take so long."""
LISTED = 4
"""From a word of spikes to its last row in the list. FITTED."""
RECALL_BEGINS, RECALL_ENDS = 5, 5
"""From a layer that is quiet to its first recalled concept, and from the last one to the next sample. FITTED."""
RECALL_PASS, ERRORS_OF_A_PART = 10, 10
"""Of a recalled concept: its noise and the block's scalar; a part of a group's apical errors. FITTED."""


class _Layer:
    """One layer's times so far, in clocks; `rest` what it takes in any case."""

    def __init__(self, config: Config, layer: int):
        self.form = form = LayerFormat.of(config, layer)
        self.config, self.behind = config, sums_behind(config.learn)
        self.ends = self.ended_before = self.listed = self.opens = 0.0
        self.decided = self.silent = self.free = 0.0
        self.words = form.groups * form.update_rounds

        self.rounds = -(-form.lanes // form.soma_units)
        steps = self.soma() + TAKEN
        # Between two groups' last rows: the soma has no room before; with one group, until its word has been taken.
        self.least = self.behind + steps
        if form.groups > 1:
            self.least = max(self.behind + ROOM + max(0, (self.rounds - 1) * form.steps - self.behind), steps)

    def soma(self, apical: bool = False) -> int:
        """From a group's sums to its spikes."""
        return self.rounds * self.form.steps + SOMA + (self.form.direct and not apical)

    def fires(self, apical: bool = False) -> int:
        """From a group's last row to its spikes."""
        return self.behind + self.soma(apical)

    def walk(self, rows: float, begins: float, taught: bool, live: float, learns: bool) -> float:
        """When a pass of so many rows ends that may begin then.

        Args:
            taught: the sample before has taught this layer; live: and given that part of the groups an error.
        """
        groups, concepts = self.form.groups, self.config.classes
        least = max(self.least, concepts + 3) if learns else self.least
        group = max(1.0, rows / groups)
        begins = max(begins, self.opens, self.ends + (BEHIND_WRITES if live else BETWEEN))
        end = max(begins, self.ends + least - group)
        if not taught:
            return max(end + group, self.silent if learns else 0) + (groups - 1) * max(group, least)
        part = concepts + 1
        errors = self.decided + (self.form.update_rounds - 1) * part + FIRST_ERRORS
        for number in range(groups):
            known = errors + number * self.form.update_rounds * part
            guessed = max(end + group, known)  # its last row waits for the truth
            again = max(end, known) + group  # it begins again
            end = max((1 - live) * guessed + live * again, end + least if number else 0)
        return end

    def learn(self, fired: float, pushed: int) -> None:
        """The sample has fired, and is heard as soon as the one before it is done with. pushed: concepts that it moves."""
        config, concepts = self.config, self.config.classes
        heard = max(fired + 1, self.free)
        self.decided = heard + concepts + LAST_DOT + DECIDED
        self.silent = heard + SILENT + (concepts if config.loss == "gap" else 0) + TOLD
        self.free = self.decided + TOLD
        if pushed:
            self.free = self.decided + (self.words - 1) * (concepts + 1) + FIRST_ERRORS
            if not self.form.top and config.learn_theta:
                self.free += pushed * max(LEAST_SUM, self.words + SCALAR) + SUMMED


def clocks(config: Config, activity: Activity, learns: bool) -> float:
    """Mean clocks between two results, recall at the blocks' ends included, as the simulation counts them."""
    layers = [_Layer(config, layer) for layer in range(config.layers + 1)]
    beats = config.groups(0)
    results: list[float] = []
    for n, rows in enumerate(activity.rows):
        fired = 0.0
        for layer, here in enumerate(layers[1:], 1):
            free = max(here.listed, here.ended_before)  # two lists: this one was the last sample's but one
            stimulus = free + max(float(activity.pixels[n]), 2.0 * beats)
            here.listed = LISTED + (stimulus if layer == 1 else max(free, fired))
            taught = learns and n > 0 and activity.pushed[n - 1, layer] > 0
            live = activity.live[n, layer - 1] / here.form.groups
            end = here.walk(float(rows[layer - 1]), here.listed, taught, live, learns)
            here.ended_before, here.ends = here.ends, end
            fired = end + here.fires()
            if learns:
                here.learn(fired, int(activity.pushed[n, layer]))
        results.append(fired)
        if learns and config.learn_theta and (n + 1) % config.block == 0:
            _recall(config, layers, activity.recalled)
    return float(results[-1] - results[0]) / (len(results) - 1)


def _recall(config: Config, layers: list[_Layer], recalled: tuple[float, ...]) -> None:
    """K concepts go from the top down; each layer opens again behind its last one."""
    ends = [0.0] * len(layers)
    quiet = [here.free + RECALL_BEGINS for here in layers]
    layers[-1].opens = quiet[-1]
    for concept in range(config.classes):
        came = quiet[-1] + 2 * concept * layers[-1].form.groups
        for layer in reversed(range(config.layers)):
            here, rows = layers[layer], 1 if layer == config.layers - 1 else recalled[layer + 1]
            errors = here.form.update_rounds * ERRORS_OF_A_PART + 2
            group = max(rows, errors, here.least)
            begins = max(ends[layer] + RECALL_PASS, came + LISTED, quiet[layer])
            ends[layer] = begins + here.form.groups * group + rows
            came = ends[layer] + here.fires(apical=True)
    for layer, here in enumerate(layers[:-1]):
        here.opens = here.free = ends[layer] + here.fires(apical=True) + RECALL_ENDS
