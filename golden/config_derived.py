"""What follows from a configuration's keys: sizes, scales, rates, windows (docs/arithmetic.md and the pages beside it)."""

MAX_RATE, MIN_RATE = 5, -8
"""The update shift 2^rate that a lane's 18-bit multiplier operand can hold (docs/arithmetic.md, step 7)."""

MIN_WEIGHT_BITS, MAX_WEIGHT_BITS = 10, 16
"""Of a weight master."""


class Derived:
    """The part of `golden.config.Config` that computes; the keys are its."""

    task: str
    sizes: tuple[int, ...]
    lanes: int
    steps: int
    weight_bits: int
    dead_zone: int
    window_low: int
    window_high: int
    rate: int
    theta_rate: int
    recurrent: bool
    learn: bool
    stimulus_recall: bool
    decay: tuple[int, ...]

    @property
    def layers(self) -> int:
        """Number of weight layers L; the layers of neurons are 0..L."""
        return len(self.sizes) - 1

    @property
    def classes(self) -> int:
        """Number of concepts K, the size of layer L."""
        return self.sizes[-1]

    @property
    def lowest(self) -> int:
        """The lowest layer of the backward network: 0, or 1 where the stimulus is not recalled."""
        return 0 if self.stimulus_recall else 1

    @property
    def has_backward(self) -> bool:
        """Whether a core has the backward network: to learn, and an auto-encoder in any case."""
        return self.learn or self.task == "autoencoder"

    @property
    def lowest_built(self) -> int:
        """The lowest layer that a core has: `lowest`, or 1 where it has no backward network."""
        return self.lowest if self.has_backward else 1

    def rows(self, layer: int) -> int:
        """Rows of W[layer]: the neurons of the layer below, and of layer 1's own where it sees its counts."""
        return self.sizes[layer - 1] + (self.sizes[1] if layer == 1 and self.recurrent else 0)

    def groups(self, layer: int) -> int:
        """Memory words that hold one value a neuron of the layer: ceil(n / lanes)."""
        return -(-self.sizes[layer] // self.lanes)

    @property
    def beat(self) -> int:
        """Pixels that come in together, or counts of a drawn code: `lanes`, or all where there are fewer."""
        return min(self.lanes, self.inputs)

    @property
    def beats(self) -> int:
        """In how many beats a sample comes, and a drawn code."""
        return -(-self.inputs // self.lanes)

    @property
    def inputs(self) -> int:
        """Values that a sample comes with: its pixels; in an auto-encoder the counts of a drawn code where they are more."""
        return max(self.sizes[0], self.sizes[-1]) if self.task == "autoencoder" else self.sizes[0]

    def scale(self, layer: int) -> int:
        """Weight scale s_l of W[layer], a shift: the least s >= 0 with rows <= 64 * 4^s."""
        scale = 0
        while self.rows(layer) > 64 << (2 * scale):
            scale += 1
        return scale

    @property
    def weight_shift(self) -> int:
        """Bits of a weight master below those of the synapse: w8 = W >> weight_shift, 2..8."""
        return self.weight_bits - 8

    def forward_rate(self, layer: int, decay: int = 0) -> int:
        """Update shift of W[layer], clipped to MIN_RATE..MAX_RATE. `decay` comes from `decay_at`."""
        fan_in = (self.rows(layer) - 1).bit_length()
        own = int(layer > 1) - 2 * (self.steps // 8)  # counts and voltages of 8 steps are twice as large
        if self.task == "autoencoder":
            own += 0 if self.layers == 1 else -1
        return self._rate(8 + self.scale(layer) - fan_in + own + self.rate + decay)

    def backward_rate(self, decay: int = 0, layer: int = 0) -> int:
        """Update shift of Theta[layer], clipped to MIN_RATE..MAX_RATE; in recognition that of every layer."""
        if self.task == "autoencoder":
            fan_in = (self.sizes[layer + 1] - 1).bit_length()
            return self._rate(9 - fan_in - 2 * (self.steps // 8) + self.theta_rate + decay)
        return self._rate(2 + self.theta_rate + decay)

    def _rate(self, shift: int) -> int:
        """The shift of an update of 16 bits as that of this width, clipped."""
        return max(MIN_RATE, min(MAX_RATE, shift + self.weight_bits - MAX_WEIGHT_BITS))

    @property
    def window(self) -> tuple[int, int]:
        """The surrogate window (low, high) on voltages summed over T steps; the keys are those of 4 steps."""
        return self.window_low * self.steps // 4, self.window_high * self.steps // 4

    def dead_zone_of(self, layer: int) -> int:
        """The dead zone of a layer, 256 = 1.0: hidden layers have 64 more."""
        return self.dead_zone + (64 if 0 < layer < self.layers else 0)

    def decay_at(self, epoch: int, epochs: int) -> int:
        """The decay shift in force in `epoch` (0-based) of `epochs`: equal parts of the training."""
        return self.decay[min(epoch, epochs - 1) * len(self.decay) // epochs]
