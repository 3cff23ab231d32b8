"""Where the wires of a component come from, in the netlist that Amaranth makes of it."""

from collections.abc import Callable, Iterable

from amaranth.hdl import Fragment, Shape, Value
from amaranth.hdl._ir import build_netlist
from amaranth.hdl._nir import FlipFlop, Net, SyncReadPort
from amaranth.lib import data, wiring

from rtl.checks import asserting


def leaves(component: wiring.Component) -> list[tuple[tuple, wiring.Member, Value]]:
    """Path, member and value of each port."""
    return [(path, member, Value.cast(value)) for path, member, value in component.signature.flatten(component)]


def fields(layout, *path) -> list[tuple]:
    """The path of the field of each bit of a payload, the lowest first."""
    if not isinstance(layout, data.Layout):
        return [path] * Shape.cast(layout).width
    return [one for key, field in layout for one in fields(field.shape, *path, key)]


class Wires:
    """The netlist of a component whose ports are free."""

    def __init__(self, component: wiring.Component):
        own = [value for _, _, value in leaves(component)]
        with asserting(False):
            self.netlist = build_netlist(Fragment.get(component, None), ports=own)

    def nets(self, value: Value) -> list[Net]:
        """Of a signal's bits."""
        return list(self.netlist.signals[value]) if value in self.netlist.signals else []

    def module(self, net: Net) -> tuple[str, ...]:
        """The path of the module that a bit is made in, from the component's own on, which is ("top",)."""
        return self.netlist.modules[self.netlist.cells[net.cell].module_idx].name

    def block(self, net: Net) -> str:
        """The block of the component that a bit is made in; "" for the component itself."""
        return self.module(net)[1] if len(self.module(net)) > 1 else ""

    def before(self, net: Net) -> Iterable[Net]:
        """What a bit is made of, in this clock or of a register or a memory in the clock before."""
        cell = self.netlist.cells[net.cell]
        if isinstance(cell, FlipFlop):
            return [cell.data[net.bit]]
        return cell.input_nets() if isinstance(cell, SyncReadPort) else [one for one, _ in cell.comb_edges_to(net.bit)]

    def origins(self, nets: Iterable[Net], ends: Callable[[Net], object]) -> set[Net]:
        """All that these bits come from: bits of which `ends` says that they are looked through no further."""
        found, waiting, done = set(), list(nets), set()
        while waiting:
            net = waiting.pop()
            if net in done or net.is_const:
                continue
            done.add(net)
            if ends(net):
                found.add(net)
            else:
                waiting += self.before(net)
        return found
