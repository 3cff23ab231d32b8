"""The engine whose blocks are proven: three layers of two neurons on one lane, two concepts; and the same on two lanes."""

from golden.config import Config
from rtl.engine.formats import EngineFormat

LAYERS = (0, 1, 2)
FORM = EngineFormat(Config(sizes=(2, 2, 2), lanes=1), LAYERS, 1)
WIDER = EngineFormat(Config(sizes=(2, 2, 2), lanes=2), LAYERS, 2)
"""Its learner has three samples under way."""
RECURRENT = EngineFormat(
    Config.from_dict({"task": "sequence", "recurrent": True, "sizes": (2, 2, 2), "lanes": 1, "neighbours": 0}), LAYERS, 1
)
"""Its layer 1 sees its own counts, too."""
RECALLED = Config.from_dict({"task": "autoencoder", "sizes": (2, 2, 2), "lanes": 1})
ECHOES = EngineFormat(RECALLED, LAYERS, 1)
"""Of an auto-encoder: its layers see what the layer below has recalled, too."""
TWO_ECHOES = EngineFormat(Config.from_dict({"task": "autoencoder", "sizes": (2, 2), "lanes": 1}), LAYERS[:2], 1)
"""The same of two layers, the least there are."""
