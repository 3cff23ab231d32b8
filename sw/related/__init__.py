"""Methods around a trained network, each at work on ours: one file a method, with `measure`, `figures` and maybe `draw`.

`measure(seed, quick)` gives a small result that can be pickled, `figures(results)` its means over seeds.
"""
