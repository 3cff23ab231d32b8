"""Children that end when they should: asked to, or because nobody waits for them any more."""

import functools
import os
import subprocess
import threading
import time


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


@functools.cache
def end_with_parent() -> None:
    """Ends this process within a second of its parent's end, however that one ended: nobody waits for a result then."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
