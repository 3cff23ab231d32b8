"""Children that end when they should: asked to, or because nobody waits for them any more."""

import functools
import os
import subprocess
import threading
import time

_PARENT = "BISPIKE_PARENT"


def stop(process: subprocess.Popen) -> None:
    """Ends a child started in a session of its own, with all its children, and waits for it."""
    for signal, patience in ((15, 3), (9, None)):
        if process.poll() is not None:
            return
        try:
            os.killpg(process.pid, signal)
            process.wait(patience)
        except ProcessLookupError:
            process.wait()
        except subprocess.TimeoutExpired:
            continue


def child_of_mine() -> dict[str, str]:
    """For the environment of a child that calls `end_with_parent`: its parent may have ended before it comes to that."""
    return {_PARENT: str(os.getpid())}


@functools.cache
def end_with_parent(parent: int | None = None) -> None:
    """Ends this process within a second of its parent's end, however that one ended: nobody waits for a result then.

    Args:
        parent: its number; None: as `child_of_mine` left it.
    """
    parent = parent or int(os.environ.get(_PARENT, os.getppid()))

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
