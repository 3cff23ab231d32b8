"""`bispike build` and `explore`: bad input is one line; what a board's top is made of."""

import json
import re
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from golden.config import Config
from sw.boards import build as builder
from sw.boards import explore, nextpnr, plan, vendor
from sw.boards.catalogue import BOARDS, uart_top
from sw.boards.nextpnr import Placed
from sw.boards.synthesis import Netlist
from sw.boards.tools import Folder
from sw.cli import main
from sw.common.errors import CheckError, UserError
from sw.common.steps import Steps
from sw.design.clocks import MeasuredClocks
from tests.marks import long

SMALL = Config(name="small", sizes=(6, 4, 2), lanes=1)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["build", "--board", "nexys"],
            "--board: found 'nexys'; allowed is one of ulx3s-12f, ulx3s-25f, ",
        ),
        (["build", "--board", "generic", "--config", "no.toml"], "cannot read configuration no.toml: "),
        (
            ["build", "--board", "ulx3s-85f", "--megahertz", "3000"],
            "--megahertz: found 3000; allowed on ulx3s-85f is 3.125 to 800",
        ),
        (
            ["build", "--board", "icebreaker", "--megahertz", "0"],
            "--megahertz: found 0; allowed on icebreaker is 8.4375 to 528",
        ),
        (["build", "--board", "pynq-z2", "--megahertz", "nan"], "--megahertz: found nan; allowed on pynq-z2 is 1 to 250"),
        (["build", "--board", "pynq-z2", "--megahertz", "0"], "--megahertz: found 0; allowed on pynq-z2 is 1 to 250"),
        (
            ["build", "--board", "generic", "--megahertz", "50"],
            "--megahertz: found with --board generic; allowed is a board with a clock of its own",
        ),
        (
            ["build", "--board", "generic", "--baud", "9600"],
            "--baud: found with --board generic; allowed is a board with a serial line",
        ),
        (
            ["build", "--board", "pynq-z2", "--seed", "2"],
            "--seed: found with --board pynq-z2; allowed is a board that open tools place",
        ),
        (["build", "--board", "icebreaker", "--baud", "0"], "icebreaker: baud: found 0; at 21 MHz allowed is"),
        (
            ["build", "--board", "icebreaker", "--baud", "9000000"],
            "icebreaker: baud: found 9000000; at 21 MHz allowed is",
        ),
        *(
            (
                ["build", "--board", "icebreaker", "--seed", found],
                f"--seed: found {found}; allowed is a whole number from 0 to 1000000",
            )
            for found in ("-1", "1000001")
        ),
        (["explore", "--board", "generic"], "--board: found generic, which is any FPGA; allowed is one of ulx3s-12f, "),
        (
            ["explore", "--sizes", "64x10"],
            "--sizes: found '64x10'; allowed are whole numbers with - between, as 64-128-64-10",
        ),
        (["explore", "--sizes", "64-128-64-100"], "--sizes 64-128-64-100: sizes: found 100 concepts in the last layer"),
        (["explore", "--lanes", "65"], "--lanes 65: lanes: found 65; allowed is one whole number from 1 to 64"),
        (["explore", "--lanes", "8-4"], "--lanes: found '8-4'; allowed is a whole number"),
        (["explore", "--workers", "2"], "--workers: found without --check; allowed is with it"),
        (["explore", "--scheduler", "tcp://a:1"], "--scheduler: found without --check; allowed is with it"),
        *(
            (["plan", "--microseconds", found], f"--microseconds: found {found}; allowed is a number above 0")
            for found in ("0", "-5", "nan", "inf")
        ),
        (["plan", "--workers", "0"], "--workers: found 0; allowed is 1 or more"),
        (["explore", "--check", "1", "--workers", "-2"], "--workers: found -2; allowed is 1 or more"),
        (["explore", "--check", "1", "--scheduler", "here"], "--scheduler: found here; allowed is a dask scheduler's"),
        *(
            ([command, "--output", path], said)
            for command in ("explore", "plan")
            for path, said in (
                ("file", "file: found a file; allowed is a folder, new or old"),
                ("file/in/it", "file: cannot write: found a file; allowed is a folder"),
                (".", ".: found no name; allowed is a folder with one"),
            )
        ),
        (["explore", "--check", "-1"], "--check: found -1; allowed is 0 or more"),
        (["verify", "--netlist", "virtex"], "--netlist: found 'virtex'; allowed is one of ecp5, ice40, gowin"),
        (["bench", "--workers", "2"], "--workers: found without --boards; allowed is with it"),
        (["bench", "--boards", "--full"], "--full: found with --boards; allowed without it"),
    ],
)
def test_bad_input_is_one_line(arguments, line, capsys, tmp_path, monkeypatch):
    for module in (explore, plan):
        monkeypatch.setattr(module, "predict", lambda _: pytest.fail("work before the checks"))
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"bispike: {line}") and said.count("\n") == 1, said
    assert not (tmp_path / "runs").exists(), "a run that did not begin"


