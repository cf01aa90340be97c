"""Scenario files of strangers: too much of something, too deep, of the wrong kind, or of no kind. Each case is a text."""

from __future__ import annotations

from collections.abc import Callable

from tests.hostile.market import TINY, spoiled

MANY, VERY_MANY = 5_000, 50_000
ZWJ, BIDI, WORD_JOINER, SOFT_HYPHEN = "\u200d", "\u202e", "\u2060", "\u00ad"


def _lines(pattern: str, count: int) -> str:
    return "".join(pattern.replace("#", str(n)) + "\n" for n in range(count))


def _strategies(body: str, count: int = 1_000) -> str:
    return TINY + "".join(f"[strategies.s{n}]\n{body.replace('#', str(n))}\n" for n in range(count))


def _last(text: str) -> str:
    return TINY + "\n" + text + "\n"


TOO_MANY: dict[str, Callable[[], str]] = {
    "5,000 misspelt keys at the top": lambda: _lines("month# = 1", MANY) + TINY,
    "50,000 misspelt keys at the top": lambda: _lines("month# = 1", VERY_MANY) + TINY,
    "5,000 misspelt keys of a strategy": lambda: _last("[strategies.x]\n" + _lines("campaign# = 1", MANY)),
    "5,000 misspelt keys of a rung": lambda: spoiled("share = 0.3\n", "share = 0.3\n" + _lines("order_per_mont# = 1", MANY)),
    "5,000 misspelt tables": lambda: _last(_lines("[rung#]\nname = 'x'", MANY)),
    "5,000 sources of nothing": lambda: _last("[sources]\n" + _lines('"rungs.leadd.share#" = "x"', MANY)),
    "50,000 sources of nothing": lambda: _last("[sources]\n" + _lines('"rungs.leadd.share#" = "x"', VERY_MANY)),
    "5,000 numbers set that do not exist": lambda: _last("[strategies.x.set]\n" + _lines('"rungs.leadd.share#" = 1', MANY)),
    "1,000 strategies": lambda: _strategies('set = { "steps.lead.customer.time.monthly" = 0.06 }'),
    "1,000 strategies that set what does not exist": lambda: _strategies('set = { "steps.lead.customer.x#" = 0.06 }'),
    "1,000 strategies of budgets that differ": lambda: _strategies(
        'campaigns = [{ channel = "ads", from_month = 0, to_month = 6, monthly_spend = # }]'
    ),
    "1,000 strategies with a number too large": lambda: _strategies('set = { "steps.lead.customer.time.monthly" = 6 }'),
    "1,000 ready-made strategies": lambda: _strategies('ready = "balanced"\nbudget = #'),
    "5,000 empty strategies": lambda: _strategies("", MANY),
    "1,000 steps from nowhere": lambda: _last(_lines("[[steps]]\nfrom = 'lead#'\nto = 'customer'\nmonthly = 0.1", 1_000)),
    "5,000 steps from nowhere": lambda: _last(_lines("[[steps]]\nfrom = 'lead#'\nto = 'customer'\nmonthly = 0.1", MANY)),
    "5,000 steps the same way": lambda: _last(_lines("[[steps]]\nfrom = 'lead'\nto = 'loyal'\nmonthly = 0.0001", MANY)),
    "5,000 steps by order": lambda: _last(
        _lines("[[steps]]\nfrom = 'customer'\nto = 'loyal'\ntrigger = 'order'\nprobability = 0.1", MANY)
    ),
    "5,000 rungs": lambda: _last(_lines("[[rungs]]\nname = 'r#'", MANY)),
    "59 rungs and 3,481 steps among them": lambda: _last(
        _lines("[[rungs]]\nname = 'r#'", 50)
        + "".join(f"[[steps]]\nfrom='r{a}'\nto='r{b}'\nmonthly=0.01\n" for a in range(50) for b in range(50) if a != b)
    ),
    "5,000 segments": lambda: _last(_lines("[[segments]]\nname = 's#'\nshare = 0.0002", MANY)),
    "1,000 segments": lambda: _last(_lines("[[segments]]\nname = 's#'\nshare = 0.001", 1_000)),
    "900 segments with a misspelt factor each": lambda: _last(
        _lines("[[segments]]\nname = 's#'\nshare = 0.001\nfactors = { order = 1 }", 900)
    ),
    "a segment with 5,000 factors of steps": lambda: _last(
        "[[segments]]\nname='s'\nshare=1.0\n[segments.factors]\n" + _lines('"steps.lead.x#" = 1', MANY)
    ),
    "5,000 channels": lambda: _last(_lines("[[channels]]\nname = 'c#'\neffects = [{ on = 'orders', full = 0.1 }]", MANY)),
    "5,000 tactics that nobody uses": lambda: _last(
        _lines("[[tactics]]\nname = 't#'\neffects = [{ on = 'orders', full = 0.1 }]", MANY)
    ),
    "a tactic of 5,000 effects on nothing": lambda: _last(
        "[[tactics]]\nname = 't'\neffects = [" + ",".join(f"{{ on = 'steps.x.y{n}', full = 0.1 }}" for n in range(MANY)) + "]"
    ),
    "5,000 campaigns": lambda: _last(_lines("[[campaigns]]\nchannel = 'ads'\nmonthly_spend = #", MANY)),
    "1,000 campaigns of unknown tactics": lambda: _last(_lines("[[campaigns]]\ntactic = 'x#'\nmonthly_spend = 1", 1_000)),
    "5,000 shocks": lambda: _last(_lines("[[shocks]]\nname='s#'\nfrom_month=1\neffects=[{ on='orders', full=0.1 }]", MANY)),
    "5,000 goals": lambda: _last(_lines("[[goals]]\nrung = 'loyal'\nnumber = #\nby_month = 6", MANY)),
    "5,000 goals for steps that do not exist": lambda: _last(_lines("[[goals]]\nstep = 'a.b#'\nnumber = 1\nby_month = 6", MANY)),
    "5,000 arrivals to nowhere": lambda: _last(_lines("[[arrivals]]\nto = 'x#'\nper_month = 1", MANY)),
    "5,000 order kinds": lambda: _last(_lines("[[order_kinds]]\nname = 'k#'\nshare = 0.0002", MANY)),
    "5,000 programmes": lambda: _last(_lines("[[programs]]\nkind = 'discount'\nname = 'p#'", MANY)),
    "49 programmes with unknown benefits": lambda: _last(
        _lines("[[programs]]\nkind='club'\nname='p#'\njoins={ probability=0.1 }\nfactors={ ordres=1, mesages=2 }", 49)
    ),
    "a programme of 5,000 levels": lambda: _last(
        "[[programs]]\nkind = 'tiers'\nname = 'p'\njoins = { probability = 0.1 }\n"
        + _lines("[[programs.levels]]\nname = 'l#'\nspend_12_months = #", MANY)
    ),
    "2,000 prices": lambda: _last(_lines("[[prices]]\nchange = 0.1\nfrom_month = 1", 2_000)),
    "250,000 unknown customers at the start": lambda: _last(
        "[start.nodes]\ncustomer = [" + ",".join(map(str, range(300_000, 550_000))) + "]"
    ),
    "one customer 250,000 times at the start": lambda: _last("[start.nodes]\ncustomer = [" + "7," * 250_000 + "]"),
    "60,000 names at the start": lambda: _last("[start.nodes]\ncustomer = [" + ",".join(f"'c{n}'" for n in range(60_000)) + "]"),
    "5,000 rungs at the start": lambda: _last("[start.nodes]\n" + _lines("r# = [1]", MANY)),
    "a campaign to 50,000 unknown rungs": lambda: _last(
        "[[campaigns]]\nchannel = 'ads'\nmonthly_spend = 1\nto = [" + ",".join(f"'r{n}'" for n in range(VERY_MANY)) + "]"
    ),
    "100,000 values to draw from": lambda: spoiled(
        "probability = 0.2", "probability = { law = 'draws', values = [" + "0.1," * 100_000 + "] }"
    ),
    "100,000 values out of bounds": lambda: spoiled(
        "probability = 0.2", "probability = { law = 'draws', values = [" + "7," * 100_000 + "] }"
    ),
    "100,000 degrees": lambda: spoiled(
        'kind = "barabasi_albert", links = 2', 'kind = "configuration", degrees = [' + "301," * 100_000 + "]"
    ),
    "200,000 empty tables in a list": lambda: _last("rungs2 = [" + "{}," * 200_000 + "]"),
    "200,000 empty rungs": lambda: "rungs = [" + "{}," * 200_000 + "]\n" + TINY,
    "100,000 empty steps": lambda: _last("[[steps]]\n" * 100_000),
    "1.9 MB of one text": lambda: spoiled('name = "tiny"', 'name = "' + "x" * 1_900_000 + '"'),
    "1.9 MB of comments": lambda: TINY + "# x\n" * 475_000,
    "1.9 MB of empty lines": lambda: TINY + "\n" * 1_900_000,
    "1.9 MB of open quotes": lambda: TINY + '"' * 1_900_000,
    "1.9 MB of backslashes": lambda: TINY + 'x = "' + "\\" * 1_900_000,
    "1.9 MB of equals signs": lambda: TINY + "=" * 1_900_000,
    "1.9 MB of points": lambda: TINY + "." * 1_900_000,
    "1.9 MB of brackets that close": lambda: TINY + "]" * 1_900_000,
    "1.9 MB of numbers": lambda: _last("x = [" + "1," * 950_000 + "]"),
    "400,000 keys": lambda: _lines("a# = 1", 150_000) + TINY,
    "3 MB": lambda: TINY + "# x\n" * 750_000,
}

