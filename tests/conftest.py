"""What all tests share: how Hypothesis runs, and where real data lie."""

from __future__ import annotations

import os
import signal
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is there: as the commands have it, fits take half as long

import pytest
from hypothesis import HealthCheck, settings

from ladsim.hosts.block import Block
from ladsim.hosts.choice import asked_for, block_for

os.environ.setdefault("LADSIM_STORE", "off")  # as ``tests`` has it: pytest may read this file alone
ROOT = Path(__file__).resolve().parent.parent

# Who starts the tests in the background has them ignore Ctrl-C, and so whatever they start: what is to be heard is heard.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The first call of a compiled rule takes seconds, so no example has a deadline.
_slow = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile("ci", derandomize=True, deadline=None, max_examples=25, suppress_health_check=_slow)
settings.register_profile("dev", deadline=None, max_examples=25, suppress_health_check=_slow)
settings.register_profile("search", deadline=None, max_examples=500, suppress_health_check=_slow)
# The suite gives the same answer each time; LADSIM_HYPOTHESIS=search goes looking for new counter-examples.
settings.load_profile(os.environ.get("LADSIM_HYPOTHESIS", "ci"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture
def block() -> Block:
    """A block whose host plays entries of a test's own, too: the compiler, or Python where nothing is to be compiled."""
    return block_for("plain" if asked_for() == "plain" else "native")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data: $LADSIM_SHARED_DATA, or shared/data beside the repository. Skips where there is none."""
    given = os.environ.get("LADSIM_SHARED_DATA")
    folder = Path(given) if given else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real data: {folder} is not a folder (LADSIM_SHARED_DATA names another)")
    return folder
