"""Rules that learn in floating point, each behind one interface: the paper's BSD, and what it is compared with.

`learner.Learner` is the interface, a rule is one file. What leaves a layer goes over `wires.Wires`, where a criterion
(C1 to C5) can be checked.
"""
