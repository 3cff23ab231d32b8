"""A block's ports that are those of a block within it."""

from amaranth.hdl import Module
from amaranth.lib.wiring import In


def pass_on(m: Module, outer, inner, members: dict):
    """Wires the ports `members` (name -> In or Out of a shape) of a component to the same ones of a submodule."""
    for name, member in members.items():
        outside, inside = getattr(outer, name), getattr(inner, name)
        m.d.comb += inside.eq(outside) if member.flow == In else outside.eq(inside)
