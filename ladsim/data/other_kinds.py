"""Rungs, leads and deals, referrals, survey answers, contacts, subscriptions: from the rows of a source to a clean table of each kind.

In: the rows of a source. Out: the table ``clean``, whose columns stand above each function. To read another kind: a function here, a line in
``KINDS`` of ``columns.py`` and one in ``read.py``.
"""

from __future__ import annotations

from ladsim.data import amounts as reading_amounts
from ladsim.data import day_columns, ids
from ladsim.data.rows import Rows
from ladsim.data.words import cell_words, says, sql_list
from ladsim.errors import DataError
from ladsim.world.nobody import NOBODY

_FEW_RUNGS = 2  # that are shown however few rows there are
_MOST_RUNGS = 60  # that are shown however many rows there are: no ladder has as many (an assumption)
_OUTSIDE = 0.2  # share of answers outside 0 to 10 from which on it is another scale (an assumption)
_MOST_GROUPS = 12  # of a test; a column with more holds something else (an assumption)
_OTHER_SCALE, _ANSWERS = (1, 7), 20  # so many answers, none outside these: a scale of 5 or of 7 (an assumption)


def _people(rows: Rows, role: str = "customer") -> str:
    """The column `customer`, from a column of ids; where there is none, every row is a person."""
    if not rows.has(role):
        rows.add("customer", "VARCHAR", "CAST(line AS VARCHAR)")
        rows.report = rows.report.odd("no_ids")
        return "customer"
    ids.customers(rows, role, "customer")
    return "customer"


def _without(rows: Rows, dated: str = "") -> None:
    """Leave out rows of nobody, and where a date is needed those without one."""
    if rows.has("customer") or rows.has("lead"):
        if rows.one("SELECT count(*) FROM work WHERE customer <> ''") == 0:
            raise DataError(f"{rows.file}: found no customer in any row")
        rows.drop("no_customer", "customer = ''")
    if dated:
        rows.drop_undated(f"{dated} IS NULL", {"day": "date", "start": "start"}[dated])


def _twice(rows: Rows) -> None:
    """Leave out whole rows that come again."""
    if rows.asked.duplicates != "keep":
        rows.drop("duplicates", "line NOT IN (SELECT min(line) FROM work GROUP BY same)")


def _summary(rows: Rows, *days: str) -> None:
    """Customers and period."""
    has_ids = rows.has("customer") or rows.has("lead")
    if has_ids:
        ids.tell_ids(rows, "customer")
    n, customers = rows.store.first("SELECT count(*), count(DISTINCT customer) FROM clean")
    report = rows.report.told("kept", n=int(n), number=int(n)).told(
        "customers", n=int(customers) * has_ids, number=int(customers)
    )
    ends = [day for day in days if day]
    if ends:
        both = ", ".join(f"min({day}), max({day})" for day in ends)
        found = [day for day in rows.store.first(f"SELECT {both} FROM clean") if day is not None]
        if found:
            report = report.told("period", first=min(found), last=max(found))
    rows.report = report


def stages(rows: Rows) -> None:
    """customer, date (none in a single snapshot), stage, from_stage."""
    customer, day = _people(rows), day_columns.day(rows, "date", "day")
    rows.totals(customer, f"nullif({rows.cell('stage')}, '')")
    _without(rows, "day" if rows.has("date") else "")
    rows.drop("no_stage", f"{rows.cell('stage')} = ''", column=rows.named("stage"))
    _twice(rows)
    if rows.has("date"):
        day_columns.future(rows, "day")
    before = f", nullif({rows.cell('from_stage')}, '') AS from_stage" if rows.has("from_stage") else ""
    rows.finish(f"SELECT customer, CAST({day} AS DATE) AS date, {rows.cell('stage')} AS stage{before}, line FROM work")
    again = rows.one("SELECT count(*) FROM (SELECT customer FROM clean GROUP BY customer, date HAVING count(DISTINCT stage) > 1)")
    rows.report = rows.report.odd("two_stages", n=int(again))
    found = rows.store.execute("SELECT stage, count(*) FROM clean GROUP BY 1 ORDER BY 2 DESC").fetchall()
    if len(found) > min(_MOST_RUNGS, max(_FEW_RUNGS, 0.5 * sum(row[1] for row in found))):  # they may be names of people
        rows.report = rows.report.odd("many_stages", n=len(found), column=rows.named("stage"))
    else:
        rows.report = rows.report.told("stages", n=len(found), names=", ".join(str(row[0]) for row in found[:8]))
    if not rows.has("date"):
        rows.report = rows.report.told("snapshot")
    _summary(rows, "date" if rows.has("date") else "")


