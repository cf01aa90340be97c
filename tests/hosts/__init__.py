"""Who plays the rules: the hosts, each alone and one beside another."""

import pytest

from ladsim.hosts.choice import asked_for, has_compiler

compiles = pytest.mark.skipif(asked_for() == "plain" or not has_compiler(), reason="nothing is to be compiled, or nothing can be")
