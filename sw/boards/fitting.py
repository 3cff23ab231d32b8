"""Whether a design fits a board, and what to build where it does not."""

from golden.config import Config
from sw.boards.catalogue import Board
from sw.boards.estimate import nearest
from sw.common.errors import CheckError


def check_fits(board: Board, config: Config, resources: dict[str, float]) -> None:
    """Raises CheckError where a resource is short: which, how much, and the nearest configuration that should fit."""
    short = [f"{name} {resources[name]:,.0f} of {board.capacity[name]:,}" for name in board.short(resources)]
    if short:
        smaller = nearest(board, config, resources)
        advice = f"nearest that should fit: {smaller}" if smaller else "no smaller network of this depth fits either"
        raise CheckError(f"{board.name}: {config.name} does not fit: {', '.join(short)}; {advice}")
