"""The paper's criteria C1 to C5 as checks: on learners in floating point, and on the integer models (docs/criteria.md)."""