TOO_DEEP: dict[str, Callable[[], str]] = {
    "a dotted key of 700 parts": lambda: _last(".".join(["a"] * 700) + " = 1"),
    "a dotted key of 100,000 parts": lambda: _last(".".join(["a"] * 100_000) + " = 1"),
    "a quoted dotted key of 5,000 parts": lambda: _last(".".join(['"a"'] * 5_000) + " = 1"),
    "a dotted key with blanks of 5,000 parts": lambda: _last(" . ".join(["a"] * 5_000) + " = 1"),
    "a header of 5,000 parts": lambda: _last("[" + ".".join(["a"] * 5_000) + "]"),
    "a list header of 5,000 parts": lambda: _last("[[" + ".".join(["a"] * 5_000) + "]]"),
    "lists 50,000 deep": lambda: _last("x = " + "[" * 50_000 + "]" * 50_000),
    "lists 900,000 deep that never end": lambda: _last("x = " + "[" * 900_000),
    "tables 5,000 deep": lambda: _last("x = " + "{ a = " * 5_000 + "1" + " }" * 5_000),
    "lists and tables by turns, 2,000 deep": lambda: _last("x = " + "[{ a = " * 2_000 + "1" + " }]" * 2_000),
    "30 deep, 20 more below each": lambda: _last("[" + ".".join(["a"] * 30) + "]\n" + ".".join(["b"] * 20) + " = 1"),
    "a set of a deep table": lambda: _last("[strategies.x.set]\n" + ".".join(["a"] * 400) + " = 1"),
    "sources of a deep table": lambda: _last("[sources]\n" + ".".join(["a"] * 400) + ' = "x"'),
    "a number of 1,000,000 digits": lambda: _last("x = " + "9" * 1_000_000),
    "a number of 900 digits": lambda: spoiled("market_size = 300", "market_size = " + "9" * 900),
    "a float of 100,000 digits": lambda: spoiled("months = 6", "months = 6." + "0" * 100_000),
    "a key of 1,000,000 characters": lambda: _last("k" * 1_000_000 + " = 1"),
    "a quoted key of 1,000,000 characters": lambda: _last('"' + "k" * 1_000_000 + '" = 1'),
    "a name of 100,000 characters": lambda: spoiled('name = "loyal"', 'name = "' + "l" * 100_000 + '"'),
    "a strategy's name of 100,000 characters": lambda: _last('[strategies."' + "s" * 100_000 + '"]'),
    "a set key of 500,000 points": lambda: _last('[strategies.x.set]\n"' + "a." * 500_000 + '" = 1'),
    "a source key of 500,000 points": lambda: _last('[sources]\n"' + "a." * 500_000 + '" = "x"'),
}

