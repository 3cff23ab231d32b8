"""Proof that the serial bench can fail: one line of rtl/bus is changed, in memory, and a cocotb test sees it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from cosim.build import build
from cosim.runner import BenchError, run
from tests.cosim.mutants import RTL, Mutant, parameters, with_mutant
from tests.cosim.test_uart import BENCH, DIVISOR, TOP, text


@dataclass(frozen=True)
class UartMutant(Mutant):
    """A change in rtl/bus/`file`; `tests`: the cocotb test that has to see it; `says`: what of, a pattern."""

    long: bool = True
    tests: str = "every_command"
    says: str = r"reply \d+: expected \[Reply\(.*\)\], got \[Reply\("

    @property
    def path(self) -> Path:
        return (RTL / "bus" / self.file).resolve()


NO_REPLY = "SimTimeoutError"
REPEAT, LENGTH, CRC, LINE = "a_repeated", "frames_too", "a_wrong_crc", "a_line_that"
BUSY, RESET, MALFORMED, ERRORS = "bytes_that", "a_reset", "malformed", "errors_end"
ON_READY = '                with m.If(request.ready):\n                    m.next = "response"'
NOT_AWAITED = (
    ON_READY
    + """
                    with m.If(write):
                        m.d.sync += done.eq(done + 1), address.eq(address + ascending)
                        m.next = "next\""""
)
START = 'm.next = "data"\n                with m.If(rx):'
TOGGLES = "t = Signal()\n                m.d.sync += t.eq(~t)\n                m.d.comb += request.valid.eq(t)"
MUTANTS = (
    UartMutant("a repeat is done", "bridge.py", "m.If(known & (byte == sequence))", "m.If(0)", False, REPEAT),
    UartMutant("the first is a repeat", "bridge.py", "m.If(known & (byte == sequence))", "m.If(byte == sequence)"),
    UartMutant(
        "the last number survives a reset",
        "bridge.py",
        "known, sequence, status = signals(known=1, sequence=8, status=2)",
        "known, sequence, status = Signal(reset_less=True), Signal(8, reset_less=True), Signal(2)",
        tests=REPEAT,
    ),
    UartMutant("any CRC", "frame.py", "(held == 2) & (crc == recent)", "(held == 2)", False, CRC),
    UartMutant("not muted", "bridge.py", "decoder.mute.eq(bridge.busy)", "decoder.mute.eq(0)", tests=BUSY),
    UartMutant("lost bytes unseen", "bridge.py", "decoder.lost.eq(receiver.error)", "decoder.lost.eq(0)", tests=LINE),
    UartMutant("any length", "bridge.py", "(length >= HEADER) & (length != TOO_LONG)", "(length >= HEADER)", tests=LENGTH),
    UartMutant("the length goes round", "bridge.py", "store.en & (length != TOO_LONG)", "store.en", tests=LENGTH),
    UartMutant("no header", "bridge.py", "(length >= HEADER)", "(length >= 1)", tests=LENGTH),
    UartMutant("high address bits", "bridge.py", "malformed | byte[4:].any()", "malformed", tests=MALFORMED),
    UartMutant("low address bits", "bridge.py", "malformed | byte[:2].any()", "malformed", tests=MALFORMED),
    UartMutant("more than 60", "bridge.py", " | (byte > MAX_WORDS)", "", tests=MALFORMED, says=NO_REPLY),
    UartMutant("none to read", "bridge.py", " | (byte == 0)", "", tests=MALFORMED),
    UartMutant("part of a word", "bridge.py", "length[:2].any() | (length == HEADER)", "length == HEADER", tests=MALFORMED),
    UartMutant("an error is well", "bridge.py", "status.eq(ACCESS_ERROR)", "status.eq(OK)", tests=ERRORS),
    UartMutant("the last status stays", "bridge.py", "status.eq(OK), ", "", tests=MALFORMED),
    UartMutant("fixed goes up", "bridge.py", "address + ascending", "address + 1"),
    UartMutant("a response not awaited", "bridge.py", ON_READY, NOT_AWAITED, says="a response that was not asked for"),
    UartMutant(
        "a request comes and goes",
        "bridge.py",
        "m.d.comb += request.valid.eq(1)",
        TOGGLES,
        says="an item was withdrawn before it was taken",
    ),
    UartMutant("a CRC without escapes", "frame.py", "load(part, 1)", "load(part, 0)", tests="the_crc_of", says=NO_REPLY),
    UartMutant("a tail counts", "frame.py", "void = Signal(init=1)", "void = Signal()", tests=RESET),
    UartMutant(
        "an escape survives END", "frame.py", "escaped.eq(0), void.eq(0),", "void.eq(0),", tests=LENGTH, says=NO_REPLY
    ),
    UartMutant("no start bit", "uart.py", START, START.replace("(rx)", "(0)"), tests=LINE, says=NO_REPLY),
    UartMutant("no stop bit", "uart.py", "valid.eq(rx), self.error.eq(~rx)", "valid.eq(1), self.error.eq(0)", tests=LINE),
    UartMutant(
        "bits at their edges", "uart.py", "timer.eq(self.divisor // 2 - 1)", "timer.eq(self.divisor - 1)", says=NO_REPLY
    ),
    UartMutant(
        "half a byte survives a reset",
        "uart.py",
        "timer, bit = signals(timer=range(self.divisor), bit=range(8))",
        "timer, bit = Signal(range(self.divisor)), Signal(range(8), reset_less=True)",
        tests=RESET,
        says=NO_REPLY,
    ),
)


def bench(folder: Path, text: str, tests: str) -> None:
    """Builds and runs the bridge. Raises BenchError."""
    design = build(text, TOP, "icarus", root=folder / "build")
    values = {"divisor": DIVISOR, "frames": 25, "seed": 3}
    run(design, BENCH, values, folder=folder / "run", tests=tests, timeout=400)


def test_the_bridge_as_it_is_passes(tmp_path):
    bench(tmp_path, text(), REPEAT)


@pytest.mark.parametrize("mutant", parameters(MUTANTS, lambda m: m.long))
def test_is_caught(mutant, tmp_path):
    changed = with_mutant(mutant, "tests.cosim.test_uart:text")
    with pytest.raises(BenchError, match=mutant.says):
        bench(tmp_path, changed, mutant.tests)
