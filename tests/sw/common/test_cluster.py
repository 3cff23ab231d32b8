"""Tasks side by side: a dead process is replaced, an error comes back as it was, and without dask all of it runs here."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from rich.console import Console

from sw.boards.tools import ToolError
from sw.common.cluster import run_all, workers_at
from sw.common.errors import CheckError, UserError
from sw.common.local_workers import DEATHS
from sw.common.task import Unwanted, asked, check_wanted, tell
from tests.cosim.running import running, until

QUIET = Console(quiet=True)


def double(number: int) -> int:
    tell(number)
    return 2 * number


def dies_once(mark: Path) -> str:
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), 9)
    return "done"


def dies() -> None:
    os._exit(3)


def refuses(path: str) -> None:
    raise ToolError("yosys", ["ERROR: no such module"], Path(path))  # pickle cannot make it anew from its one argument


def wrong() -> None:
    raise UserError("--samples: found 1; allowed is 2 or more")


def sleeps(mark: Path) -> None:
    mark.write_text(str(os.getpid()))
    time.sleep(60)
    mark.with_suffix(".awake").touch()


def patient(mark: Path) -> None:
    while not mark.exists():
        time.sleep(0.02)


def test_tasks_give_their_results_and_say_how_far_they_are():
    heard = []
    with workers_at(None, 2, 3) as those:
        task = {"a": (double, (1,)), "b": (double, (2,)), "c": (double, (3,))}.__getitem__
        found = dict(those.run(["a", "b", "c"], task, lambda *words: heard.append(words), lambda: None))
    assert found == {"a": 2, "b": 4, "c": 6}
    assert sorted(heard) == [("a", 1), ("b", 2), ("c", 3)]


def test_a_process_that_dies_is_replaced(tmp_path):
    tasks = {"a": (dies_once, (tmp_path / "mark",)), "b": (double, (2,))}
    assert run_all(tasks, None, 2, "testing", QUIET) == {"a": "done", "b": 4}


def test_a_task_that_kills_every_process_is_given_up():
    with pytest.raises(CheckError, match=f"^a: its workers died, {DEATHS} of them"):
        run_all({"a": (dies, ())}, None, 1, "testing", QUIET)


def test_an_error_comes_back_as_what_it_was():
    with pytest.raises(CheckError, match=r"^yosys: ERROR: no such module"):
        run_all({"a": (refuses, ("yosys.log",))}, None, 1, "testing", QUIET)
    with pytest.raises(UserError, match=r"^--samples: found 1"):
        run_all({"a": (wrong, ())}, None, 1, "testing", QUIET)


def test_where_one_task_fails_the_others_end(tmp_path):
    tasks = {"a": (sleeps, (tmp_path / "pid",)), "b": (patient, (tmp_path / "pid",))}
    with workers_at(None, 2, 2) as those:
        results = those.run(["a", "b"], tasks.__getitem__, lambda *_: None, lambda: None)
        assert next(results) == ("b", None)
        results.close()
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text()}").exists() and not (tmp_path / "pid.awake").exists()


def test_what_runs_in_the_background_ends_with_its_parent_however_that_ends(tmp_path):
    code = "import time; from sw.common.local_workers import background\nif __name__ == '__main__':\n"
    code += "  with background(1) as pool: print(pool.submit(int).result(), flush=True); time.sleep(60)"
    (tmp_path / "parent.py").write_text(code)
    command, environment = [sys.executable, tmp_path / "parent.py"], os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    parent = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE)
    assert parent.stdout.readline() == b"0\n"
    assert len(running(tmp_path)) > 1
    parent.kill()
    parent.wait()
    until(lambda: not running(tmp_path))


def test_without_dask_all_runs_here_and_a_scheduler_is_refused_in_one_line(monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] in ("dask", "distributed")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "dask", None)
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert run_all({"a": (double, (1,))}, None, None, "testing", QUIET) == {"a": 2}
    with pytest.raises(UserError) as error:
        run_all({"a": (double, (1,))}, "tcp://here:8786", None, "testing", QUIET)
    text = "--scheduler: found tcp://here:8786, but no dask here; make installs it (elsewhere, from the clone: "
    assert str(error.value) == text + "pip install -e '.[cluster]')"


@pytest.mark.parametrize(
    ("address", "workers", "text"),
    [
        (None, 0, "--workers: found 0; allowed is 1 or more"),
        ("tcp://a:1", 2, "--workers: found with --scheduler; allowed without: tcp://a:1 has workers of its own"),
        ("a", None, "--scheduler: found a; allowed is a dask scheduler's address, as tcp://host:8786"),
    ],
)
def test_workers_that_cannot_be_are_refused(address, workers, text):
    with pytest.raises(UserError) as error:
        workers_at(address, workers, 1)
    assert str(error.value) == text


def test_a_task_is_ended_by_its_own_question_only():
    """Threads of one worker run tasks side by side: when one is unwanted, the others go on."""
    inside, checked = threading.Event(), threading.Event()
    ended = []

    def unwanted() -> None:
        with asked(lambda: True):
            inside.set()
            checked.wait(10)
            try:
                check_wanted()
            except Unwanted:
                ended.append("unwanted")

    thread = threading.Thread(target=unwanted)
    thread.start()
    assert inside.wait(10)
    with asked(lambda: False):
        check_wanted()
    checked.set()
    thread.join()
    assert ended == ["unwanted"]
