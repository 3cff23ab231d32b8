"""What there is, without loading any of it: the methods by name, and a line of each."""

METHODS = {
    "refine": "hybrid predictive coding: recall refines the percept of noisy and mixed digits",
    "chunks": "neural chunking: concepts as clusters of a layer's counts, against labels",
    "fields": "data-driven convolutional structure: whether the fields of layer 1 become local",
    "rates": "learning to learn: the rule's shifts, found by a search over tasks",
    "patches": "recurrent JEPA: a sequence core foretells the code of a digit's next patch",
    "ekdaa": "EKDAA: a convolutional network taught over error kernels, beside backprop",
    "sums": "abductive reflection: digits that must obey a sum, corrected by their voltages",
}
"""Each is the module `sw.related.NAME`."""
