"""From a configuration to a board: synthesis, place and route, bitstreams, and the figures that come out."""
