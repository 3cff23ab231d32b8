"""Which processes work for a test's folder, and waiting with an end."""

import os
import time
from pathlib import Path


def running(folder):
    """Ids of all processes that stand in the folder or name it, but this one."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (
                os.readlink(process / "cwd").startswith(str(folder))
                or str(folder).encode() in (process / "cmdline").read_bytes()
            ):
                found.append(process.name)
        except OSError:
            continue
    return [p for p in found if p != str(os.getpid())]


def until(condition, seconds=60):
    """Waits for it to hold, with an assertion that it does within `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)
