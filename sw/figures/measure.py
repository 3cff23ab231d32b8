"""`bispike bench`: every figure the project promises, measured here and now."""

import json
import multiprocessing
import os
import platform
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from golden.config import NAMED
from sw.common.errors import CheckError
from sw.common.files import make_folder, write
from sw.common.terminal import say
from sw.figures import chip_figures
from sw.figures.figure import Row
from sw.figures.golden_figures import GAP, GoldenBench
from sw.training.sim_backend import find_simulator


def bench(full: bool, output: Path, console: Console) -> list[Row]:
    """Measures, prints and writes the figures.

    The chip's speed is measured first and alone; then the golden trainings share the cores with the chip's second training.

    Args:
        full: with the configuration `fashion` too: about half an hour more.

    Raises:
        CheckError: where a figure does not reach its target, after all is printed and written.
    """
    make_folder(output.parent)
    simulator = find_simulator("verilator")
    began = time.monotonic()
    digits = NAMED["digits"]
    with console.status("elaborating the core") as status:
        reco = chip_figures.whole_training(digits, simulator, status.update)
        alone = chip_figures.speed_row(digits, simulator)
        context = multiprocessing.get_context("spawn")  # a forked torch can hang
        with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
            try:
                golden = GoldenBench(pool, full)
                gap = chip_figures.whole_training(digits.replace(**GAP), simulator, status.update)
                rows = [*chip_figures.training_rows(reco, gap, digits.lanes), alone]
                if full:
                    status.update("building the core of fashion")
                    rows.append(chip_figures.density_row(simulator))
                status.update(f"{sum(not job.done() for job in golden.trainings)} golden trainings")
                rows = [*golden.rows(), *rows]
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    seconds = time.monotonic() - began
    show(console, rows)
    machine = f"{os.cpu_count()} cores, {_processor()}"
    say(console, f"measured in {seconds / 60:.1f} minutes on {machine}")
    if not full:
        say(console, "without fashion: bispike bench --full")
    content = {"seconds": round(seconds, 1), "machine": machine, "full": full, "figures": [vars(row) for row in rows]}
    write(output, json.dumps(content, indent=2) + "\n")
    missed = [row.figure for row in rows if not row.reached]
    if missed:
        raise CheckError(f"{len(missed)} of {len(rows)} figures miss their target: {'; '.join(missed)}")
    return rows


def show(console: Console, rows: list[Row]) -> None:
    """Prints the table."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_lines=True)
    for column in ("figure", "measured", "target", "", "how"):
        table.add_column(column, style="dim" if column == "how" else None, overflow="fold")
    for row in rows:
        table.add_row(row.figure, row.text, row.target, "[green]ok[/]" if row.reached else "[red]no[/]", row.how)
    console.print(table, highlight=False)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