def deals(rows: Rows) -> None:
    """customer (the lead), created, won, lost, status, amount, source."""
    amount = rows.amount("amount", "amount")
    customer = _people(rows, "lead")
    created, won, lost = (
        day_columns.day(rows, role, name) for role, name in (("created", "created"), ("won", "won"), ("lost", "lost"))
    )
    one = created if created != "NULL" else won
    rows.totals(customer, one)
    _without(rows)
    rows.drop_undated(f"{created} IS NULL AND {won} IS NULL", "created" if rows.has("created") else "won")
    _twice(rows)
    every = f"({created}, {won}, {lost})"
    day_columns.future(rows, f"least{every}", f"greatest{every}")
    if rows.asked.until is not None:
        day_columns.not_yet(rows, "decided_later", won, lost)
    more = "".join(f", nullif({rows.cell(role)}, '') AS {role}" for role in ("status", "source") if rows.has(role))
    more += ", amount::DOUBLE AS amount" if amount != "NULL" else ""
    rows.finish(
        f"SELECT customer, CAST({created} AS DATE) AS created, CAST({won} AS DATE) AS won, CAST({lost} AS DATE) AS lost{more}, line FROM work"
    )
    early = rows.one("SELECT count(*) FROM clean WHERE won < created OR lost < created")
    n_won = rows.one("SELECT count(won) FROM clean")
    again = rows.one("SELECT count(*) - count(DISTINCT customer) FROM clean")
    rows.report = rows.report.odd("won_before", n=int(early)).odd("again", n=int(again)).told("won", n=int(n_won))
    _summary(rows, "created", "won", "lost")


def referrals(rows: Rows) -> None:
    """customer, referrer (none where nobody referred them), date."""
    _people(rows)
    day = day_columns.day(rows, "date", "day")
    rows.totals("customer", day if day != "NULL" else "'x'")
    _without(rows)
    _twice(rows)
    if rows.has("date"):
        day_columns.future(rows, day)
    cell = rows.cell("referrer")
    marks = ["", *sorted(NOBODY)]
    named = f"lower({cell}) IN (SELECT lower(customer) FROM work)"
    who = f"CASE WHEN list_contains({sql_list(marks)}, lower({cell})) AND NOT {named} THEN NULL ELSE {cell} END"
    whole = "SELECT count(*) = count(*) FILTER (regexp_full_match({0}, '[0-9]+(?:[.,]0+)?')) FROM work WHERE {0} IS NOT NULL"
    rows.add("referrer", "VARCHAR", who)
    if rows.one(whole.format("referrer")):
        rows.store.execute("UPDATE work SET referrer = regexp_replace(referrer, '[.,]0+$', '')")
    rows.drop("own_referrer", "referrer = customer")
    rows.drop("second_referrer", "line NOT IN (SELECT arg_min(line, (referrer IS NULL, line)) FROM work GROUP BY customer)")
    rows.finish(f"SELECT customer, referrer, CAST({day} AS DATE) AS date, line FROM work")
    referred = rows.one("SELECT count(referrer) FROM clean")
    strange = rows.one("SELECT count(DISTINCT referrer) FROM clean WHERE referrer NOT IN (SELECT customer FROM clean)")
    rows.report = rows.report.told("referred", n=int(referred)).odd("strangers", n=int(strange))
    _summary(rows, "date" if rows.has("date") else "")


def survey(rows: Rows) -> None:
    """customer, date, score (0 to 10)."""
    customer, day = _people(rows), day_columns.day(rows, "date", "day")
    rows.totals(customer, "1")
    _without(rows)
    cell, name = rows.cell("score"), rows.named("score")
    rows.drop("no_answer", reading_amounts.missing(cell))
    text = f"replace(regexp_extract({cell}, '^\\s*(-?\\d+(?:[.,]\\d+)?)', 1), ',', '.')"
    rows.add("score", "DOUBLE", f"TRY_CAST(nullif({text}, '') AS DOUBLE)")
    n, outside, low, high = rows.store.first(
        "SELECT count(*), count(*) FILTER (score IS NULL OR score < 0 OR score > 10 OR score <> floor(score)), min(score), max(score) FROM work"
    )
    if n and low is None:
        raise DataError(f"{rows.file}: column {name!r}: found no number in any answer, must be whole numbers from 0 to 10")
    if n and outside > max(1, _OUTSIDE * n):
        raise DataError(
            f"{rows.file}: column {name!r}: found answers from {low:g} to {high:g}, must be whole numbers from 0 to 10"
        )
    if n >= _ANSWERS and low is not None and low >= _OTHER_SCALE[0] and high <= _OTHER_SCALE[1]:
        raise DataError(
            f"{rows.file}: column {name!r}: found answers from {low:g} to {high:g} only, must be a scale from 0 to 10"
        )
    if rows.has("customer"):  # else equal rows may be two people's
        _twice(rows)
    if rows.has("date"):
        day_columns.future(rows, day)
    rows.drop("outside", "score IS NULL OR score < 0 OR score > 10 OR score <> floor(score)", column=name)
    rows.finish(f"SELECT customer, CAST({day} AS DATE) AS date, CAST(score AS INTEGER) AS score, line FROM work")
    shares = rows.store.first("SELECT avg((score >= 9)::INT), avg((score <= 6)::INT) FROM clean")
    rows.report = rows.report.told(
        "answers",
        promoters=round(100 * float(shares[0]), 1),
        critics=round(100 * float(shares[1]), 1),
        nps=round(100 * float(shares[0] - shares[1]), 1),
    )
    _summary(rows, "date" if rows.has("date") else "")


