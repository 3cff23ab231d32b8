"""Baselines of resources: what grows past them is named by its block."""

from sw.boards.baselines import CORES, WHOLE, grown, load
from sw.boards.synthesis import Netlist

BASELINE = {"": {"LUT": 1000, "DSP": 3}, "layer1.soma": {"LUT": 600}, "layer1.noise": {"LUT": 40}}


def netlist(soma=600.0, noise=40.0, dsp=3.0):
    blocks = {"layer1.soma": {"LUT": soma}, "layer1.noise": {"LUT": noise}}
    return Netlist("ecp5", {"LUT": 360 + soma + noise, "DSP": dsp}, blocks)


def test_within_the_tolerance_nothing_is_said():
    assert grown(netlist(), BASELINE) == [] == grown(netlist(soma=630), BASELINE) == grown(netlist(noise=52), BASELINE)
    assert grown(netlist(soma=300), BASELINE) == []


def test_the_block_that_grew_is_named():
    assert grown(netlist(soma=631), BASELINE) == ["layer1.soma: found LUT 631; allowed is 630, agreed was 600"]
    assert grown(netlist(noise=53), BASELINE) == ["layer1.noise: found LUT 53; allowed is 52, agreed was 40"]
    assert grown(netlist(dsp=4), BASELINE) == ["the whole core: found DSP 4; allowed is 3, agreed was 3"]


def test_a_new_block_is_one_that_grew():
    found = netlist()
    found.blocks["layer1.extra"] = {"LUT": 13.0}
    assert grown(found, BASELINE) == ["layer1.extra: found LUT 13; allowed is 12, agreed was 0"]


def test_every_design_of_the_list_has_a_baseline():
    for name in (*CORES, *WHOLE):
        assert load(name)[""]["LUT"] > 0
