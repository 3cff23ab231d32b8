"""The engine: P lanes that do the work of every layer that is mapped onto them (docs/hardware.md)."""
