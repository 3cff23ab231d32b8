"""The King James text, as Debian packs it: a program that prints verses, a line each with its place in front."""

import re
import shutil
import subprocess

from sw.common.errors import DataError

NAME = "kjv"
_INSTALL = "apt-get install bible-kjv"
_ALL = "Gen1:1-Rev22:21"


def text() -> str:
    """All verses in a row, without their places. Raises DataError where there is no such program, or it fails."""
    program = shutil.which("bible")
    if program is None:
        raise DataError(f"{NAME}: found no program bible; allowed is Debian's: {_INSTALL}")
    try:
        said = subprocess.run([program, "-f", _ALL], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise DataError(f"{NAME}: {program} failed: {error}; install it anew: {_INSTALL}") from None
    return " ".join(re.sub(r"^\S+ ", "", line) for line in said.splitlines())