STRANGE: dict[str, Callable[[], str | bytes]] = {
    "a joiner in a rung's name": lambda: TINY.replace('"loyal"', f'"loy{ZWJ}al"'),
    "a word joiner in a strategy's name": lambda: _last(f'[strategies."a{WORD_JOINER}"]\nlabel = "x"'),
    "a soft hyphen in a channel's name": lambda: TINY.replace('"ads"', f'"a{SOFT_HYPHEN}ds"'),
    "a mark that turns the line in a label": lambda: spoiled('label = "Alpha"', f'label = "Al{BIDI}pha"'),
    "a mark that turns the line in a key": lambda: _last(f'"mon{BIDI}ths" = 1'),
    "a colour in a key": lambda: _last('"\\u001b[31mmonths" = 1'),
    "a colour in a value": lambda: spoiled('currency = "EUR"', 'currency = "\\u001b[31m"'),
    "a filler for a name": lambda: TINY.replace('"loyal"', '"loyal\u3164"'),
    "a thousand combining marks": lambda: spoiled('label = "Alpha"', 'label = "A' + "\u0301" * 1_000 + '"'),
    "only combining marks for a name": lambda: TINY.replace('"loyal"', '"' + "\u0301" * 10 + '"'),
    "a label of a million characters": lambda: spoiled('label = "Alpha"', 'label = "' + "A" * 1_000_000 + '"'),
    "a colour in the name of a file that is extended": lambda: 'extends = "\\u001b[31m.toml"',
    "half a surrogate": lambda: TINY.encode() + b'x = "\xed\xa0\x80"',
    "UTF-16": lambda: TINY.encode("utf-16"),
    "UTF-32": lambda: TINY.encode("utf-32"),
    "zeros": lambda: b"\0" * 100_000,
    "bytes of all kinds": lambda: bytes(range(256)) * 1_000,
    "line ends of old Macs": lambda: TINY.replace("\n", "\r"),
    "a lone line separator": lambda: TINY.replace("\n", "\u2028"),
    "a program": lambda: b"\x7fELF" + bytes(1_000),
    "a gzip file": lambda: b"\x1f\x8b\x08\x00" + b"\x01" * 500,
    "a page of HTML": lambda: "<!doctype html><script>alert(1)</script>\n" * 1_000,
    "JSON": lambda: '{"name": "tiny", "months": 6}',
    "YAML that builds objects": lambda: "!!python/object/apply:os.system ['true']\n",
    "nothing": lambda: "",
    "blanks": lambda: " \t\n" * 10_000,
    "names of Python": lambda: _last("__class__ = 1\n__init__ = { x = 1 }\nmodel_fields = 3\n_file = '/etc/passwd'"),
    "a format string": lambda: TINY.replace("tiny", "{0.__class__}%s%n{label}"),
    "markup in names": lambda: spoiled('label = "Alpha"', 'label = "<img src=x onerror=alert(1)>[red]"'),
    "a date in year 0": lambda: _last("x = 0000-00-00"),
    "a start date in the year 9999": lambda: "start_date = 9999-12-31\n" + TINY,
    "a start date in the year 1": lambda: "start_date = 0001-01-01\n" + TINY,
    "a time for a number": lambda: spoiled("months = 6", "months = 07:32:00"),
}

