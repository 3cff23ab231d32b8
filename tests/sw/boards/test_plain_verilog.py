"""`generic`: the bench passes on the core, and fails on a core or vectors with one thing changed."""

import pytest
from rich.console import Console

from golden.config import Config
from rtl.interface.registers import ADDRESS, MODES
from sw.boards import plain_verilog
from sw.boards.catalogue import BOARDS
from sw.boards.tools import Folder
from sw.boards.vectors import READ, WAIT, WRITE, hexadecimal, record
from sw.common.errors import CheckError

pytestmark = pytest.mark.boards
CONFIG = Config(name="small", sizes=(6, 4, 2), lanes=2)
AUTOENCODER = Config.from_dict({"task": "autoencoder", "name": "small", "sizes": [6, 3], "lanes": 2})


@pytest.fixture(scope="module", params=[CONFIG, AUTOENCODER], ids=lambda config: config.task)
def built(tmp_path_factory, request):
    """A build's folder, its vectors, and what was printed."""
    folder, console = Folder(tmp_path_factory.mktemp("generic")), Console(record=True, width=200)
    result = plain_verilog.build(BOARDS["generic"], request.param, folder, console)
    return folder, result, console.export_text()


def test_the_bench_proves_the_core(built):
    folder, result, said = built
    assert "4 of 4  run the bench with Icarus Verilog" in said and "PASS: " in said
    values = sum(line[0] in "23" for line in (folder / "vectors.hex").read_text().splitlines())
    assert f"PASS: {values} values compared" in said
    assert result.clocks.training and result.clocks.values


def test_the_bench_says_how_far_it_is(built):
    told = []
    plain_verilog.prove(built[0], told.append)
    done = [int(line.split(" of ")[0]) for line in told[:-1]]
    assert 15 <= len(done) <= 20 and done == sorted(done) and "lines of vectors.hex" in told[0]


def test_the_compiler_has_no_word_against_the_core_and_its_bench(built):
    assert plain_verilog.compiled(built[0]) == []


def test_a_warning_of_the_compiler_is_no_failure_and_an_error_is_one(tmp_path):
    (tmp_path / "bispike.v").write_text("")
    passes = 'module bench; wire a; narrow part(.a(a)); initial $display("PASS: 1 value compared"); endmodule\n'
    warns = "module narrow(input [3:0] a); endmodule\n"
    (tmp_path / "bench.v").write_text(passes + warns)
    assert "warning" in plain_verilog.compiled(Folder(tmp_path))[0]
    assert plain_verilog.prove(Folder(tmp_path)) == "PASS: 1 value compared"
    (tmp_path / "bench.v").write_text(passes + "module broken; wire = ; endmodule\n")
    with pytest.raises(CheckError, match=r"^bench: iverilog: bench\.v:2: syntax error$"):
        plain_verilog.prove(Folder(tmp_path))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("vectors.hex", -2, 1),  # the last value read is another one
        ("bispike.v", "8'h80", "8'h90"),  # the noise of rounding half up
    ],
)
def test_the_bench_finds_one_thing_changed(built, tmp_path, file, old, new):
    for name in ("bispike.v", "bench.v", "vectors.hex"):
        (tmp_path / name).write_text((built[0] / name).read_text())
    text = (tmp_path / file).read_text()
    if file == "vectors.hex":
        text = f"{text[:-2]}{int(text[-2], 16) ^ 1:x}\n"
    else:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / file).write_text(text)
    with pytest.raises(CheckError, match=r"^bench: FAIL: line \d+ of vectors.hex, register "):
        plain_verilog.prove(Folder(tmp_path))


def test_a_recording_of_an_auto_encoder_draws_codes():
    lines = record(AUTOENCODER, 3, 2)
    modes = [word for kind, address, word in lines if (kind, address) == (WRITE, ADDRESS["MODE"])]
    assert [MODES[word] for word in modes] == ["learn", "infer", "recall"]
    assert sum((kind, address) == (WRITE, ADDRESS["SAMPLE_LAST"]) for kind, address, _word in lines) == 1 + 3 + 2 + 2


def test_a_recording_holds_every_kind_and_plays_as_hex():
    lines = record(CONFIG, 2, 1)
    assert {kind for kind, _address, _word in lines} == {WRITE, READ, WAIT}
    assert hexadecimal([(2, 0x34, 0xFFFFFFFF), (1, 0xFFC, 5)]) == "2034ffffffff\n1ffc00000005\n"