PINS = {  # clock, rx, tx, lights in the order of their numbers
    "ulx3s-85f": "G2 M1 L4 B2 C2 C1",
    "colorlight-i5": "P3 H18 J17 U16",
    "colorlight-i9": "P3 H18 J17 L2",
    "orangecrab": "A9 N17 M18 K4 M3 J3",
    "tang-nano-20k": "4 70 69 15 16 17",
    "icebreaker": "35 6 9 11 37 26",
    "arty-a7-100t": "E3 A9 D10 H5 J5 T9",
}


LINES = (  # of an .lpf, a .cst, a .pcf, an .xdc
    r'LOCATE COMP "(?P<port>\w+)__io" SITE "(?P<site>\w+)";',
    r'IO_LOC "(?P<port>\w+)__io" (?P<site>\w+);',
    r"set_io (?P<port>\w+)__io (?P<site>\w+)",
    r'set_property LOC (?P<site>\w+) \[get_ports "(?P<port>\w+)__io"\]',
)


def sites(constraints: str) -> dict[str, str]:
    """Which port is at which pin; the clock, called by its megahertz, as clk."""
    found = [line for kind in LINES for line in re.finditer(f"^{kind}$", constraints, re.MULTILINE)]
    return {re.sub(r"^clk.*", "clk", line["port"]): line["site"] for line in found}


@pytest.mark.parametrize(
    "name", [n if n in ("ulx3s-85f", "tang-nano-20k") else long(n) for n, board in BOARDS.items() if board.platform]
)
def test_a_boards_pins_are_those_of_its_platform(name):
    board = BOARDS[name]
    top, files = uart_top(board, SMALL, board.megahertz, 115_200)
    constraints = next(text for file, text in files.items() if file.endswith((".lpf", ".pcf", ".cst", ".xdc")))
    clock, rx, tx, *lights = PINS["ulx3s-85f" if name.startswith("ulx3s") else name].split()
    expected = {"clk": clock, "uart_0__rx": rx, "uart_0__tx": tx}
    assert sites(constraints) == expected | {f"led_{number}": pin for number, pin in enumerate(lights)}
    assert top.divisor == round(top.pll.megahertz * 1_000_000 / 115_200)


def test_pynq_gets_a_script_with_its_part_and_clock(tmp_path, monkeypatch):
    """The synthesis and the simulation are left out here: the slow tests do them."""
    monkeypatch.setattr(vendor, "synthesise", lambda *a: Netlist("xilinx", {"LUT": 100, "FF": 50, "BRAM": 1.5, "DSP": 2}))
    monkeypatch.setattr(vendor, "measure", lambda *a: MeasuredClocks(200.0, 100.0, 192, 50, "random", 5, 1.0))
    console = Console(record=True, width=100)
    config = SMALL.replace(weight_bits=12)
    builder.build(BOARDS["pynq-z2"], config, Fraction(80), 1_000_000, tmp_path, 1, console)
    assert Config.load(tmp_path / "config.toml") == config, "what a host gives to `bispike train`"
    script = (tmp_path / "build.tcl").read_text()
    pins = "set_property -dict {{PACKAGE_PIN {} IOSTANDARD LVCMOS33}} [get_ports {}]"
    lights = [("R14", "busy"), ("P14", "learning"), ("N16", "error")]  # leds 0 to 2
    assert (tmp_path / "bispike.xdc").read_text().splitlines() == [pins.format(*light) for light in lights]
    assert "xc7z020clg400-1" in script and "PCW_FPGA0_PERIPHERAL_FREQMHZ {80}" in script and "@" not in script
    verilog = (tmp_path / "bispike.v").read_text()
    for port in ("s_axi_ctrl_awaddr", "s_axis_tdata", "m_axis_tlast", "aclk", "aresetn"):
        assert port in verilog
    said = console.export_text()
    assert "3 of 3  simulate against the golden model" in said and "2.5 us at 80 MHz" in said
    over = "the first 192 samples learned from initial weights, and 50 inferred after them (random)"
    assert f"clocks are means over {over}; a whole training takes fewer" in " ".join(said.split())
    kept = json.loads((tmp_path / "build.json").read_text())
    assert kept["clocks"]["over"] == over and (kept["clocks"]["learned"], kept["clocks"]["training"]) == (192, 200)
    assert kept["resources"]["LUT"] == 100 and kept["weight_bits"] == 2 * 12 * (24 + 8) and kept["meets_timing"]