NUMBERS: dict[str, Callable[[], str]] = {
    "4 billion people": lambda: spoiled("market_size = 300", "market_size = 4_000_000_000"),
    "more people than there can be": lambda: spoiled("market_size = 300", "market_size = 10_000_000_000_000_000_000_000"),
    "minus one people": lambda: spoiled("market_size = 300", "market_size = -1"),
    "1e300 months": lambda: spoiled("months = 6", "months = 1e300"),
    "a thousandth of a month": lambda: spoiled("months = 6", "months = 0.001"),
    "a gamma of 1e300": lambda: spoiled(
        "orders_per_month = 1.0", 'orders_per_month = { law = "gamma", shape = 1e300, scale = 1e300 }'
    ),
    "a gamma of 1e-300": lambda: spoiled(
        "orders_per_month = 1.0", 'orders_per_month = { law = "gamma", shape = 1e-300, scale = 1e-300 }'
    ),
    "a normal of sd 100 for a rate": lambda: spoiled(
        "orders_per_month = 1.0", 'orders_per_month = { law = "normal", mean = 0.1, sd = 100 }'
    ),
    "a normal of sd 100 for a share": lambda: spoiled(
        "probability = 0.2", 'probability = { law = "normal", mean = 0.1, sd = 100 }'
    ),
    "a lognormal of spread 1e6": lambda: spoiled(
        "orders_per_month = 1.0", 'orders_per_month = { law = "lognormal", mean = 1, spread = 1e6 }'
    ),
    "a lognormal of median 1e300": lambda: spoiled(
        "orders_per_month = 1.0", 'orders_per_month = { law = "lognormal", median = 1e300, spread = 1 }'
    ),
    "a beta of 1e-300": lambda: spoiled("probability = 0.2", 'probability = { law = "beta", a = 1e-300, b = 1e-300 }'),
    "a beta of 1e300": lambda: spoiled("probability = 0.2", 'probability = { law = "beta", a = 1e300, b = 1e300 }'),
    "a uniform of 1e308": lambda: spoiled(
        "orders_per_month = 1.0", 'orders_per_month = { law = "uniform", low = -1e308, high = 1e308 }'
    ),
    "a range that is no number": lambda: spoiled("orders_per_month = 1.0", "orders_per_month = { low = nan, high = inf }"),
    "a spread of 1e300 for baskets": lambda: spoiled("spread = 0.5", "spread = 1e300"),
    "a million links": lambda: spoiled("links = 2", "links = 1_000_000"),
    "ten million copies": lambda: spoiled("seed = 1 }", "seed = 1, copies = 10_000_000 }"),
}
