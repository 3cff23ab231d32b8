"""Assertions of rtl/ in Verilog: one that fails ends the simulation, and says which it was, where and when."""

import re
from pathlib import Path

SAYS = "assertion failed"
"""How the line begins."""

_WRITTEN = re.compile(r'if \((!.*)\)\n\s*\$write\("((?:[^"\\]|\\.)*)"\);\n\s*assert \(.*\);')


def stopping(verilog: str) -> str:
    """Yosys' Verilog with its `assert` statements, which are SystemVerilog's, as what every simulator stops at."""
    text = _WRITTEN.sub(rf'if (\1) begin $display("{SAYS} in %m at time %0t: \2", $time); $finish; end', verilog)
    assert "assert (" not in text, "an assertion without a message, or written in another way than here is known"
    return text


def said(log: Path) -> str:
    """The line about the assertion that has ended a simulation, '' where none has."""
    try:
        with open(log, encoding="utf-8", errors="replace") as lines:
            return next((line.strip() for line in lines if line.startswith(SAYS)), "")
    except OSError:
        return ""
