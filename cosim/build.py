"""Builds a design for a simulator, once: a folder for each content hash."""

import os
import platform
import re
import shutil
import subprocess
import sys
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

import cocotb_tools.config

from cosim.kept import digest, kept_folder, locked
from cosim.processes import stop
from cosim.simulators import SimulatorError, environment, find, version

STYLE_WARNINGS = (
    "CASEINCOMPLETE",
    "CASEOVERLAP",
    "WIDTHEXPAND",
    "WIDTHTRUNC",
    "UNSIGNED",
    "CMPCONST",
    "UNOPTFLAT",
    "ASCRANGE",
)
"""Verilator warnings that Amaranth's output earns by its style; every other one is an error."""
WRITTEN = " /*verilator public_flat_rw*/"
"""Behind a signal of the top module that Python writes. Where a text has this mark, Python can only read that module's other
signals: what hangs on one that is written from outside is computed anew at every step of a Verilator model."""
SHOWN = "waves_shown"
"""A register of the top module that says when waves are written; where there is none of this name they always are."""
UNTIL_IT_CHANGES = re.compile(r"^ *(?:if|reg) \(?\\\$auto\$verilog_backend\S+ .*\n", re.MULTILINE)
"""What yosys adds so that a simulator of events runs a block of constant inputs once; a compiled model runs every block."""
A_BLOCK_EACH = re.compile(r"^( *always @\(posedge [^)\n]*\)\n)( .*;\n)((?:\1 .*;\n)+)", re.MULTILINE)
"""Registers of one clock as yosys writes them, each with a block of its own. A simulator of events wakes every block at
every edge: with one block for those that stand together, Icarus takes two thirds of the time for a small core."""
COMMENT = re.compile(r"^//.*\n", re.MULTILINE)
"""A line of what stands above a core's module: its name, epochs and seed, of which the design knows nothing."""
FLAGS = "-O3 -march=native"
"""C++ flags of a Verilator build, where $BISPIKE_CXXFLAGS does not say others. On the core `digits`, -O1 took no less time
to build and ran 23 % slower. With -O0 a small core is built in 40 % of the time, and runs half as fast."""


class BuildError(RuntimeError):
    """A simulator refused the design: its first error line, and where the whole text is."""


@dataclass(frozen=True)
class Build:
    """A design ready to simulate. `folder` holds the binary and its Verilog text and is shared: write nothing into it."""

    simulator: str
    folder: Path
    top: str
    waves: bool

    @property
    def binary(self) -> Path:
        return self.folder / ("sim" if self.simulator == "verilator" else "sim.vvp")


def build(
    verilog: str,
    top: str,
    simulator: str | None = None,
    *,
    waves: bool = False,
    root: Path | None = None,
) -> Build:
    """Compiles a Verilog text for a simulator. The same design is never compiled twice, also by two processes at once,
    whatever comments stand above it.

    Args:
        verilog: everything, as one text: the design and any wrapper around it.
        top: name of the top module. Python reaches this module's signals.
        waves: build so that a run can write waves.vcd; of a top module with a register `SHOWN`, while that is 1.
        root: where builds are kept; default $BISPIKE_CACHE, else $XDG_CACHE_HOME/bispike, else ~/.cache/bispike.

    Raises:
        SimulatorError: no such simulator, or `root` cannot be written.
        BuildError: the simulator refused the design.
    """
    simulator = find(simulator)
    root = Path(root) if root else kept_folder()
    verilog = COMMENT.sub("", verilog)
    facts = (version(simulator), _machine(), _flags(), top, waves, cocotb_tools.config.libs_dir, _own_text())
    key = digest(*facts, verilog)
    result = Build(simulator, root / f"{simulator}-{key}", top, waves)
    if result.binary.exists():
        return result
    try:
        root.mkdir(parents=True, exist_ok=True)
        with locked(root / f"{simulator}-{key}.lock"):
            if not result.binary.exists():
                _compile(result, verilog)
    except OSError as error:
        raise SimulatorError(
            f"build folder {root}: {error.strerror or error}; set BISPIKE_CACHE to a writable folder"
        ) from None
    return result


