"""No block of a core has more ports than a reader can keep in mind: what belongs together is one."""

import pytest
from amaranth.hdl import Fragment, Module
from amaranth.lib import wiring

from golden.config import Config
from golden.config_tasks import AUTOENCODER, SEQUENCE
from rtl.core import core_of

MOST = 20
SMALL = {"sizes": (4, 3, 2), "lanes": 2}
CORES = {
    "recognition": Config(**SMALL),
    "sequence": Config(**SMALL | SEQUENCE, recurrent=True),
    "autoencoder": Config(**SMALL | AUTOENCODER),
}


def crowded(block: wiring.Component) -> dict[str, int]:
    """Of the blocks within a block, and of itself, those with too many ports."""
    found, waiting = {}, [Fragment.get(block, None)]
    while waiting:
        fragment = waiting.pop()
        waiting += [inner for inner, *_ in fragment.subfragments]
        for one in fragment.origins:
            if hasattr(one, "signature"):
                name, ports = type(one).__name__, len(one.signature.members)
                found[name] = max(ports, found.get(name, 0))
    assert len(found) > 1
    return {name: ports for name, ports in found.items() if ports > MOST}


@pytest.mark.parametrize("task", CORES)
def test_no_block_has_more_ports_than_a_reader_keeps_in_mind(task):
    assert not crowded(core_of(CORES[task]))


class Crowd(wiring.Component):
    def __init__(self):
        super().__init__({f"port{number}": wiring.In(1) for number in range(MOST + 1)})

    def elaborate(self, platform):
        return Module()


class Around(wiring.Component):
    i: wiring.In(1)

    def elaborate(self, platform):
        m = Module()
        m.submodules.crowd = Crowd()
        return m


def test_a_block_within_another_is_seen():
    assert crowded(Around()) == {"Crowd": MOST + 1}
