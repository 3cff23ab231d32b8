"""Settings of every test: hypothesis without a deadline (a first example may build a simulation), same examples each run;
Verilator's C++ built quickly rather than to run quickly."""

import os

from hypothesis import settings

settings.register_profile("default", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=500)  # pytest --hypothesis-profile=explore
settings.load_profile("default")
os.environ.setdefault("BISPIKE_CXXFLAGS", "-O0")  # a build takes 40 % of the time, and the samples are few
