"""What the campaign says of mutants: which it has killed and how, which make no difference, when it says nothing."""

from types import SimpleNamespace

import pytest
from rich.console import Console

from cosim.build import Build, build
from cosim.runner import BenchError
from cosim.wrapper import TOP
from sw.boards.tools import Folder
from tests.mutate import __main__ as command
from tests.mutate import campaign
from tests.mutate.campaign import Campaign, CampaignError, Outcome
from tests.mutate.describe import Cells
from tests.mutate.netlist import Mutant, mutant, netlist
from tests.mutate.stimulus import CONFIG, benches

SMALL = """
module core(input clk, input [3:0] a, input [3:0] b, input c, output reg [3:0] sum, output reg any, output reg [3:0] odd);
  wire [3:0] wide = c ? b : 4'd5, few = b[0] ? 4'd3 : 4'd9;
  always @(posedge clk) begin sum <= a + wide; any <= |a; odd <= few * a; end
endmodule
"""
SAYS = {
    1: "mismatch at sample 2, layer 3: errors expected 2, got 3",
    2: "assertion failed in bench_top.dut at time 93405: words: a list is released that was not claimed",
    3: "Hang: no handshake for 4550 clocks at clock 14159",
    4: "Hang: no end after 300 clocks",
}


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    folder = Folder(tmp_path_factory.mktemp("small"))
    (folder / "small.v").write_text(SMALL)
    script = "read_verilog small.v; prep -top core; write_json small.json"
    folder.run("yosys", ["-q", "-p", script], ["small.v"], ["small.json"])
    return Cells(folder / "small.json")


def one(cells, kind):
    """The name of the first cell of a kind."""
    return next(name for name, cell in cells.cells.items() if cell["type"] == kind)


def test_a_mutant_is_told_by_signals_not_by_the_numbers_of_cells(cells):
    adder = one(cells, "$add")
    line = f"mutate -ctrl mutsel 8 7 -mode cnot0 -module core -cell {adder} -port B -portbit 2 -ctrlbit 1 -src small.v:4.60"
    found = mutant(7, line, cells)
    assert found.key == ("cnot0 B[2] by [1]", "$add(A=a[4 bits], B=wide[4 bits])", ("sum",))
    assert (found.number, found.source, found.lines, found.block) == (7, ("small.v:4.60",), [], "")


@pytest.mark.parametrize(
    "kind, mode, port, bit, control, why",
    [
        ("$mux", "const1", "A", 0, None, "of the constants there (1) none is changed"),
        ("$mux", "const0", "A", 0, None, ""),
        ("$mux", "const1", "A", 1, None, ""),
        ("$mux", "const0", "B", 0, None, ""),
        ("$mul", "const1", "A", 0, None, "of the constants there (1) none is changed"),
        ("$mul", "const1", "A", 1, None, ""),
        ("$mul", "cnot1", "A", 0, 2, "of the constants there (10) none is changed"),
        ("$mul", "cnot0", "A", 0, 2, ""),
        ("$mul", "cnot0", "A", 1, 3, ""),
        ("$mul", "inv", "A", 1, None, ""),
        ("$reduce_or", "cnot1", "A", 2, 1, "turned over only where another bit of $reduce_or decides alone"),
        ("$reduce_or", "cnot0", "A", 2, 1, ""),
        ("$add", "cnot1", "A", 2, 1, ""),
    ],
)
def test_what_constants_or_the_cell_itself_show_to_change_nothing(cells, kind, mode, port, bit, control, why):
    assert cells.harmless(one(cells, kind), mode, port, bit, control) == why


@pytest.fixture
def runs(monkeypatch):
    """Runs end as SAYS has it, for the number of their mutant, and pass for others; all of them, in order."""
    found = []

    def start(build, module, values, folder):
        def wait(seconds):
            if values["mutant"] in SAYS and "second" in values["scenario"]:
                raise BenchError(f"bench: {SAYS[values['mutant']]} (log: x)")
            (folder / "clocks").write_text("100")

        folder.mkdir(parents=True)
        found.append((values["mutant"], values["clocks"]))
        return SimpleNamespace(wait=wait, process=object())

    monkeypatch.setattr(campaign, "start", start)
    return found