def test_an_arty_gets_what_vivado_needs_of_its_top(tmp_path, monkeypatch):
    """Again without synthesis and simulation."""
    done = []
    monkeypatch.setattr(vendor, "synthesise", lambda folder, *of: done.append(of) or Netlist("xilinx", {"LUT": 100}))
    monkeypatch.setattr(vendor, "measure", lambda *a: MeasuredClocks(200.0, 100.0, 192, 50, "random", 5, 1.0))
    build = [Fraction(50), 1_000_000, tmp_path, 1, Console(quiet=True)]
    result = builder.build(BOARDS["arty-a7-100t"], SMALL, *build)
    assert done == [("xilinx", "top.v", "top")] and result.megahertz == 50
    assert result.files == ["top.v", "top.xdc", "top.tcl"]
    assert "module top(" in (tmp_path / "top.v").read_text()
    assert "xc7a100ticsg324-1L" in (tmp_path / "top.tcl").read_text()
    assert sites((tmp_path / "top.xdc").read_text())["uart_0__rx"] == "A9"


@pytest.mark.parametrize(
    ("name", "words", "bitstream"),
    [
        ("ulx3s-85f", "ecppack --compress --input place4.config --bit top.bit", "top.bit"),
        ("icebreaker", "icepack place4.asc top.bin", "top.bin"),
        ("tang-nano-20k", "gowin_pack -d GW2A-18C -o top.fs place4.pnr.json", "top.fs"),
    ],
)
def test_the_placement_that_was_taken_is_packed_by_the_familys_tool(tmp_path, monkeypatch, name, words, bitstream):
    board, packed = BOARDS[name], []
    made = SimpleNamespace(pll=SimpleNamespace(megahertz=board.megahertz)), {nextpnr.pins_name(board.family): ""}
    monkeypatch.setattr(builder, "uart_top", lambda *a: made)
    monkeypatch.setattr(builder, "synthesise", lambda *a: Netlist(board.family, {"LUT": 100}))
    monkeypatch.setattr(builder, "measure", lambda *a: MeasuredClocks(200.0, 100.0, 192, 50, "random", 5, 1.0))
    monkeypatch.setattr(nextpnr, "place_and_route", lambda *a: Placed(float(board.megahertz), {}, [], 4))
    monkeypatch.setattr(Folder, "run", lambda folder, *how: packed.append(how))
    result = builder.build(board, SMALL, board.megahertz, 115_200, tmp_path, 1, Console(quiet=True))
    tool, *arguments = words.split()
    placed = next(word for word in arguments if word.startswith("place4"))
    assert packed == [(tool, arguments, [placed], [bitstream])] and result.files == [bitstream]


