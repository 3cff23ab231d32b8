"""Proof that no result depends on what a memory gives where it is read in the clock of a write to the same word.

So `rtl.memories` may tell the synthesis that this is nobody's business. In the core's Verilog text such a read is made to
give the word with all bits inverted, and everything still agrees with the golden model.
"""

import re

import pytest

from cosim.build import build
from cosim.elaborate import core_verilog
from cosim.runner import BenchError, run
from cosim.wrapper import TOP, wrapped
from golden.config import Config
from tests.cosim.core_runs import BENCH, built, strange
from tests.marks import long

SMALL = Config(name="small", sizes=(4, 3, 2), lanes=2, block=4, seed=3)
CONFIG = Config(name="three lanes", sizes=(7, 5, 5), lanes=3, block=4, seed=3)
NAME = r"(\\\S+ |\w+)"


def poisoned(verilog: str, same_word: bool) -> tuple[str, int]:
    """The text with reads in the clock of a write inverted: those of the same word, or all. And how many reads that are."""
    modules, count = re.split(r"(?<=\nendmodule\n)", verilog), 0
    for i, text in enumerate(modules):
        for name in re.findall(rf"^  reg \[[^]]*\] {NAME} \[\d+:0\];", text, re.MULTILINE):
            memory = re.escape(name)
            writes = re.findall(rf"if \((.+)\)\n      {memory}\[(.+?)\](?:\[\d+(?::\d+)?\])? <=", text)
            assert writes, f"memory {name}: no write found"

            def read(found, writes=writes, name=name):
                at = found[2]
                hit = " | ".join(
                    f"((({en}) != 0) & (({to}) == ({at})))" if same_word else f"(({en}) != 0)" for en, to in writes
                )
                return f"{found[1]} <= ({hit}) ? ~{name}[{at}] : {name}[{at}];"

            text, here = re.subn(rf"(_\d+_) <= {memory}\[(.+)\];", read, text)
            count += here
        modules[i] = text
    return "".join(modules), count


@pytest.mark.parametrize("same_word", [True, False], ids=["of_the_same_word", "of_any_word"])
@pytest.mark.parametrize("config", [SMALL, long(CONFIG)], ids=lambda config: config.name.replace(" ", "_"))
def test_reads_in_the_clock_of_a_write_do_not_matter(config, same_word, tmp_path):
    """The control: inverted in the clock of a write to any word, reads do matter."""
    scenario, config = strange(config, tmp_path / "scenario.npz", samples=16), built(config)
    text, count = poisoned(core_verilog(config), same_word)
    assert count >= 20
    design = build(wrapped(text, config), TOP, "icarus", root=tmp_path / "build")
    values = {"config": config.to_dict(), "scenario": str(scenario), "inputs": 0.2, "outputs": 0.5}

    def bench():
        run(design, BENCH, values, folder=tmp_path / "run", timeout=120)

    if same_word:
        bench()
    else:
        with pytest.raises(BenchError):
            bench()
