"""One customer's life, step by step, in Python's own debugger.

    .venv/bin/python experiments/one_life.py           prints the life of customer 34
    .venv/bin/python experiments/one_life.py --step    stops wherever something is about to happen to her

At the debugger's prompt ``n`` goes to the next line, ``s`` into a rule (where a line only reads, ``access.…``, take ``n``; ``r`` leads out
again), ``c`` on to what happens to her next, ``p t / 31457280``, once t is known, prints the month in which that is, ``w`` shows who called,
``q`` ends. Nothing is compiled: the rules that run are the Python that you see.
"""

import os
import pdb
import sys

os.environ["NUMBA_DISABLE_JIT"] = "1"  # the rules as Python

import ladsim
from ladsim.model import behaviour

CUSTOMER = 34
HIDDEN = ["ladsim.model.memory", "ladsim.hosts.*", "numpy.*"]  # how a rule reaches its customer's row: no step leads there


def life(customer: int) -> str:
    """The life of one of 50 people, a SimPy process each, as a table."""
    scenario = ladsim.load("local_shop")
    history = ladsim.simulate(scenario, sample=50, seed=7, engine="simpy", log=True)
    events = history.events()
    own = events[events["customer"] == customer]
    return own[["month", "event", "from", "to", "amount"]].to_string(index=False)


def main(words: list[str]) -> None:
    """Print it, or go through it."""
    if "--step" not in words:
        print(life(CUSTOMER))
        return
    debugger = pdb.Pdb(skip=HIDDEN)
    debugger.rcLines += [f"b {behaviour.__name__}.act, row == {CUSTOMER}", "c"]
    debugger.runcall(life, CUSTOMER)


if __name__ == "__main__":
    main(sys.argv[1:])
