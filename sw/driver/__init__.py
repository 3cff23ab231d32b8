"""How a program talks to the chip: transports to its registers, and the chip behind any of them."""
