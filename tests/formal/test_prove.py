"""What `make prove` says of what is not proven: it has to be told apart from what is."""

import dataclasses
import re
from pathlib import Path

import pytest
from amaranth.hdl import Mux, Signal

from rtl.checks import holds
from tests.cosim.mutants import Mutant
from tests.formal.__main__ import main, proofs, prove
from tests.formal.bus.packet_out import PROOFS as PACKET_OUT
from tests.formal.streams import PROOFS, rules

HELD = PROOFS[0]
HARMLESS = Mutant("no bug", "streams.py", "~self.o.ready, self.i.valid)", "~self.o.ready, self.i.valid & 1)")
pytestmark = pytest.mark.filterwarnings("ignore::amaranth.hdl.UnusedElaboratable")


def too_much(bench, held):
    rules(bench, held)
    holds(bench.m, "never an item", ~held.o.valid)


def not_by_itself(bench, held):
    """True, and no induction of a clock shows it: a counter that goes 0, 1, 0 could stand at 2."""
    count = Signal(2)
    bench.m.d.sync += count.eq(Mux(count == 0, 1, Mux(count == 1, 0, 3)))
    holds(bench.m, "it never comes to 3", count != 3)


@pytest.mark.parametrize(
    "changes, wrong",
    [
        ({"mutants": HELD.mutants[:1]}, ""),
        ({"rules": too_much, "mutants": ()}, "clock 1"),
        ({"rules": not_by_itself, "mutants": ()}, "no induction: "),
        ({"mutants": (HARMLESS,)}, "a planted bug is not found: no bug"),
    ],
    ids=["proven", "wrong", "no_induction", "harmless_bug"],
)
def test_what_is_found_is_said(changes, wrong):
    outcome = prove(dataclasses.replace(HELD, **changes))
    assert outcome.wrong.startswith(wrong) and bool(outcome.wrong) == bool(wrong)
    assert [bug for bug in outcome.bugs if bug] == (["clock 2"] if not wrong else [])


def test_a_valid_that_hangs_on_a_ready_is_found_without_an_assertion():
    hangs = PACKET_OUT[0].mutants[1]
    assert prove(dataclasses.replace(PACKET_OUT[0], mutants=(hangs,))).bugs == ("a stream's valid hangs on a ready",)


def test_the_command_fails_with_what_fails(monkeypatch, capsys):
    monkeypatch.setattr("tests.formal.__main__.proofs", lambda: [dataclasses.replace(HELD, rules=too_much, mutants=())])
    assert main([]) == 1 and "0 of 1 proven" in capsys.readouterr().out
    assert main(["no such block"]) == 1


def test_the_pages_table_is_that_of_the_proofs():
    """docs/proofs.md: what is proven in the proofs' own words, how, and as many planted bugs."""
    page = (Path(__file__).parents[2] / "docs" / "proofs.md").read_text(encoding="utf-8")
    rows = [row.strip("| ").split(" | ") for row in page.splitlines() if row.startswith("| `")]
    table = {name.strip("`"): (says, how, bugs) for name, says, how, bugs in (row for row in rows if len(row) == 4)}
    found = {proof.name: proof for proof in proofs()}
    assert table.keys() >= found.keys() and all(name in found for name in table if "/" in name)
    for name, proof in found.items():
        says, how, bugs = table[name]
        assert says.replace("`", "") == proof.says, name
        depth = f"{proof.depth} clocks" if proof.bounded else f"induction, {proof.depth}"
        assert how.startswith(depth) or (how == "for all inputs" and depth == "induction, 1"), name
        assert len(re.split("[,;]", bugs)) == len(proof.mutants), name
    bugs = sum(len(proof.mutants) for proof in found.values())
    assert f"All {len(found)} proofs with their {bugs} planted bugs" in page


def test_a_proof_is_of_the_blocks_own_assertions_too():
    text = HELD.rtlil()
    assert "cell $check" in text[text.index("module \\top.block") :].split("\nend\n")[0]


def test_every_planted_bug_has_its_line():
    """A line of rtl/ that was written anew takes its bug along: `make prove` would say so after a minute or two."""
    assert [mutant.source() for proof in proofs() for mutant in proof.mutants]
