"""Plain lines on the terminal."""

from rich.console import Console


def say(console: Console, text: str) -> None:
    """Prints a text as it is: no markup, no colours, no wrapping, so that it can be copied and searched."""
    console.print(text, highlight=False, markup=False, soft_wrap=True)
