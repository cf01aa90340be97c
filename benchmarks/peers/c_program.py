"""W by C programs of the algorithms of ladsim's fast engine. BENCH_WAY names the one: general, or horizon.

gcc compiles ``benchmarks/c/`` into a library, once per content of the sources, with the numbers of ``w.toml`` written into a
header, so that the compiler knows them. The programs draw the same luck as ladsim and keep the same books and the same row per
customer: all of it is equal to the last bit. ``c/w.h`` says what they leave out.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import books
from benchmarks.export import workload
from benchmarks.workload import Ladder, Market, Outcome, answer
from ladsim import streams
from ladsim.model.layout import CUSTOMER
from ladsim.model.triggers import MESSAGE, TIME
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


def compiler() -> str | None:
    """The path of gcc, if there is one."""
    return shutil.which("gcc")


def _array(kind: str, name: str, rows: list[list[Any]]) -> str:
    body = ", ".join("{" + ", ".join(str(cell) for cell in row) + "}" for row in rows)
    return f"static const {kind} {name}[{len(rows)}][{len(rows[0])}] = {{{body}}};\n"


def checked(laid_out: Tables) -> None:
    """Refuse a W that the C programs do not know."""
    rungs, market = laid_out.rungs, laid_out.market[0]
    free, orders = rungs["free"] == 1, laid_out.rungs["orders"] > 0.0
    assert laid_out.segment_rung.shape[0] == len(laid_out.layer_names) == 1, "the C programs know one segment and one layer"
    assert not (laid_out.programs or laid_out.traits or laid_out.kind_names), "the C programs know no programmes, traits, kinds"
    assert not (market["handling"] or market["vat"] or rungs["cost"].any() or rungs["entry_cost"].any()), "only goods cost"
    assert (rungs["is_customer"][orders] == 1).all(), "the C programs know orders of customers alone"
    assert (np.diff(free.astype(int)) >= 0).all(), "who listens stands below who does not"
    assert (rungs["time_count"][~free] == 1).all(), "the C programs know one way up from a rung that listens"
    assert not (rungs["is_customer"] | rungs["bought_before"])[~free].any(), "who listens has never been a customer"
    assert not laid_out.talk[0][~free].any(), "who listens does not talk"


def numbers() -> str:
    """The header with W's numbers, as ladsim's tables hold them."""
    laid_out = tables(workload())
    checked(laid_out)
    rungs, steps, market = laid_out.rungs, laid_out.steps, laid_out.market[0]
    slots = int(rungs["time_count"].max())
    exits: list[list[tuple[str, int, int, int]]] = [[] for _ in rungs]
    answers, answer_steps = [0.0] * rungs.size, [-1] * rungs.size
    for number, step in enumerate(steps):
        if step["trigger"] == TIME:
            exits[step["origin"]].append((_hazard(step["number"]), int(step["to"]), number, int(step["stream_id"])))
        elif step["trigger"] == MESSAGE:
            assert step["to"] == step["origin"] + 1, "the C programs know messages that move one rung up"
            answers[step["origin"]], answer_steps[step["origin"]] = float(step["number"]), number
    filled = [ways + [("0.0", 0, 0, 0)] * (slots - len(ways)) for ways in exits]
    plain = {
        "MONTHS": int(workload().months), "RUNGS": rungs.size, "STEPS": steps.size, "SLOTS": slots,
        "LISTENERS": int((rungs["free"] == 0).sum()), "BASKET_MEAN": float(market["basket_mean"]),
        "BASKET_SPREAD": float(market["basket_spread"]), "MARGIN": float(market["margin"]),
    }  # fmt: skip
    by_rung: list[tuple[str, str, list[Any]]] = [
        ("double", "ORDERS", [_hazard(rate) for rate in rungs["orders"]]),
        ("double", "TALK", [_hazard(rate) for rate in laid_out.talk[0]]),
        ("double", "ANSWERS", answers),
        ("int", "ANSWER_STEP", answer_steps),
        ("int", "IS_CUSTOMER", rungs["is_customer"].tolist()),
        ("int", "BOUGHT_BEFORE", rungs["bought_before"].tolist()),
    ]
    return "".join(
        [
            *(f"#define {name} {value!r}\n" for name, value in plain.items()),
            *(f"static const {of} {name}[RUNGS] = {{{', '.join(map(str, cells))}}};\n" for of, name, cells in by_rung),
            _array("double", "EXITS", [[rate for rate, _, _, _ in ways] for ways in filled]),
            _array("int", "TO", [[to for _, to, _, _ in ways] for ways in filled]),
            _array("int", "STEP", [[number for _, _, number, _ in ways] for ways in filled]),
            _array("uint64_t", "WORDS", [[f"{word}ull" for _, _, _, word in ways] for ways in filled]),
        ]
    )


def _hazard(per_month: Any) -> str:
    """A rate a month as a hazard per unit of time, which gcc works out."""
    return f"{float(per_month)!r} / (double)MONTH"


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


def played(way: str, market: Market, seed: int, programs: Any, laid_out: Tables) -> tuple[Any, Any]:
    """Play W by one of the programs: its books, (1,) ``books.kind``, and the customers' rows, (N,) CUSTOMER."""
    record = np.zeros(1, books.kind(int(laid_out.scenario.months), laid_out.rungs.size, laid_out.steps.size))
    customers = np.empty(market.size, CUSTOMER)
    shares = np.array(quotas(laid_out.start_shares.tolist(), market.size), np.int64)
    run = streams.key_of_run(seed, 0)
    arrays = (shares, market.indptr, market.indices, record, customers)
    pointers = [ctypes.c_void_p(array.ctypes.data) for array in arrays]
    getattr(programs, way)(ctypes.c_int64(market.size), ctypes.c_uint64(int(run)), *pointers)
    return record, customers


def prepare(market: Market, ladder: Ladder) -> Any:
    """The compiled programs, the scenario's tables, and the arrays as they are."""
    return library(), tables(workload()), market


def play(prepared: Any, ladder: Ladder, seed: int) -> Outcome:
    """Run the program."""
    programs, laid_out, market = prepared
    record, customers = played(WAY, market, seed, programs, laid_out)
    found = record[0]
    revenue = int(found["money"][:, books.CAUSES.index("revenue")].sum()) / laid_out.unit
    orders, sent = int(found["orders"].sum()), int(found["messages"][:, 0].sum())
    return Outcome(found["counts"], orders, revenue, sent, lambda: books.fingerprint(record, customers))


if __name__ == "__main__":
    answer(
        prepare,
        play,
        version=f"gcc {subprocess.run(['gcc', '-dumpfullversion'], capture_output=True, text=True, check=True).stdout.strip()}",
        settings=f"gcc {' '.join(FLAGS[:4])}; {SETTINGS[WAY]}",
        leaves_out="no book of W's; what W has not, the log, guards (c/w.h has the list); its numbers are compiled in",
    )
