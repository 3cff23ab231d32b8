"""The waves of a simulation, and what shows them."""

import shlex
import shutil
from pathlib import Path

VIEWERS = ("surfer", "gtkwave")


def closing_line(path: Path) -> str:
    """Where the waves are, and the command that shows them: the viewer that is here, or the names of those that do."""
    here = next((viewer for viewer in VIEWERS if shutil.which(viewer)), None)
    return f"waves: {path}; " + (
        f"to see them: {shlex.join([here, str(path)])}" if here else f"{' or '.join(VIEWERS)} shows them"
    )
