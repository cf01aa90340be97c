"""W by C programs of the algorithms of ladsim's fast engine. BENCH_WAY names the one: general, or horizon.

gcc compiles ``benchmarks/c/`` into a library, once per content of the sources, with the numbers of ``w.toml`` written into a
header, so that the compiler knows them. The programs draw the same luck as ladsim: what they count is the same to the last bit.
``c/w.h`` says what they leave out.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.export import workload
from benchmarks.workload import Ladder, Market, Outcome, answer
from ladsim import streams
from ladsim.model.layout import MESSAGE, MONTH, TIME
from ladsim.scenario.tables import Tables, tables
from ladsim.world.population import quotas

WAY = os.environ.get("BENCH_WAY", "general")
SOURCES = Path(__file__).parent.with_name("c")
FOLDER = Path(__file__).parent.with_name("out")
FLAGS = ("-O3", "-march=native", "-std=gnu11", "-ffp-contract=off", "-fPIC", "-shared")
SETTINGS = {
    "general": "day windows, one line of memory a customer",
    "horizon": "lives run to the horizon once no message can change them",
}


class Books(NamedTuple):
    """What the C programs write down by month (0 is the start) and rung; revenue in ladsim's whole units."""

    counts: Any
    orders: Any
    revenue: Any
    messages: Any  # (months + 1, 2): sent, heard


def compiler() -> str | None:
    """The path of gcc, if there is one."""
    return shutil.which("gcc")


def _array(kind: str, name: str, rows: list[list[Any]]) -> str:
    body = ", ".join("{" + ", ".join(str(cell) for cell in row) + "}" for row in rows)
    return f"static const {kind} {name}[{len(rows)}][{len(rows[0])}] = {{{body}}};\n"


def numbers() -> str:
    """The header with W's numbers, as ladsim's tables hold them."""
    laid_out = tables(workload())
    rungs, steps, market = laid_out.rungs, laid_out.steps, laid_out.market[0]
    slots = int(rungs["time_count"].max())
    exits: list[list[tuple[float, int, int]]] = [[] for _ in rungs]
    answers = [0.0] * rungs.size
    for step in steps:
        if step["trigger"] == TIME:
            exits[step["origin"]].append((float(step["number"]), int(step["to"]), int(step["word"])))
        elif step["trigger"] == MESSAGE:
            assert step["to"] == step["origin"] + 1, "the C programs know messages that move one rung up"
            answers[step["origin"]] = float(step["number"])
    filled = [ways + [(0.0, 0, 0)] * (slots - len(ways)) for ways in exits]
    one = "static const double {}[RUNGS] = {{{}}};\n"
    return (
        f"#define MONTHS {int(workload().months)}\n#define RUNGS {rungs.size}\n#define SLOTS {slots}\n"
        f"#define LISTENERS {sum(chance > 0.0 for chance in answers)}\n"
        f"#define BASKET_MEAN {float(market['basket_mean'])!r}\n#define BASKET_SPREAD {float(market['basket_spread'])!r}\n"
        + one.format("ORDERS", ", ".join(map(repr, rungs["orders"].tolist())))
        + one.format("TALK", ", ".join(map(repr, laid_out.talk[0].tolist())))
        + one.format("ANSWERS", ", ".join(map(repr, answers)))
        + _array("double", "EXITS", [[rate for rate, _, _ in ways] for ways in filled])
        + _array("int", "TO", [[to for _, to, _ in ways] for ways in filled])
        + _array("uint64_t", "WORDS", [[f"{word}ull" for _, _, word in ways] for ways in filled])
    )


def library() -> Any:
    """The compiled programs."""
    gcc = compiler()
    if gcc is None:
        raise SystemExit("there is no gcc here")
    header = numbers()
    texts = [path.read_text() for path in sorted(SOURCES.iterdir())]
    name = hashlib.blake2b("".join([header, *texts, *FLAGS]).encode(), digest_size=8).hexdigest()
    made = FOLDER / f"w_{name}.so"
    if not made.exists():
        own = FOLDER / f"c_{name}_{os.getpid()}"
        own.mkdir(parents=True)
        (own / "w_numbers.h").write_text(header)
        files = [str(path) for path in sorted(SOURCES.glob("*.c"))]
        subprocess.run([gcc, *FLAGS, f"-I{own}", *files, "-o", str(own / made.name), "-lm"], check=True)
        (own / made.name).replace(made)
        shutil.rmtree(own)
    return ctypes.CDLL(str(made))


def books(way: str, market: Market, seed: int, programs: Any, laid_out: Tables) -> Books:
    """Play W by one of the programs."""
    months, rungs = laid_out.horizon // MONTH, laid_out.rungs.size
    shapes = ((months + 1, rungs),) * 3 + ((months + 1, 2),)
    room = np.zeros(sum(a * b for a, b in shapes), np.int64)
    shares = np.array(quotas(laid_out.start_shares.tolist(), market.size), np.int64)
    run = streams.key_of_run(seed, 0)
    pointers = [ctypes.c_void_p(array.ctypes.data) for array in (shares, market.indptr, market.indices, room)]
    getattr(programs, way)(ctypes.c_int64(market.size), ctypes.c_uint64(int(run)), *pointers)
    parts = np.split(room, np.cumsum([a * b for a, b in shapes])[:-1])
    return Books(*(part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)))


def prepare(market: Market, ladder: Ladder) -> Any:
    """The compiled programs, the scenario's tables, and the arrays as they are."""
    return library(), tables(workload()), market


def play(prepared: Any, ladder: Ladder, seed: int) -> Outcome:
    """Run the program."""
    programs, laid_out, market = prepared
    found = books(WAY, market, seed, programs, laid_out)
    revenue = int(found.revenue.sum()) / laid_out.unit
    return Outcome(found.counts, int(found.orders.sum()), revenue, int(found.messages[:, 0].sum()))


if __name__ == "__main__":
    answer(
        prepare,
        play,
        version=f"gcc {subprocess.run(['gcc', '-dumpfullversion'], capture_output=True, text=True, check=True).stdout.strip()}",
        settings=f"gcc {' '.join(FLAGS[:4])}; {SETTINGS[WAY]}",
        leaves_out="flows, cohorts, referrers, money by day, cost of goods, each customer's own books (c/w.h has the whole list)",
    )
