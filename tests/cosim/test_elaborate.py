"""Verilog and RTLIL: memories without initial contents, and no names of source files."""

from amaranth.back import rtlil
from amaranth.hdl import Module
from amaranth.lib import wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import Out

from cosim.elaborate import plain_rtlil, verilog
from rtl.memories import ram


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


class Collision(wiring.Component):
    """A word is read and written in the same clock, in a memory of `rtl.memories` and in a plain one."""

    o: Out(8)

    def elaborate(self, platform):
        m = Module()
        for name, memory in (("own", ram(shape=4, depth=4)), ("plain", Memory(shape=4, depth=4, init=[]))):
            m.submodules[name] = memory
            write = memory.write_port()
            m.d.comb += self.o.word_select(name == "own", 4).eq(memory.read_port().data)
            m.d.comb += write.en.eq(1), write.data.eq(self.o[:4])
        return m


def test_synthesis_hears_that_a_collision_means_nothing():
    text = plain_rtlil(rtlil.convert(Collision(), name="collision"))
    masks = {
        cell.split('"')[1]: cell.split(r"\COLLISION_X_MASK ")[1].split()[0] for cell in text.split("cell $memrd_v2")[1:]
    }
    assert masks == {r"\\own": "1'1", r"\\plain": "1'0"}
