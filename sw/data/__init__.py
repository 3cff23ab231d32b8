"""Data as the core takes it: pixels of 4 bits, labels from 0, a training and a test part."""

from sw.data.dataset import DataError, Dataset, check, check_pixels, load, order, unlabelled

__all__ = ["DataError", "Dataset", "check", "check_pixels", "load", "order", "unlabelled"]
