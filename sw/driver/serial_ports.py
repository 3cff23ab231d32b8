"""Which serial ports there are. Loads pyserial and nothing else, so that what is wrong with a port is said at once."""

from pathlib import Path

from sw.common.errors import UserError


def ports() -> str:
    """Those of this machine, for a message."""
    from serial.tools.list_ports import comports

    found = ", ".join(sorted(port.device for port in comports()))
    return f"there is {found}" if found else "there is none on this machine"


def check_port(port: str | None, mark: str = "--") -> None:
    """Raises UserError where no board can be: no port is named, or no such device is there. Opens nothing.

    Args:
        mark: before the names of options.
    """
    if not port:
        needs = f"with {mark}backend serial it must be the board's, as /dev/ttyUSB0"
        raise UserError(f"{mark}port: found none; {needs}; {ports()}")
    if port.startswith("/") and not Path(port).exists():
        raise UserError(f"{port}: cannot open it: No such file or directory; {ports()}")
