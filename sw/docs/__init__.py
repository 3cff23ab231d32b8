"""The generated pages of docs/: `python -m sw.docs.configuration`, `python -m sw.docs.registers`."""
