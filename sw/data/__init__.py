"""Data as the core takes it: pixels of 4 bits, labels from 0, a training and a test part. One reader a kind of file."""

from golden.order import order
from sw.data.dataset import DataError, Dataset, check, check_pixels, check_split, image_shape, permutation
from sw.data.encoding import Encoding
from sw.data.load import check_options, load, unlabelled

__all__ = [
    "DataError",
    "Dataset",
    "Encoding",
    "check",
    "check_options",
    "check_pixels",
    "check_split",
    "image_shape",
    "load",
    "order",
    "permutation",
    "unlabelled",
]
