"""A board's top module, and what amaranth-boards makes of it."""

from fractions import Fraction
from typing import TYPE_CHECKING

from cosim.elaborate import plain_rtlil
from golden.config import Config
from rtl.boards.clock import ClockError
from sw.boards.catalogue import Board
from sw.common.errors import UserError

if TYPE_CHECKING:
    from rtl.boards.uart_board import UartBoard


def uart_top(board: Board, config: Config, megahertz: Fraction, baud: int) -> tuple["UartBoard", dict[str, str]]:
    """The board's top module and the files that amaranth-boards makes of it, by name.

    Raises:
        UserError: the board cannot make this clock, or the line not this rate.
    """
    from rtl.boards.uart_board import UartBoard

    platform = board.make_platform()
    try:
        top = UartBoard(config, board.family, board.crystal, megahertz, baud)
    except ClockError as error:
        raise UserError(f"{board.name}: {error}") from None
    files = platform.prepare(top, name="top").files
    return top, files | ({"top.il": plain_rtlil(files["top.il"])} if "top.il" in files else {})