def contacts(rows: Rows) -> None:
    """customer, campaign, date, outcome (true, false, or none), amount."""
    amount = rows.amount("amount", "amount")
    customer, day = _people(rows), day_columns.day(rows, "date", "day")
    rows.totals(customer, day if rows.has("date") else "'x'")
    _without(rows)
    rows.drop("no_campaign", f"{rows.cell('campaign')} = ''", column=rows.named("campaign"))
    if rows.has("customer"):  # else equal rows may be two people's
        _twice(rows)
    if rows.has("date"):
        day_columns.future(rows, day)
    outcome = "NULL"
    if rows.has("outcome"):
        cell = f"lower({rows.cell('outcome')})"
        yes, no = (f"list_contains({sql_list(cell_words(word))}, {cell})" for word in ("yes", "no"))
        outcome = f"CASE WHEN {yes} THEN TRUE WHEN {no} THEN FALSE END"
        odd = rows.store.execute(
            f"SELECT {cell}, count(*) FROM work WHERE {cell} <> '' AND {outcome} IS NULL GROUP BY 1 ORDER BY 2 DESC"
        ).fetchall()
        if odd:
            raise DataError(
                f"{rows.file}: column {rows.named('outcome')!r}: found {str(odd[0][0])[:40]!r}, must be yes or no (1 or 0)"
            )
    money = ", amount::DOUBLE AS amount" if amount != "NULL" else ""
    campaign = _with_group(rows)
    rows.finish(
        f"""SELECT customer, {campaign} AS campaign, CAST({day} AS DATE) AS date, CAST({outcome} AS BOOLEAN) AS outcome{money}, line
            FROM work"""
    )
    n, yes = rows.store.first("SELECT count(DISTINCT campaign), count(*) FILTER (outcome) FROM clean")
    rows.report = rows.report.told("campaigns", n=int(n))
    if rows.has("outcome"):
        rows.report = rows.report.told("reacted", n=int(yes), share=float(rows.one("SELECT avg(outcome::INT) FROM clean") or 0.0))
    _summary(rows, "date" if rows.has("date") else "")


def _with_group(rows: Rows) -> str:
    """SQL: the campaign, and behind it in brackets the group of a test that somebody is in ("Spring (control)"), where a column says so.

    A column of yes and no says who was treated; one that is called control says who was not.
    """
    campaign, group = rows.cell("campaign"), rows.cell("group")
    if not rows.has("group"):
        return _named(campaign, rows.named("campaign")) if _is_yes_or_no(rows, campaign) else campaign
    if _is_yes_or_no(rows, group):
        group = _named(group, rows.named("group"))
    else:
        few = f"SELECT DISTINCT {group} FROM work WHERE {group} <> '' LIMIT {_MOST_GROUPS + 1}"
        names = [str(row[0]) for row in rows.store.execute(few).fetchall()]
        if len(names) > _MOST_GROUPS or not any(says(name, "control") for name in names):
            rows.report = rows.report.odd("no_test", column=rows.named("group"))
            return campaign
    return f"{campaign} || CASE WHEN {group} = '' THEN '' ELSE ' (' || {group} || ')' END"


def _is_yes_or_no(rows: Rows, cell: str) -> bool:
    """Whether a column has both yes and no, and nothing else."""
    yes, no = (f"list_contains({sql_list(cell_words(word))}, lower({cell}))" for word in ("yes", "no"))
    found = f"SELECT bool_or({yes}) AND bool_or({no}) AND bool_and({yes} OR {no}) FROM work WHERE {cell} <> ''"
    return bool(rows.one(found))


def _named(cell: str, column: str) -> str:
    """SQL: treated or control, of a column of yes and no."""
    control = "yes" if says(column, "control") else "no"
    is_control = f"list_contains({sql_list(cell_words(control))}, lower({cell}))"
    return f"CASE WHEN {cell} = '' THEN '' WHEN {is_control} THEN 'control' ELSE 'treated' END"


def subscriptions(rows: Rows) -> None:
    """customer, start, end (none where it goes on), plan, amount, reason."""
    amount = rows.amount("amount", "amount")
    customer, start, end = (
        _people(rows),
        day_columns.day(rows, "start", "start"),
        day_columns.day(rows, "end", "ended", open_end=True),
    )
    rows.totals(customer, start)
    _without(rows, "start")
    _twice(rows)
    if end != "NULL":
        rows.drop("end_before_start", "ended < start")
    day_columns.future(rows, start)
    day_columns.not_yet(rows, "planned_ends", end)
    more = "".join(f", nullif({rows.cell(role)}, '') AS {role}" for role in ("plan", "reason") if rows.has(role))
    more += ", amount::DOUBLE AS amount" if amount != "NULL" else ""
    rows.finish(f'SELECT customer, start, CAST({end} AS DATE) AS "end"{more}, line FROM work')
    going = rows.one('SELECT count(*) FROM clean WHERE "end" IS NULL')
    again = rows.one("SELECT count(*) - count(DISTINCT customer) FROM clean")
    rows.report = rows.report.told("going_on", n=int(going)).odd("again", n=int(again))
    _summary(rows, "start", '"end"')
