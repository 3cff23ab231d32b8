"""Tests mirror the tree. A package, so that no package of this name in the environment comes before it."""
