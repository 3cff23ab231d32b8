"""The configuration of the driver's tests, and how each transport to it is opened: name -> (config, folder) -> Transport."""

from golden.config import Config
from sw.driver.golden import GoldenTransport

CONFIG = Config(sizes=(9, 8, 3), lanes=(3, 4, 2), block=4)

TRANSPORTS = {"golden": lambda config, folder: GoldenTransport(config)}
