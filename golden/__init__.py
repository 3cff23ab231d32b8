"""What the hardware must do: configurations, the bit-exact integer model, the paper's algorithm in floating point.

`golden.integer.IntegerModel` is the contract docs/arithmetic.md in code. Only what needs no torch is exported here, so that
`rtl` and `sw` can read a configuration without it.
"""

from golden.config import NAMED, Config, ConfigError
from golden.errors import SampleError, StateError

__all__ = ["NAMED", "Config", "ConfigError", "SampleError", "StateError"]
