"""Clocks of the folded core: its program's instructions, one a clock, counted loop by loop (rtl/folded/).

The loops over rows, neurons and concepts are the program's own. A constant is what a turn of a loop, or a subroutine, takes
beside the loops within it, read off the program; what depends on values (shifts, branches) is taken at its usual number.
"""

from golden.config import Config
from sw.design.golden_counts import Activity

# rtl/folded/perceive.py
SAMPLE, PIXEL, CONCEPT, RESULT = 19, 2, 11, 8
"""Of a sample and its result: in any case, a pixel, a concept (compared and sent), a layer's counters."""
LAYER, NEURON, TOP_NEURON = 35, 15, 14
"""Of a layer; of a neuron beside its rows and its soma, its place in the count of spikes included."""
PENDING = 4
"""Of a layer with an update. Each word that it writes takes a clock more."""
PLANES, HALVES = 9, 3
"""The direct code's current out of its planes; weights of a wide layer are scaled: this and the shift, and one to see."""
# rtl/folded/teach.py, scalars.py
LESSON, TAUGHT = 35, 9
"""Of a layer's lesson beside its neurons: its own root; what follows once it is known to teach."""
DOT, TOP_DOT, AFFINITY = 9, 8, 56
"""A concept's dot product beside its neurons, its root and C."""
RIVAL, STRENGTH, WEAK = 18, 101, 18
"""Its a; q, b1 and b2; and these where a is 0."""
SUMS, SUM = 18, 4
"""Its apical sums, a neuron's."""
ERRORS, ERROR, TOP_ERROR = 58, 19, 15
"""A layer's errors; a neuron's beside its concepts; the top's beside its steps."""
PLACE = 13
"""The place in the block."""
# rtl/folded/recall.py
RECALLED, RECALLED_LAYER, RECALLED_NEURON = 7, 47, 32
"""Of a recalled concept; a layer; a neuron beside its rows and steps."""


def clocks(config: Config, activity: Activity, learns: bool) -> float:
    """Mean clocks between two results, recall at the blocks' ends included, as the simulation counts them."""
    total = perceived(config) + PENDING * float((activity.live > 0).sum(1).mean()) + float(activity.updates.sum(1).mean())
    if learns:
        between = len(activity.rows) - 1
        blocks = between // config.block if config.learn_theta else 0  # the last one's recall comes behind all results
        total += taught(config, activity) + recalled(config) * blocks / between
    return total


def perceived(config: Config) -> float:
    """Clocks of a sample through all layers, and of its result, without an update."""
    scaled = any(config.scale(layer) for layer in range(1, config.layers + 1))
    total = float(SAMPLE + PIXEL * config.sizes[0] + CONCEPT * config.classes)
    for layer in range(1, config.layers + 1):
        halves = HALVES + max(1, config.scale(layer)) if scaled else 0
        direct = layer == 1 and config.coding == "direct"
        soma = PLANES + halves + config.steps if direct else 1 + config.steps * (2 + halves)
        neuron = config.sizes[layer - 1] + soma + (TOP_NEURON if layer == config.layers else NEURON)
        total += LAYER + RESULT + config.sizes[layer] * neuron
    return total


def taught(config: Config, activity: Activity) -> float:
    """Mean clocks of a sample's lesson, all layers'."""
    total, rivals = float(PLACE), config.classes - 1
    for layer, size in enumerate(config.sizes):
        top, pushed = layer == config.layers, activity.pushed[:, layer]
        affinity = AFFINITY + (TOP_DOT if top else DOT + size)
        strong = STRENGTH + (SUMS + SUM * size if not top and config.learn_theta else 1)
        part, mean = float((pushed > 0).mean()), float(pushed.mean())
        total += LESSON + size + affinity + mean * strong
        if layer == 0:
            total += part * TAUGHT
            continue
        # The gap loss looks at the rivals first, and at the label's own once more.
        looked = 1.0 if config.loss == "gap" else part
        errors = ERRORS + size * (TOP_ERROR + config.steps if top else ERROR + config.classes)
        total += looked * (rivals * (affinity + RIVAL) + (affinity if config.loss == "gap" else 0))
        total += part * (TAUGHT + errors) + (looked * config.classes - mean) * WEAK
    return total


def recalled(config: Config) -> float:
    """Clocks of a block's recall."""
    total = float(RECALLED + config.classes)
    for layer in range(config.layers):
        neuron = config.sizes[layer + 1] + RECALLED_NEURON + 2 * config.steps
        total += RECALLED_LAYER + config.sizes[layer] * neuron
    return config.classes * total
