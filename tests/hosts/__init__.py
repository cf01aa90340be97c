"""Who plays the rules: the hosts, each alone and one beside another."""

from importlib.util import find_spec

import pytest

from ladsim.hosts.choice import asked_for

compiles = pytest.mark.skipif(
    asked_for() == "plain" or find_spec("numba") is None, reason="nothing is to be compiled, or nothing can be"
)