def of(folder, processes=2):
    acts = {name: folder / f"{name}.npz" for name in ("first", "second")}
    for path in acts.values():
        path.write_text(path.name)
    return Campaign(Build("verilator", folder / "build", TOP, False), CONFIG, acts, folder / "kept", processes)


def test_a_mutant_dies_of_a_value_an_assertion_or_a_hang_in_an_act(runs, tmp_path):
    outcomes = {o.number: (o.kind, o.act) for o in of(tmp_path).go([1, 2, 3, 4, 5])}
    assert outcomes == {
        1: ("value", "second"), 2: ("assertion", "second"), 3: ("hang", "second"), 4: ("endless", "second"), 5: ("", ""),
    }  # fmt: skip
    assert (5, 300) in runs, "a mutant may take three times the clocks"


def test_a_campaign_goes_on_where_it_ended(runs, tmp_path):
    assert next(of(tmp_path, 1).go([1])).kind == "value"
    before = list(runs)
    assert {o.number for o in of(tmp_path).go([1, 5])} == {1, 5}
    assert {number for number, _ in runs[len(before) :]} == {5}


def test_a_core_that_does_not_pass_without_a_mutant_ends_the_campaign(runs, tmp_path, monkeypatch):
    monkeypatch.setitem(SAYS, 0, SAYS[1])
    with pytest.raises(CampaignError, match=r"act 'second': the core as it is does not pass: .*errors expected 2, got 3"):
        list(of(tmp_path).go([1]))


def test_a_run_that_fails_by_itself_kills_no_mutant(runs, tmp_path, monkeypatch):
    monkeypatch.setitem(SAYS, 5, "the simulator ended with code -9 and no results")
    with pytest.raises(CampaignError, match=r"mutant 5, act 'second'.*code -9"):
        list(of(tmp_path).go([5]))


MUTANTS = [Mutant(n, "const0 A[0]", f"$not(A=a{n})", (f"rows.b{n}",), "", ()) for n in range(1, 21)]


@pytest.mark.parametrize(
    "alive, equivalent, code, says",
    [
        ([], [], 0, "20 mutants: 20 killed, 0 equivalent, 0 others alive; 100.0%"),
        ([3], [], 0, "19 killed, 0 equivalent, 1 others alive; 95.0%"),
        ([3, 4], [], 1, "18 killed, 0 equivalent, 2 others alive; 90.0%"),
        ([3, 4], [4], 1, "18 killed, 1 equivalent, 1 others alive; 94.7%"),
        ([3, 4], [3, 4], 0, "18 killed, 2 equivalent, 0 others alive; 100.0%"),
        ([], [5], 1, "mutant 5 makes a difference, and is said to make none: because"),
    ],
)
def test_enough_have_to_be_killed_of_those_that_make_a_difference(alive, equivalent, code, says, monkeypatch):
    monkeypatch.setattr(command, "equivalents", lambda: {MUTANTS[n - 1].key: "because" for n in equivalent})
    outcomes = [Outcome(m.number, *(("", "") if m.number in alive else ("value", "benches"))) for m in MUTANTS]
    console = Console(record=True, width=120)
    assert command.report(console, MUTANTS, outcomes, 1) == code
    assert says in console.export_text()


def test_each_equivalent_one_has_a_reason():
    reasons = command.equivalents().values()
    assert reasons and all(len(why) > 10 for why in reasons)


@pytest.mark.long
def test_with_no_mutant_on_the_netlist_passes_and_with_one_it_does_not(tmp_path):
    mutants, verilog = netlist(Folder(tmp_path), CONFIG, 4, 3)
    acts = {"benches": benches(tmp_path / "benches.npz")}
    found = Campaign(build(verilog, TOP, "verilator", root=tmp_path), CONFIG, acts, tmp_path / "kept", 1).go([1, 2, 3, 4])
    assert [m.number for m in mutants] == [1, 2, 3, 4]
    assert any(outcome.kind == "value" for outcome in found)


def test_a_count_that_the_input_has_no_bits_for_is_refused(capsys):
    with pytest.raises(SystemExit) as refused:
        command.main(["--count", "256"])
    assert refused.value.code == 2 and "--count: found 256; allowed is 1 to 255" in capsys.readouterr().err