def _compile(target: Build, verilog: str) -> None:
    work = target.folder.with_name(f"{target.folder.name}.{os.getpid()}")
    for left in (target.folder, *target.folder.parent.glob(f"{target.folder.name}.[0-9]*")):  # of builds that were killed
        shutil.rmtree(left, ignore_errors=True)
    work.mkdir()
    try:
        (work / "design.v").write_text("`timescale 1ns/1ns\n" + verilog, encoding="utf-8")
        if target.simulator == "icarus":
            _execute(_icarus(work, target), work)
        else:
            verilate, make = _verilator(work, target)
            _execute(verilate, work)
            runtime = _runtime(work, target.folder.parent)
            # Whoever comes while another one makes the runtime waits for it: that is done sooner than a second one.
            with nullcontext() if runtime.exists() else locked(runtime.with_suffix(".lock")):
                if runtime.exists():
                    shutil.copytree(runtime, work / "obj", dirs_exist_ok=True, copy_function=shutil.copyfile)
                _execute(make, work)
                _keep_runtime(work, runtime)
        shutil.rmtree(work / "obj", ignore_errors=True)
        work.rename(target.folder)
    except BuildError:
        kept = target.folder.with_name(target.folder.name + ".failed")
        shutil.rmtree(kept, ignore_errors=True)
        shutil.rmtree(work / "obj", ignore_errors=True)
        work.rename(kept)
        raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _verilator(work: Path, target: Build) -> tuple[list[str], list[str]]:
    # Only the top module's signals are public: --public-flat-rw on everything keeps Verilator from optimising the core.
    text = (work / "design.v").read_text(encoding="utf-8")
    access = "rd" if WRITTEN in text else "rw"
    (work / "design.v").write_text(UNTIL_IT_CHANGES.sub("", text), encoding="utf-8")
    (work / "public.vlt").write_text(
        f'`verilator_config\npublic_flat_{access} -module "{target.top}" -var "*"\n', encoding="utf-8"
    )
    libs = cocotb_tools.config.libs_dir
    main = cocotb_tools.config.share_dir / "lib" / "verilator" / "verilator.cpp"
    if target.waves and f"reg {SHOWN}" in text:  # Verilator knows no $dumpoff: cocotb's program asks before each dump
        (work / "main.cpp").write_text(_asking(main.read_text(encoding="utf-8"), target.top), encoding="utf-8")
        main = work / "main.cpp"
    verilate = ["verilator", "-cc", "--exe", "--vpi", "--timing", "-O3", "--x-assign", "fast", "--x-initial", "fast"]
    verilate += [f"-Wno-{name}" for name in STYLE_WARNINGS]
    verilate += ["--prefix", "Vtop", "-Mdir", "obj", "-o", "../sim", "--top-module", target.top]
    verilate += ["-CFLAGS", "-std=c++20", "-LDFLAGS", f"-Wl,-rpath,{libs} -L{libs} -lcocotbvpi_verilator"]
    verilate += ["--trace"] if target.waves else []
    make = [
        "make",
        "-j",
        str(os.cpu_count() or 1),
        "-C",
        "obj",
        "-f",
        "Vtop.mk",
        "CFG_CXXFLAGS_PCH_I=-include",
        # Without optimisation, Verilator's headers take longer than the design: all of it in one file.
        *(["VM_PARALLEL_BUILDS=0"] if "-O0" in _flags() else []),
        f"OPT_FAST={_flags()}",
        f"OPT_GLOBAL={_flags()}",
    ]
    return [*verilate, "public.vlt", str(main), "design.v"], [*make, f"PYTHON3={sys.executable}"]


def _asking(program: str, top: str) -> str:
    """cocotb's C++ program, which now dumps a step only where `SHOWN` is 1; if written otherwise, all."""
    dumps, shown = "if (tfp) {\n            tfp->dump", f"top->rootp->{top}__DOT__{SHOWN}"
    return '#include "Vtop___024root.h"\n' + program.replace(dumps, dumps.replace("(tfp)", f"(tfp && {shown})"))


def _runtime(work: Path, root: Path) -> Path:
    """Where objects of Verilator's own C++ are kept: four fifths of a small build's time, and the same for every design."""
    made = "".join(p.read_text() for p in sorted((work / "obj").glob("*.mk")))
    # How a design's own files are compiled says nothing of these.
    switches = re.findall(r"^VM_(?!PARALLEL_BUILDS )[A-Z_]+ = \d+$", made, re.MULTILINE)
    facts = (version("verilator"), _machine(), _flags(), *switches)
    return root / f"verilator-runtime-{digest(*facts)}"


def _keep_runtime(work: Path, runtime: Path) -> None:
    if not runtime.exists():
        kept = work / "runtime"
        kept.mkdir()
        for part in (work / "obj").glob("verilated*.o"):
            shutil.copyfile(part, kept / part.name)
        with suppress(OSError):  # another design's build was faster
            kept.rename(runtime)
        shutil.rmtree(kept, ignore_errors=True)


def _icarus(work: Path, target: Build) -> list[str]:
    text = (work / "design.v").read_text(encoding="utf-8")
    (work / "design.v").write_text(A_BLOCK_EACH.sub(_one_block, text), encoding="utf-8")
    # -g2005: under -g2012 Icarus holds X on Amaranth's combinational outputs at time 0.
    command = ["iverilog", "-g2005", "-o", "sim.vvp", "-s", target.top]
    if target.waves:
        dump = f'initial begin $dumpfile("waves.vcd"); $dumpvars(0, {target.top}); end\n'
        if f"reg {SHOWN}" in text:
            shown = f"{target.top}.{SHOWN}"
            dump += f"initial $dumpoff;\nalways @({shown}) if ({shown}) $dumpon; else $dumpoff;\n"
        (work / "dump.v").write_text(f"module dump;\n{dump}endmodule\n", encoding="utf-8")
        return [*command, "-s", "dump", "design.v", "dump.v"]
    return [*command, "design.v"]


def _one_block(found: re.Match) -> str:
    head, first, more = found.groups()
    return f"{head.rstrip()} begin\n{first}{more.replace(head, '')}  end\n"


def _execute(command: list[str], work: Path) -> None:
    with open(work / "build.log", "a", encoding="utf-8") as log:
        process = subprocess.Popen(command, cwd=work, stdout=log, stderr=log, env=environment(), start_new_session=True)
        try:
            code = process.wait()
        except BaseException:
            stop(process)
            raise
    if code:
        text = (work / "build.log").read_text(encoding="utf-8", errors="replace")
        lines = [line for line in text.splitlines() if "rror" in line or "%Warning" in line] or text.splitlines()[-1:]
        name = work.name.rsplit(".", 1)[0] + ".failed"
        said = lines[0].strip() if lines else "failed without a word"
        raise BuildError(f"{command[0]}: {said} (all of it: {work.with_name(name) / 'build.log'})")


def _flags() -> str:
    return os.environ.get("BISPIKE_CXXFLAGS", FLAGS)


def _machine() -> str:
    """What a binary for -march=native runs on: one kind of processor only."""
    try:
        return next(
            t for t in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if t.startswith(("flags", "Feat"))
        )
    except (OSError, StopIteration):
        return platform.machine() + platform.processor()


def _own_text() -> str:
    return Path(__file__).read_text(encoding="utf-8")