@pytest.mark.parametrize("ends", [CheckError("it does not fit"), KeyboardInterrupt()])
def test_a_build_that_ends_early_leaves_nothing_of_another_beside_its_configuration(tmp_path, monkeypatch, ends):
    def unlucky(*_):
        raise ends

    monkeypatch.setattr(vendor, "synthesise", lambda *a: Netlist("xilinx", {"LUT": 100}))
    monkeypatch.setattr(vendor, "measure", lambda *a: MeasuredClocks(200.0, 100.0, 192, 50, "random", 5, 1.0))
    monkeypatch.setattr(vendor, "axi_verilog", lambda config: f"module of {config.sizes}")
    build = [Fraction(80), 1_000_000, tmp_path, 1, Console(quiet=True)]
    builder.build(BOARDS["pynq-z2"], SMALL, *build)
    (tmp_path / "top.bit").write_text("of another build")
    first = (tmp_path / "build.json").read_text()
    monkeypatch.setattr(vendor, "check_fits", unlucky)
    if isinstance(ends, KeyboardInterrupt):
        with pytest.raises(KeyboardInterrupt):
            builder.build(BOARDS["pynq-z2"], SMALL, *build)
        assert (tmp_path / "build.json").read_text() == first, "that of the same build stays"
    with pytest.raises(type(ends)):
        builder.build(BOARDS["pynq-z2"], SMALL.replace(sizes=(6, 5, 2)), *build)
    assert Config.load(tmp_path / "config.toml").sizes == (6, 5, 2) and not (tmp_path / "top.bit").exists()
    if isinstance(ends, KeyboardInterrupt):
        assert not (tmp_path / "build.json").exists()
        return
    kept = json.loads((tmp_path / "build.json").read_text())
    assert (kept["error"], kept["config"]["sizes"], kept["clocks"]) == ("it does not fit", [6, 5, 2], None)
    assert kept["resources"]["LUT"] == 100, "what was known by then"


@pytest.mark.parametrize("name", ["config.toml", "bispike.v", "my.key", "build.json"])
def test_a_folder_of_the_users_is_not_built_in(tmp_path, monkeypatch, capsys, name):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(builder, "build", None)
    Path("mine").mkdir()
    content = {"config.toml": SMALL.to_toml(), "my.key": "-----BEGIN PRIVATE KEY--"}  # as long as a key of ours
    (Path("mine") / name).write_text(content.get(name, "{}"))
    before = (Path("mine") / name).read_bytes()
    more = ["--config", "mine/config.toml"] * (name == "config.toml")
    assert main(["build", "--board", "generic", "--output", "mine", *more]) == 2
    found = "found mine, a folder with files and no earlier build"
    assert capsys.readouterr().err == f"bispike: --output: {found}; allowed is an empty folder, a new one, or a build's\n"
    assert [path.read_bytes() for path in Path("mine").iterdir()] == [before]


def test_a_build_goes_on_in_a_folder_of_its_own_with_the_configuration_there_unless_somebody_wrote_in_it(
    tmp_path, monkeypatch, capsys
):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sw.boards.plain_verilog.axi_verilog", lambda config: "a core")
    monkeypatch.setattr("sw.boards.plain_verilog.record", interrupted)
    Path("mine.toml").write_text("name = 'small'\nsizes = [6, 4, 2]  # mine\nlanes = 1\n")
    Path("out").mkdir()
    for config in ("mine.toml", "mine.toml", "out/config.toml"):  # begun, and no step of it has ended
        assert main(["build", "--board", "generic", "--config", config, "--output", "out"]) == 130
    Path("out/config.toml").write_bytes(before := Path("mine.toml").read_bytes())
    capsys.readouterr()
    assert main(["build", "--board", "generic", "--config", "out/config.toml", "--output", "out"]) == 2
    found = "found out/config.toml, which the build would write anew, without what is yours in it"
    assert capsys.readouterr().err == f"bispike: --config: {found}; allowed is a file elsewhere\n"
    assert Path("out/config.toml").read_bytes() == before


def test_a_clock_that_cannot_be_leaves_the_folder_as_it_was(tmp_path):
    (tmp_path / "config.toml").write_text(SMALL.to_toml())
    with pytest.raises(UserError, match="baud: found 0"):
        builder.build(BOARDS["icebreaker"], SMALL.replace(lanes=2), Fraction(21), 0, tmp_path, 1, Console(quiet=True))
    assert (tmp_path / "config.toml").read_text() == SMALL.to_toml()


def test_steps_are_counted_and_timed():
    console = Console(record=True, width=80)
    steps = Steps(console, 2)
    with steps.step("one") as step:
        step.note = "so much"
    with pytest.raises(ZeroDivisionError), steps.step("two"):
        raise ZeroDivisionError
    with pytest.raises(KeyboardInterrupt), Steps(console, 2).step("three"):
        raise KeyboardInterrupt
    first, *others = console.export_text().splitlines()
    assert " ".join(others).startswith("1 of 2  three  interrupted; what the tools have finished is kept")
    assert first.rstrip() == "1 of 2  one  0 s  so much" and list(steps.seconds) == ["one"]
