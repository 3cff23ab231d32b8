"""The neurons of an engine, alone: walk, synapses, soma and errors that wait."""

from rtl.engine.neurons import Neurons
from tests.cosim.engine.blocks import case, parametrized

BANK_BITS = 5
"""Of memories in several banks where they are of more than 32 words."""


def neurons(sizes, layers, lanes, **config):
    return case("neurons", lambda f: Neurons(f, bank_bits=BANK_BITS), sizes, layers, lanes, **config)


CASES = [
    neurons((7, 5, 4, 3), (0, 1, 2, 3), 2),
    neurons((7, 9, 5), (0, 1, 2), 4, steps=8),  # lanes that do not divide
    neurons((5, 3, 2), (0, 1, 2), 1, coding="rate", weight_bits=10),
    neurons((2, 2, 3), (1,), 2),  # the same context again and again: the next row is the one just written
    neurons((70, 5, 3), (1, 2), 3, leak=1),  # a shift
    neurons((300, 2, 2), (1,), 2),  # numbers of rows that the noise folds
    neurons((7, 5, 3), (1, 2), 2, learn=False, weight_bits=11),
    neurons((45, 2, 2), (1,), 1),  # a memory of one port
]


def converted(number: int) -> str:
    """Verilog of a case, as the block is in this process."""
    return CASES[number].verilog()


@parametrized(CASES)
def test_neurons(simulator, case):
    case.run(simulator)
