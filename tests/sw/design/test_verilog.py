"""What `bispike verilog` writes."""

import re

from golden.config import Config
from sw import cli
from sw.design.verilog import header

CONFIG = Config(sizes=(9, 8, 3), lanes=4, name="small")


def test_the_header_holds_the_whole_configuration():
    lines = header(CONFIG, "core").splitlines()
    assert all(line.startswith("//") for line in lines if line)
    start = lines.index("// Configuration:")
    toml = "\n".join(line.removeprefix("//   ") for line in lines[start + 1 :])
    assert Config.from_toml(toml) == CONFIG


def test_the_header_says_what_an_auto_encoder_does_and_how_wide_its_samples_are():
    """A code is wider than a sample here: 3 beats of 4, not 2."""
    config = Config.from_dict({"task": "autoencoder", "sizes": [7, 5, 9], "lanes": 4})
    text = header(config, "core")
    assert "to recall samples from its own code" in text and "squared error" in text and "label" not in text
    assert "a sample: 3 beats of 4 pixels of 4 bits, or with recall counts of a code" in text
    assert "a sample: 3 beats of 4 pixels of 4 bits, the first lowest; label, learn, recall" in header(CONFIG, "core")


def test_the_header_says_that_a_recurrent_cores_samples_end_sequences():
    config = Config.from_dict({"task": "sequence", "recurrent": True, "sizes": [7, 5, 9], "lanes": 4})
    text = header(config, "core")
    assert "to foretell what comes next" in text and "label, learn, recall, last: it ends a sequence\n" in text
    assert "label, learn, recall\n" in header(config.replace(recurrent=False), "core")


def test_the_file_is_one_design_with_its_header_in_front(tmp_path, capsys):
    (tmp_path / "small.toml").write_text(CONFIG.to_toml())
    output = tmp_path / "made" / "small.v"
    assert cli.main(["verilog", "--config", str(tmp_path / "small.toml"), "--output", str(output)]) == 0
    text = output.read_text()
    assert text.startswith("// core: a BiSpike core")
    modules = re.findall(r"^module (\S+?) *\(", text, flags=re.MULTILINE)
    assert modules.count("core") == 1
    assert "assert" not in text and "$finish" not in text  # a simulation's alone
    assert len(re.findall(r"^endmodule", text, flags=re.MULTILINE)) == len(modules)
    assert capsys.readouterr().out == f"{output}: module core, {len(text.splitlines()):,} lines\n"
    assert [path.name for path in output.parent.iterdir()] == ["small.v"]


def test_the_terminal_gets_the_same_text(capsys, tmp_path):
    (tmp_path / "small.toml").write_text(CONFIG.to_toml())
    assert cli.main(["verilog", "--config", str(tmp_path / "small.toml"), "--output", "-"]) == 0
    assert capsys.readouterr().out.startswith("// core: a BiSpike core")


def test_a_place_that_takes_no_file_is_refused_before_the_design_is_made(tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    assert cli.main(["verilog", "--output", str(tmp_path / "file" / "core.v")]) == 2
    assert capsys.readouterr().err == f"bispike: {tmp_path / 'file'}: cannot write: found a file; allowed is a folder\n"
