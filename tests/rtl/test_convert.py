"""Verilog and RTLIL: memories without initial contents, no sources named, and assertions where they are asked for."""

import re
import subprocess
import sys

import pytest
from amaranth.back import rtlil as to_rtlil
from amaranth.hdl import Module
from amaranth.lib import wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import Out

from golden.config import Config
from rtl.checks import asserting
from rtl.convert import plain_rtlil, rtlil, verilog
from rtl.core import core_of
from rtl.memories import ram

SMALL = Config(sizes=(3, 2, 2), lanes=1, block=3)


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
    text = rtlil(Two())
    assert text.count("cell $meminit_v2") == 1 and r'parameter \MEMID "\\full"' in text.split("$meminit_v2")[1][:80]
    assert text.count("  memory ") == 2 and r"attribute \src" not in text
    assert to_rtlil.convert(Two(), name="two").count("cell $meminit_v2") == 2


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
    text = plain_rtlil(to_rtlil.convert(Collision(), name="collision"))
    masks = {
        cell.split('"')[1]: cell.split(r"\COLLISION_X_MASK ")[1].split()[0] for cell in text.split("cell $memrd_v2")[1:]
    }
    assert masks == {r"\\own": "1'1", r"\\plain": "1'0"}


PLAIN = """
from amaranth.back import rtlil
from golden.config import Config
from rtl.core import core_of
print(rtlil.convert(core_of(Config(sizes=(3, 2, 2), lanes=1, block=3))).count("cell $check"))
"""


def test_who_converts_a_core_without_a_word_gets_no_assertion():
    """In a process of its own, as one's own design is: nothing of the project has been asked for anything."""
    done = subprocess.run([sys.executable, "-c", PLAIN], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n", done.stdout + done.stderr


@pytest.mark.parametrize("around", [False, True])
def test_a_conversion_has_assertions_where_it_is_told_so_whatever_is_around_it(around):
    with asserting(around):
        without, wanted = verilog(core_of(SMALL)), verilog(core_of(SMALL), asserted=True)
    assert "assert" not in without and len(re.findall(r"\bassert \(", wanted)) > 50
    assert len(without) < len(wanted)


def test_a_block_simulated_here_has_assertions():
    """`tests.rtl.conftest` has asked for them: Amaranth's simulator, too, gets a block as it is elaborated."""
    assert to_rtlil.convert(core_of(SMALL)).count("cell $check") > 50
    assert rtlil(core_of(SMALL)).count("cell $check") == 0
