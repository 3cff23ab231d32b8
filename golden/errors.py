"""What a user can get wrong about a network's state and samples. No torch import. See also `config.ConfigError`."""


class StateError(ValueError):
    """A saved state that is not one of this network: the message names the key, what was found and what is allowed."""


class SampleError(ValueError):
    """Samples that no core takes: the message names the array, what was found and what is allowed."""
