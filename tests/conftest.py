"""Settings of every test: hypothesis without a deadline (a first example may build a simulation), same examples each run;
Verilator's C++ built quickly rather than to run quickly; one thread a process, as there are as many workers as cores.

With $BISPIKE_PROCESSOR_TIME, a file, each test's seconds of processor time, children included, are added to it.
What a fork server's processes take (`tests.cosim.mutants`: conversions of mutants) is not in these.
"""

import os
import resource

import pytest
from hypothesis import settings

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported, and for every child
os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")  # a pool of compilers takes 7 s to start, and has little to do
os.environ.setdefault("BISPIKE_CXXFLAGS", "-O0")  # a build takes 40 % of the time, and the samples are few
settings.register_profile("default", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=500)  # pytest --hypothesis-profile=explore
settings.load_profile("default")


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    began = _processor()
    try:
        return (yield)
    finally:
        if os.environ.get("BISPIKE_PROCESSOR_TIME"):
            with open(os.environ["BISPIKE_PROCESSOR_TIME"], "a", encoding="utf-8") as file:
                file.write(f"{_processor() - began:.2f} {item.nodeid}\n")
