"""Verilog and RTLIL: memories without initial contents, and no names of source files."""

from amaranth.back import rtlil
from amaranth.hdl import Module
from amaranth.lib import wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import Out

from cosim.elaborate import plain_rtlil, verilog


class Two(wiring.Component):
    """One memory that says it has no initial contents, and one that has."""

    o: Out(8)

    def elaborate(self, platform):
        m = Module()
        for name, attributes in (("empty", {"uninitialised": 1}), ("full", {})):
            m.submodules[name] = memory = Memory(shape=4, depth=4, init=[1, 2, 3], attrs=attributes)
            m.d.comb += self.o.word_select(name == "full", 4).eq(memory.read_port().data)
        return m


def test_only_the_memory_that_asks_for_it_loses_its_contents():
    text = plain_rtlil(rtlil.convert(Two(), name="two"))
    assert text.count("cell $meminit_v2") == 1 and r'parameter \MEMID "\\full"' in text.split("$meminit_v2")[1][:80]
    assert text.count("  memory ") == 2 and r"attribute \src" not in text
    assert rtlil.convert(Two(), name="two").count("cell $meminit_v2") == 2


def test_verilog_says_the_same():
    assert verilog(Two()).count("initial begin") == 1
