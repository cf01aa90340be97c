"""Files that a scenario names, manifests, options and places: each case writes what it needs into a folder, and gives a command's words."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.hostile.market import POLICY, TINY, put, spoiled, with_graph, with_policy, with_program

Build = Callable[[Path], list[str]]


def check(text: str) -> Build:
    """`ladsim check` of a text."""
    return lambda folder: ["check", put(folder, text)]


def _graph(content: str | bytes, name: str = "ties.csv", **keys: str) -> Build:
    """A scenario with an edge list."""

    def build(folder: Path) -> list[str]:
        put(folder, content, name)
        return ["check", put(folder, with_graph(name.replace("\x1b", "\\u001b"), **keys))]

    return build


def _packed(*parts: tuple[bytes, int], name: str = "ties.csv.gz") -> Build:
    """A scenario with a packed edge list: each part so many times."""

    def build(folder: Path) -> list[str]:
        with gzip.open(folder / name, "wb", 1) as file:
            for part, times in parts:
                for _ in range(times):
                    file.write(part)
        return ["check", put(folder, with_graph(name))]

    return build


def _people(content: str) -> Build:
    """A scenario with a table of customers and who referred them."""
    keys = {"kind": '"referred_by"', "id_column": '"id"', "referrer_column": '"by"'}
    return _graph(content, "people.csv", **keys)


def _pipe(of: Callable[[str], list[str]]) -> Build:
    """A pipe that nobody writes into, in the place of a file."""

    def build(folder: Path) -> list[str]:
        os.mkfifo(folder / "pipe")
        return of(str(folder / "pipe"))

    return build


def _market(text: str, *more: str) -> Callable[[str], list[str]]:
    """A command on a scenario that names the pipe as PIPE."""
    return lambda pipe: ["check", put(Path(pipe).parent, text.replace("PIPE", pipe)), *more]


def _python(text: str | bytes, name: str = "p.py", scenario: Callable[[str], str] = with_policy) -> Build:
    def build(folder: Path) -> list[str]:
        put(folder, text, name)
        return ["check", put(folder, scenario(name))]

    return build


def _deep_json(depth: int) -> str:
    return '{"ladsim_manifest": 1, "x": ' + "[" * depth + "]" * depth + "}"


def manifest(**keys: Any) -> dict[str, Any]:
    """The manifest of a run of the tiny market, some keys changed; None takes a key out."""
    from ladsim.planning.manifest import as_json
    from ladsim.scenario.load import loads

    whole: dict[str, Any] = {
        "ladsim_manifest": 1, "kind": "run", "command": "", "strategies": [None], "libraries": {}, "inputs": {}, "tables": {}, "files": [],
        "setting": {"seed": 1, "replications": 2, "sample": 50, "overrides": {}}, "scenario": as_json(loads(TINY)),
    }  # fmt: skip
    return {key: value for key, value in (whole | keys).items() if value is not None}


def again(**keys: Any) -> Build:
    """`ladsim again` of such a manifest."""
    return lambda folder: ["again", put(folder, json.dumps(manifest(**keys)), "manifest.json"), "--processes", "1"]


def _scenario_with(**keys: Any) -> Build:
    return again(scenario=manifest()["scenario"] | keys)


def _setting(**keys: Any) -> Build:
    return again(setting={"seed": 1, "replications": 2, "sample": 50, "overrides": {}} | keys)


def _text(text: str | bytes) -> Build:
    return lambda folder: ["again", put(folder, text, "manifest.json")]


def _run(*words: str, text: str = TINY) -> Build:
    """`ladsim run` with some options, which are refused before anything is simulated."""
    return lambda folder: ["run", put(folder, text), "--out", str(folder / "out"), *words]


def _link(folder: Path) -> list[str]:
    """A policy in the folder that is a link to a file elsewhere."""
    put(folder, POLICY, "elsewhere/p.py")
    scenario = put(folder, with_policy("p.py"), "shop/market.toml")
    os.symlink(folder / "elsewhere" / "p.py", folder / "shop" / "p.py")
    return ["check", scenario]


def _linked_folder(folder: Path) -> list[str]:
    put(folder, POLICY, "elsewhere/p.py")
    scenario = put(folder, with_program("below/p.py"), "shop/market.toml")
    os.symlink(folder / "elsewhere", folder / "shop" / "below")
    return ["check", scenario]


def _circle(folder: Path) -> list[str]:
    put(folder, 'extends = "a.toml"', "b.toml")
    return ["check", put(folder, 'extends = "b.toml"', "a.toml")]


def _chain(folder: Path) -> list[str]:
    for n in range(30):
        put(folder, f'extends = "c{n + 1}.toml"', f"c{n}.toml")
    put(folder, TINY, "c30.toml")
    return ["check", str(folder / "c0.toml")]


def _loop(folder: Path) -> list[str]:
    os.symlink(folder / "loop.toml", folder / "loop.toml")
    return ["check", str(folder / "loop.toml")]


def _sparse(folder: Path) -> list[str]:
    """A gigabyte of zeros that takes no room."""
    with (folder / "ties.csv").open("wb") as file:
        file.truncate(1_000_000_000)
    return ["check", put(folder, with_graph("ties.csv"))]


EXTENDS: dict[str, Build] = {
    "extends a device": check('extends = "/dev/zero"'),
    "extends a terminal": check('extends = "/dev/tty"'),
    "extends a file of /proc": check('extends = "/proc/kmsg"'),
    "extends /etc/passwd": check('extends = "/etc/passwd"'),
    "extends a folder": check('extends = ".."'),
    "extends nothing": check('extends = ""'),
    "extends a number": check("extends = 7"),
    "extends a name of 100,000 characters": check(f'extends = "{"x" * 100_000}"'),
    "extends a name with a zero": check('extends = "a\\u0000b"'),
    "extends in a circle": _circle,
    "extends 30 files in a row": _chain,
    "extends a pipe": _pipe(_market('extends = "PIPE"')),
    "a link to itself": _loop,
}

GRAPHS: dict[str, Build] = {
    "a device as graph": check(with_graph("/dev/zero")),
    "a device of luck as graph": check(with_graph("/dev/urandom")),
    "a folder as graph": check(with_graph("/etc")),
    "a file of /proc as graph": check(with_graph("/proc/kmsg")),
    "the memory of this process as graph": check(with_graph("/proc/self/mem")),
    "a pipe as graph": _pipe(_market(with_graph("PIPE"))),
    "a pipe as packed graph": _pipe(_market(with_graph("PIPE", format='"graphml"'))),
    "a graph with a zero in its name": check(with_graph("a\\u0000b")),
    "a colour in a graph's name": _graph("a,b,c\n" * 3 + "x", "\x1b[2Jties.csv"),
    "a graph of a name of 5,000 characters": check(with_graph("x" * 5_000)),
    "a field of 200,000 characters": _graph("a" * 200_000 + ",b\n"),
    "a later field of 200,000 characters": _graph("a,b\n" * 100 + "a" * 200_000 + ",b\n"),
    "20 MB of one line": _graph("a" * 20_000_000),
    "20 MB of commas": _graph("," * 20_000_000),
    "20 MB of blanks": _graph(" " * 20_000_000),
    "20 MB of empty lines": _graph("\n" * 20_000_000),
    "20 MB of open quotes": _graph('"' * 20_000_000),
    "an open quote, then 5 MB of ties": _graph('a,"b\n' + "1,2\n" * 1_200_000),
    "lines of 5,000 columns": _graph((",".join(["x"] * 5_000) + "\n") * 200),
    "one name a line": _graph("x\n" * 100_000),
    "zeros as graph": _graph(b"\0" * 1_000_000),
    "a gigabyte of zeros that takes no room": _sparse,
    "bytes that are no text as graph": _graph(bytes(range(128, 256)) * 1_000),
    "numbers of 10,000 digits": _graph("9" * 10_000 + "," + "8" * 10_000 + "\n"),
    "a packed file of 1 GB of lines": _packed((b"\n" * 1_000_000, 1_000)),
    "a packed file of 1 GB of ties": _packed((b"1,2\n" * 250_000, 1_000)),
    "a packed file of 1 GB of one line": _packed((b"a" * 1_000_000, 1_000)),
    "a packed file that is none": _graph(b"1,2\n", "ties.csv.gz"),
    "a packed file cut short": _graph(gzip.compress(b"1,2\n" * 10_000)[:40], "ties.csv.gz"),
    "a packed file within a packed file": _graph(gzip.compress(gzip.compress(b"1,2\n" * 1_000)), "ties.csv.gz"),
    "a million entities in GraphML": _graph(
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
        + "]><graphml>&j;</graphml>",
        "ties.graphml",
    ),
    "an entity of a file in GraphML": _graph(
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><graphml>&a;</graphml>', "ties.graphml"
    ),
    "GraphML 100,000 deep": _graph("<graphml>" + "<graph>" * 100_000, "ties.graphml"),
    "GraphML of nothing": _graph("<graphml/>", "ties.graphml"),
    "60,000 names at the start that the graph has not": lambda folder: [
        put(folder, "anna,bo\nbo,carl\n", "ties.csv") and "check",
        put(
            folder,
            spoiled("market_size = 300", "market_size = 3", with_graph("ties.csv"))
            + "\n[start.nodes]\ncustomer = ["
            + ",".join(f"'c{n}'" for n in range(60_000))
            + "]\n",
        ),
    ],
    "a name at the start like none of 200,000": lambda folder: [
        put(folder, "".join(f"c{n},c{n + 1}\n" for n in range(200_000)), "ties.csv") and "check",
        put(
            folder,
            spoiled("market_size = 300", "market_size = 200_001", with_graph("ties.csv"))
            + "\n[start.nodes]\ncustomer = ['d17']\n",
        ),
    ],
    "a pickle as GraphML": _graph(b"\x80\x04\x95\x1e\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix", "ties.graphml"),
    "people with a field of 200,000 characters": _people("id,by\n" + "x" * 200_000 + ",\n"),
    "people of 5,000 columns": _people(",".join(f"c{n}" for n in range(5_000)) + "\n1,2\n"),
    "people who refer each other in a circle": _people("id,by\n" + "".join(f"{n},{(n + 1) % 300}\n" for n in range(300))),
    "people without a line of names": _people("1,2\n" * 1_000),
    "people with the same name of column twice": _people("id,id,by\n1,1,2\n"),
}

PYTHON: dict[str, Build] = {
    "a policy that is a device": check(with_policy("/dev/zero")),
    "a policy that is a pipe": _pipe(_market(with_policy("PIPE"))),
    "a policy that is a folder": check(with_policy(".")),
    "a policy outside the folder": check(with_policy("../outside.py")),
    "a policy somewhere in the system": check(with_policy("/etc/passwd")),
    "a policy behind a link": _link,
    "a programme outside the folder": check(with_program("../../outside.py")),
    "a programme behind a linked folder": _linked_folder,
    "a programme that is a device": check(with_program("/dev/zero")),
    "a policy's file set by a strategy": check(
        with_policy("p.py") + '[strategies.x]\nset = { "policies.f.file" = "/tmp/other.py" }\n'
    ),
    "a policy without its function": _python("x = 1\n"),
    "a policy of another name": _python("".join(f"def g{n}(env, market):\n    yield 1\n" for n in range(3_000))),
    "a policy that Python cannot read": _python("def f(:\n"),
    "a policy of zeros": _python(b"\0" * 10_000),
    "a policy nested 5,000 deep": _python(POLICY + "x = " + "(" * 5_000 + ")" * 5_000 + "\n"),
    "a policy of 20,000 signs": _python(POLICY + "x = " + "-" * 20_000 + "1\n"),
    "a policy of 20,000 points": _python(POLICY + "x = a" + ".a" * 20_000 + "\n"),
    "a policy of 20,000 sums": _python(POLICY + "x = 1" + " + 1" * 20_000 + "\n"),
    "a policy of 3 MB": _python(POLICY + "# x\n" * 750_000),
    "a programme of 3,000 sums": _python("NUMBERS = {'a': 1" + " + 1" * 3_000 + "}\n", scenario=with_program),
    "a programme nested 90 deep": _python("NUMBERS = " + "{'a': " * 90 + "1" + "}" * 90 + "\n", scenario=with_program),
    "a programme without a hook": _python("x = 1\n", scenario=with_program),
    "a programme that raises": _python(
        "from ladsim.compiled import hook\n@hook\ndef ordered(a, r, p, t, n):\n    raise ValueError\n", scenario=with_program
    ),
}

MANIFESTS: dict[str, Build] = {
    "a manifest that is a device": lambda folder: ["again", "/dev/zero"],
    "a manifest that is a terminal": lambda folder: ["again", "/dev/tty"],
    "a manifest of /proc": lambda folder: ["again", "/proc/kmsg"],
    "a manifest that is a pipe": _pipe(lambda pipe: ["again", pipe]),
    "a manifest 100,000 deep": _text(_deep_json(100_000)),
    "a manifest 100 deep": _text(_deep_json(100)),
    "a manifest of 20 MB": _text(b'{"ladsim_manifest": 1, "x": "' + b"x" * 20_000_000 + b'"}'),
    "a manifest of 3 million empty lists": _text('{"ladsim_manifest": 1, "x": [' + "[]," * 3_000_000 + "[]]}"),
    "a manifest of a number of 100,000 digits": _text('{"ladsim_manifest": ' + "9" * 100_000 + "}"),
    "a manifest of a number of 4,000 digits": _text('{"ladsim_manifest": ' + "9" * 4_000 + "}"),
    "a manifest in UTF-16": _text('{"ladsim_manifest": 1}'.encode("utf-16")),
    "a manifest that is a list": _text("[1, 2, 3]"),
    "a manifest cut short": _text('{"ladsim_manifest": 1, "scenario": {'),
    "a manifest of another form": again(ladsim_manifest=2),
    "a manifest of a form that is a long text": again(ladsim_manifest="x" * 100_000),
    "a manifest without a scenario": again(scenario=None),
    "a manifest of an unknown rung": _scenario_with(steps=[{"from": "nowhere", "to": "customer", "monthly": 0.05}]),
    "a manifest of shares of 0.4": _scenario_with(rungs=[{"name": "lead", "share": 0.1}, {"name": "customer", "share": 0.3}]),
    "a manifest of 5,000 misspelt keys": _scenario_with(**{f"month{n}": 1 for n in range(5_000)}),
    "a manifest of 5,000 steps from nowhere": _scenario_with(
        steps=[{"from": f"r{n}", "to": "customer", "monthly": 0.05} for n in range(5_000)]
    ),
    "a manifest with a start date that is none": _scenario_with(start_date="yesterday"),
    "a manifest of a kind that there is not": again(kind="x" * 50_000),
    "a manifest of an unknown strategy": again(strategies=["x" * 50_000]),
    "a manifest of strategies that are tables": again(strategies=[{}]),
    "a manifest of 10^30 replications": _setting(replications=10**30),
    "a manifest of minus one replications": _setting(replications=-1),
    "a manifest of a seed of 10^30": _setting(seed=10**30),
    "a manifest of a seed below 0": _setting(seed=-1),
    "a manifest of a sample of 10^30": _setting(sample=10**30),
    "a manifest of half a replication": _setting(replications=0.5),
    "a manifest of 5,000 overrides": _setting(overrides={f"rungs.lead.x{n}": 1 for n in range(5_000)}),
    "a manifest whose graph is a device": again(
        scenario=manifest()["scenario"] | {"word_of_mouth": [{"layer": "f", "graph": {"kind": "file", "path": "/dev/zero"}}]},
        inputs={"/dev/zero": "0" * 64},
    ),
    "a manifest whose graph is a file of /proc": again(
        scenario=manifest()["scenario"] | {"word_of_mouth": [{"layer": "f", "graph": {"kind": "file", "path": "/proc/kmsg"}}]},
        inputs={"/proc/kmsg": "0" * 64},
    ),
    "a manifest with inputs that are numbers": again(inputs={"/etc/passwd": 7}),
    "a manifest with 2,000 inputs that are not there": again(inputs={f"/nowhere/{n}": "0" * 64 for n in range(2_000)}),
    "a manifest with a file of the scenario that is none": again(scenario_file=["x"]),
}

OPTIONS: dict[str, Build] = {
    "10^20 replications": _run("--replications", "9" * 20),
    "10^11 replications": _run("--replications", "100000000000"),
    "a number of 5,000 digits of replications": _run("--replications", "9" * 5_000),
    "no replications": _run("--replications", "0"),
    "a sample of 10^30": _run("--sample", "1" + "0" * 30),
    "a sample of 5,000 digits": _run("--sample", "9" * 5_000),
    "a seed of 10^30": _run("--seed", "1" + "0" * 30),
    "1e308 months": _run("--months", "1e308"),
    "a number of months that is none": _run("--months", "nan"),
    "no end of months": _run("--months", "inf"),
    "a set of 1,000 brackets": _run("--set", "months=" + "[" * 1_000),
    "a set of a key of 10,000 parts": _run("--set", ".".join(["a"] * 10_000) + "=1"),
    "a set of a value of 100,000 characters": _run("--set", "months=" + "x" * 100_000),
    "a strategy of 100,000 characters": _run("--strategy", "s" * 100_000),
    "followed: nobody": _run("--follow", "0"),
    "followed: a list of 5,000 commas": _run("--follow", "," * 5_000),
    "followed: 5,000 ids that are not there": _run("--follow", ",".join(str(10**9 + n) for n in range(5_000))),
    "a language that there is not": _run("--language", "x" * 10_000),
    "out into a device": lambda folder: ["run", put(folder, TINY), "--out", "/dev/null"],
    "out into a file": lambda folder: ["run", put(folder, TINY), "--out", put(folder, "x", "file")],
    "out with a zero in its name": lambda folder: ["run", put(folder, TINY), "--out", "a\0b"],
    "out of a name of 5,000 characters": lambda folder: ["run", put(folder, TINY), "--out", str(folder / ("x" * 5_000))],
    "a scenario of a name of 100,000 characters": lambda folder: ["check", "x" * 100_000],
    "a scenario with a zero in its name": lambda folder: ["check", "a\0b.toml"],
    "a scenario that is a pipe": _pipe(lambda pipe: ["check", pipe]),
    "a scenario that is a device": lambda folder: ["check", "/dev/zero"],
    "a scenario that is a folder": lambda folder: ["check", str(folder)],
    "new over a device": lambda folder: ["new", "/dev/null", "--force"],
    "new into a folder that is none": lambda folder: ["new", put(folder, "x", "file") + "/a.toml"],
    "new of a preset of 100,000 characters": lambda folder: ["new", str(folder / "a.toml"), "--preset", "p" * 100_000],
    "new of a name of 5,000 characters": lambda folder: ["new", str(folder / ("x" * 5_000))],
    "a measure of 100,000 characters": lambda folder: ["explain", "m" * 100_000],
    "a tactic of 100,000 characters": lambda folder: ["tactics", "t" * 100_000],
    "a picture into a device": lambda folder: ["show", put(folder, TINY), "--out", "/dev/null.svg/x.svg"],
    "show a market that is none": lambda folder: ["show", put(folder, spoiled("share = 0.7", "share = 7"))],
}

FILES: dict[str, dict[str, Build]] = {
    "extends": EXTENDS, "graphs": GRAPHS, "python": PYTHON, "manifests": MANIFESTS, "options": OPTIONS,
}  # fmt: skip
