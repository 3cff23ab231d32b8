"""What is said of waves names a viewer: one that is here, or those that could be."""

from pathlib import Path

from sw.common import waves


def test_the_viewer_that_is_here_is_named(monkeypatch):
    there = {"gtkwave"}
    monkeypatch.setattr(waves.shutil, "which", lambda name: name if name in there else None)
    path = Path("runs/waves.vcd")
    assert waves.closing_line(path) == "waves: runs/waves.vcd; to see them: gtkwave runs/waves.vcd"
    assert waves.closing_line(Path("my runs/w.vcd")).endswith("to see them: gtkwave 'my runs/w.vcd'")
    there.clear()
    assert waves.closing_line(path) == "waves: runs/waves.vcd; surfer or gtkwave shows them"
