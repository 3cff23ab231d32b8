"""`generic`: one Verilog file and a bench that proves it with nothing but a Verilog simulator."""

import shutil
import subprocess
from collections.abc import Callable
from importlib.resources import files

from rich.console import Console

from golden.config import Config
from sw.boards.catalogue import Board
from sw.boards.keeping import keeping
from sw.boards.result import Result
from sw.boards.tools import Folder
from sw.boards.vectors import hexadecimal, record
from sw.common.errors import CheckError
from sw.common.files import write
from sw.common.steps import Steps
from sw.design.clocks import measure
from sw.design.verilog import header, without_initial_wires

LEARNED, INFERRED = 20, 10
"""Samples of the bench."""


def build(board: Board, config: Config, folder: Folder, console: Console) -> Result:
    """bispike.v, bench.v, vectors.hex; and the bench run with Icarus Verilog where that is installed.

    Raises:
        CheckError: the bench fails.
    """
    steps = Steps(console, 4 if shutil.which("iverilog") else 3)
    result = Result(board, config, board.megahertz, 0, steps.seconds, files=["bispike.v", "bench.v", "vectors.hex"])
    with steps.step("elaborate the core"):
        write(folder / "bispike.v", axi_verilog(config))
    with keeping(result, folder, ["bispike.v"]):
        with steps.step("make the vectors with the golden model") as step:
            lines = record(config, LEARNED, INFERRED)
            write(folder / "vectors.hex", hexadecimal(lines))
            write(folder / "bench.v", bench(len(lines)))
            step.note = f"{len(lines):,} accesses, {LEARNED} samples learned, {INFERRED} inferred"
        with steps.step("simulate against the golden model") as step:
            result.clocks = measure(config, step.tell)
            step.note = f"{result.clocks.values:,} values compared, 0 mismatches"
        if shutil.which("iverilog"):
            with steps.step("run the bench with Icarus Verilog") as step:
                step.note = prove(folder, step.tell)
    return result


def axi_verilog(config: Config, name: str = "bispike") -> str:
    """The text of a core with AXI ports, as module `name`."""
    from cosim.elaborate import core_verilog

    text = core_verilog(config, "rtl.bus.axi:AxiCore", name, asserted=False)
    return header(config, name, axi=True) + without_initial_wires(text)


def bench(lines: int) -> str:
    """The bench for so many lines of vectors."""
    return files("sw.boards").joinpath("plain_bench.v").read_text(encoding="utf-8").replace("@LINES@", str(lines))


def prove(folder: Folder, tell: Callable[[str], None] = lambda words: None) -> str:
    """Compiles and runs the bench in the folder; what it says at its end. tell: hears each line that it says before.

    Raises:
        CheckError: the compiler refuses it, or the bench's last word is not PASS.
    """
    compiled(folder)
    said, _ = _call(folder, ["vvp", "-N", "bench.vvp"], tell)
    verdict = next((line for line in said if line.startswith(("PASS", "FAIL"))), said[-1] if said else "it said nothing")
    if not verdict.startswith("PASS"):
        raise CheckError(f"bench: {verdict}")
    return verdict


def compiled(folder: Folder) -> list[str]:
    """Compiles the bench; the compiler's warnings, which are other ones in another version. Raises CheckError."""
    said, code = _call(folder, ["iverilog", "-g2005", "-o", "bench.vvp", "bench.v", "bispike.v"])
    if code:
        raise CheckError(f"bench: iverilog: {said[0] if said else f'ended with code {code}'}")
    return said


def _call(folder: Folder, command: list[str], tell: Callable[[str], None] = lambda words: None) -> tuple[list[str], int]:
    """The lines that a program says, and its exit code; `tell` hears each line as it comes."""
    process = subprocess.Popen(
        command, cwd=folder.path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    said = []
    try:
        for line in process.stdout:
            said.append(line.rstrip())
            tell(said[-1])
        process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    return said, process.returncode
