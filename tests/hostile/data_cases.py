"""Hostile files of customers' data, rules, programmes and plans: what `data`, `place`, `replay`, `track` and others are given.

To add a case: a line in `DATA`, with what is put into an empty folder and the words of the command.
"""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
from pathlib import Path

from tests.hostile.file_cases import Build, manifest
from tests.hostile.market import TINY, put

TRANSACTIONS = "customer;date;amount\n" + "".join(f"c{n % 9};2025-0{1 + n % 9}-1{n % 9};{n}\n" for n in range(60))
POINTS = '[[programs]]\nkind = "points"\npoints_per_unit = 1\nreward_at = 100\nreward_cost = 5\n'
RULE = "[[rungs]]\nname = {name}\norders = {orders}\n"
LAST = "[[rungs]]\nname = 'lead'\n"


def _told(name: str, content: str | bytes, *words: str, beside: dict[str, str] | None = None) -> Build:
    """A command on one file, FILE, in a folder that has others, too."""

    def build(folder: Path) -> list[str]:
        for other, text in (beside or {}).items():
            put(folder, text, other)
        made = put(folder, content, name)
        return [word.replace("FILE", made).replace("HERE", str(folder)) for word in words]

    return build


def _orders(content: str | bytes, *words: str, name: str = "orders.csv") -> Build:
    return _told(name, content, *(words or ("data", "FILE")))


def _rule(content: str) -> Build:
    return _told("rule.toml", content, "place", "HERE/orders.csv", "--rule", "FILE", beside={"orders.csv": TRANSACTIONS})


def _replayed(content: str) -> Build:
    return _told("points.toml", content, "replay", "HERE/orders.csv", "--program", "FILE", beside={"orders.csv": TRANSACTIONS})


def _plan(text: str, actuals: str = "month,customer\n1,5\n") -> Build:
    return _told("manifest.json", text, "track", "HERE", "HERE/actuals.csv", beside={"actuals.csv": actuals})


def _pipe(*words: str) -> Build:
    def build(folder: Path) -> list[str]:
        os.mkfifo(folder / "pipe")
        put(folder, TRANSACTIONS, "orders.csv")
        put(folder, TINY)
        return [word.replace("PIPE", str(folder / "pipe")).replace("HERE", str(folder)) for word in words]

    return build


def _database(folder: Path) -> list[str]:
    """A query that would change the data."""
    with sqlite3.connect(folder / "shop.db") as shop:
        shop.execute("create table orders (customer text, date text, amount real)")
        shop.execute("insert into orders values ('a', '2025-01-01', 5)")
    return ["data", f"sqlite:///{folder / 'shop.db'}", "--query", "drop table orders"]


DATA: dict[str, Build] = {
    "orders of 3,000 columns": _orders(";".join(f"c{n}" for n in range(3_000)) + "\n" + ";".join(["1"] * 3_000) + "\n"),
    "orders of one cell of 5 MB": _orders("customer;date;amount\n" + "x" * 5_000_000 + ";2025-01-01;5\n"),
    "orders of dates that are none": _orders("customer;date;amount\n" + "a;2025-02-31;5\n" * 20_000),
    "orders of amounts of 10,000 digits": _orders("customer;date;amount\n" + f"a;2025-01-01;{'9' * 10_000}\n" * 20),
    "orders that are a workbook of zeros": _orders(b"PK\x03\x04" + b"\0" * 10_000, name="orders.xlsx"),
    "orders that are a Parquet file of zeros": _orders(b"PAR1" + b"\0" * 10_000 + b"PAR1", name="orders.parquet"),
    "orders in a packed file cut short": _orders(gzip.compress(TRANSACTIONS.encode())[:60], name="orders.csv.gz"),
    "orders with a colour in names and cells": _orders("\x1b[31mcustomer;date;amount\n\x1b[2Ja;2025-01-01;5\nb;x\x1b[2J;5\n"),
    "orders of the same column 500 times": _orders(";".join(["customer", "date", "amount"] * 500) + "\n" + ";".join(["1"] * 1_500)),
    "orders by a column role of 100,000 characters": _orders(TRANSACTIONS, "data", "FILE", "--column", "x" * 100_000),
    "a query that would drop the table": _database,
    "calibrate on nothing but names": _orders("customer;date;amount\n", "calibrate", "FILE"),
    "calibrate with numbers put nowhere": _orders(TRANSACTIONS, "calibrate", "FILE", *["--put", "x.y=z.w"] * 300),
    "backtest of one order": _orders("customer;date;amount\na;2025-01-01;5\n", "backtest", "FILE"),
    "backtest of more weeks than there are": _orders(TRANSACTIONS, "backtest", "FILE", "--weeks", "9" * 30),
    "a rule 5,000 deep": _rule("a = " + "[" * 5_000),
    "a rule of 20,000 conditions": _rule(RULE.format(name="'customer'", orders="{ at_least = 1 }") * 15_000 + LAST),
    "a rule of numbers": _rule(RULE.format(name=7, orders=8) + LAST),
    "a rule of a dotted key of 100,000 parts": _rule("a" + ".b" * 100_000 + " = 1"),
    "a rule of 20,000 conditions that there are not": _rule(
        RULE.format(name="'customer'", orders="1") + "".join(f"ordres_{n} = 1\n" for n in range(20_000)) + LAST
    ),
    "a rule of a name of 100,000 characters": _rule(RULE.format(name=f"'{'x' * 100_000}'", orders="{ at_least = 1 }") + LAST),
    "a rule with a colour in a name": _rule(RULE.format(name='"\\u001b[2J"', orders="{ at_most = 'x\u001b' }") + LAST),
    "a replay of rules that are Python elsewhere": _replayed('[[programs]]\nkind = "own"\nfile = "/etc/passwd"\n'),
    "a replay of 2,000 programmes": _replayed(POINTS * 2_000),
    "a replay of points of 1e300": _replayed(POINTS.replace("points_per_unit = 1", "points_per_unit = 1e300")),
    "a replay of rules 5,000 deep": _replayed("a" + ".b" * 5_000 + " = 1"),
    "a plan that is a list": _plan("[]"),
    "a plan of another kind": _plan(json.dumps(manifest())),
    "a plan 60,000 deep": _plan('{"ladsim_manifest": 1, "x": ' + "[" * 60_000),
    "actuals of a pipe": _pipe("track", "HERE", "PIPE"),
    "orders from a pipe": _pipe("replay", "PIPE", "--program", "HERE/market.toml"),
    "a rule from a pipe": _pipe("place", "HERE/orders.csv", "--rule", "PIPE"),
    "a ladder from a pipe": _pipe("calibrate", "HERE/orders.csv", "--ladder", "PIPE"),
    "a test of a lift that is no number": _told("market.toml", TINY, "test-length", "FILE", "--lift", "nan"),
    "a test of endless futures": _told("market.toml", TINY, "test-length", "FILE", "--replications", "9" * 40),
    "a row of verify that there is not": _told("market.toml", TINY, "verify", "x" * 100_000),
    "runs of a store that is a file": _told("store", "no store", "runs", "list", "--store", "FILE"),
    "a life of nobody": _told("market.toml", TINY, "twin", "FILE", "--customer", "9" * 400),
    "a spoiling of a level that is none": _told("market.toml", TINY, "synthesize", "FILE", "--out", "HERE/o", "--dirt", "x" * 9_999),
}  # fmt: skip
