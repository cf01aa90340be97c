"""Rungs, leads and deals, referrals, surveys, contacts, subscriptions: each found out by its columns, each dirty in its own way."""

from __future__ import annotations

import pytest

from ladsim.errors import DataError
from ladsim.i18n import Locale
from ladsim.world.nobody import NOBODY
from tests.data.conftest import Desk, told


def test_a_stage_history(desk: Desk) -> None:
    """Customer, day and rung; the rung before; the same row twice is one."""
    read = desk.read(
        "Kundenr;Dato;Fra trin;Trin\n7;01.02.2024;;Kunde\n"
        "7;15.03.2024;Kunde;Stamkunde\n7;15.03.2024;Kunde;Stamkunde\n8;20.03.2024;;Kunde\n9;;;Kunde\n"
    )
    table = read.table()
    assert read.kind == "stages"
    assert table["stage"].tolist() == ["Kunde", "Stamkunde", "Kunde"]
    assert table["from_stage"].fillna("").tolist() == ["", "Kunde", ""]
    assert {"duplicates", "no_date", "stages"} <= told(read)


def test_a_snapshot(desk: Desk) -> None:
    """Rungs without a date are one snapshot; a customer on two rungs is told."""
    read = desk.read("customer_id,lifecycle_stage\n1,lead\n2,customer\n3,customer\n3,lead\n4,\n")
    assert (read.kind, read.rows, read.report.value("two_stages"), read.report.value("no_stage")) == ("stages", 4, 1, 1)
    assert read.table()["date"].isna().all()
    assert "snapshot" in told(read)


def test_deals(desk: Desk) -> None:
    """A lead with the days on which it began, was won or lost; a deal before its lead is told, and kept."""
    read = desk.read(
        "lead_id,created_date,won_date,lost_date,value\n1,2024-01-15,2024-02-20,,1000.50\n2,2024-01-16,,2024-03-01,\n3,2024-02-17,2024-02-01,,50.25\n"
    )
    table = read.table()
    assert (read.kind, read.report.value("won"), read.report.value("won_before")) == ("deals", 2, 1)
    assert table["won"].isna().tolist() == [False, True, False]
    assert table["amount"].fillna(0).tolist() == [1000.5, 0.0, 50.25]


def test_referrals(desk: Desk) -> None:
    """Who was referred by whom; marks of nobody are none, oneself is none, a referrer without a row is told."""
    read = desk.read("Kundenr;Anbefalet af\n1;\n2;1\n3;-\n4;ukendt\n5;99\n6;6\n2;3\n")
    table = read.table().set_index("customer")["referrer"]
    assert read.kind == "referrals"
    assert table.dropna().to_dict() == {"2": "1", "5": "99"}
    assert (read.report.value("own_referrer"), read.report.value("second_referrer"), read.report.value("strangers")) == (1, 1, 1)


def test_one_list_of_marks_of_nobody(desk: Desk) -> None:
    """What ties take for nobody, customers' data does, too."""
    lines = "".join(f"{place};{mark}\n" for place, mark in enumerate(sorted(NOBODY), start=100))
    read = desk.read("Kundenr;Anbefalet af\n" + lines + "1;100\n")
    assert read.table().set_index("customer")["referrer"].dropna().to_dict() == {"1": "100"}


def test_a_survey(desk: Desk) -> None:
    """Scores from 0 to 10; no answer and answers outside are told."""
    scores = [10, 9, 9, 8, 7, 6, 3, 0, 10, 9]
    read = desk.read("respondent,nps\n" + "".join(f"{place},{score}\n" for place, score in enumerate(scores)) + "90,\n91,11\n")
    assert (read.kind, read.table()["score"].tolist()) == ("survey", scores)
    assert (read.report.value("answers", "nps"), read.report.value("no_answer"), read.report.value("outside")) == (20.0, 1, 1)


def test_another_scale_is_refused(desk: Desk) -> None:
    """Answers from 1 to 5 are no likelihood to recommend from 0 to 10."""
    with pytest.raises(DataError, match="scale from 0 to 10"):
        desk.read("respondent,score\n" + "".join(f"{place},{1 + place % 5}\n" for place in range(40)))


def test_contacts(desk: Desk) -> None:
    """Who was contacted by which campaign, and whether they reacted."""
    read = desk.read("Kunde;Kampagne;Dato;Udfald\n1;forår;13.04.2024;ja\n2;forår;13.04.2024;nej\n3;kontrol;13.04.2024;nej\n")
    assert (read.kind, read.table()["outcome"].tolist()) == ("contacts", [True, False, False])
    assert read.report.value("campaigns") == 2
    with pytest.raises(DataError, match="must be yes or no"):
        desk.read("Kunde;Kampagne;Udfald\n1;forår;måske\n")


def test_subscriptions(desk: Desk) -> None:
    """Start and end; an end that has not come is none, also where a program writes the year 9999; an end before its start is told."""
    read = desk.read(
        "Medlemsnr;Startdato;Slutdato;Abonnement\n1;13-01-2023;31-12-9999;basis\n2;14-01-2023;20-03-2023;basis\n3;15-01-2023;01-01-2023;plus\n4;16-02-2023;;plus\n"
    )
    assert read.kind == "subscriptions"
    assert read.table()["end"].isna().tolist() == [True, False, True]
    assert (read.report.value("going_on"), read.report.value("end_before_start")) == (2, 1)


def test_two_kinds_are_asked(desk: Desk) -> None:
    """A table that fits two kinds equally well is refused with both; the option chooses."""
    text = "customer,date,stage,campaign\n1,2024-01-13,lead,a\n"
    with pytest.raises(DataError, match=r"may be stages or contacts.*--kind"):
        desk.read(text)
    assert desk.read(text, kind="contacts").kind == "contacts"


def test_a_status_is_asked(desk: Desk) -> None:
    """Customer, day and status may be a snapshot of rungs: not taken for orders; with words of cancelling they are orders."""
    with pytest.raises(DataError, match="may be transactions or stages"):
        desk.read("Kunde;Status;Dato\n1;aktiv;13.01.2024\n2;passiv;13.01.2024\n")
    assert desk.read("Kunde;Status;Dato\n1;aktiv;13.01.2024\n2;passiv;13.01.2024\n", kind="stages").rows == 2
    assert desk.read("Kunde;Status;Dato\n1;betalt;13.01.2024\n2;annulleret;13.01.2024\n").rows == 1


def test_ids_that_may_be_one_customer_are_told(desk: Desk) -> None:
    """With marks of thousands and without, in letters that look the same: counted, none of them shown."""
    ids = ["1001", "1.001", "2 002", "2.002", "3.003", "999", "Anna", "Аnna", "Ａnna", "Bo\u00a0Ek", "Bo Ek", "Åse", "Ida"]
    read = desk.read("customer_id;stage\n" + "".join(f"{one};new\n" for one in ids))
    assert read.customers == len(ids)
    assert read.report.value("marked_ids") == 2 and read.report.value("look_alikes") == 5
    for language in ("en", "da", "nb"):
        said = "\n".join(read.report.lines(Locale(language)))
        assert "Anna" not in said and "1001" not in said
    usual = desk.read("customer_id;stage\n1.001;new\n2.002;new\n999;new\nÅse;new\nJosé;new\n")
    assert usual.report.value("marked_ids") is None and usual.report.value("look_alikes") is None


@pytest.mark.parametrize(
    ("kind", "head", "usual", "odd"),
    [
        ("stages", "customer,date,stage", "{n},2024-01-{d:02},lead", "c,2099-01-01,lead"),
        ("deals", "lead_id,created_date,won_date,lost_date", "{n},2024-01-{d:02},,", "c,2024-01-01,,2099-03-01"),
        ("referrals", "customer,referrer,date", "{n},a,2024-01-{d:02}", "c,b,2099-01-01"),
        ("survey", "customer,date,nps_score", "{n},2024-01-{d:02},9", "c,2099-01-01,9"),
        ("contacts", "customer,campaign,date", "{n},mail,2024-01-{d:02}", "c,mail,2099-01-01"),
        ("subscriptions", "customer,start_date,end_date", "{n},2024-01-{d:02},", "c,2099-01-01,"),
    ],
)
def test_a_typing_error_of_the_future(desk: Desk, kind: str, head: str, usual: str, odd: str) -> None:
    """In every kind of data a row of 2099 is left out, and told: it would set the last day that was watched."""
    rows = [usual.format(n=100 + day, d=day) for day in range(1, 25)]
    read = desk.read("\n".join([head, *rows, odd]) + "\n", kind=kind)
    assert (read.kind, read.rows, read.report.value("future")) == (kind, 24, 1)
    until = desk.read("\n".join([head, *rows]) + "\n", kind=kind, until="2024-01-20")
    assert (until.rows, until.report.value("after")) == (20, 4)


def test_what_is_planned_has_not_happened(desk: Desk) -> None:
    """An end after the file was written, or after the day asked for, is none yet; a deal decided after that day is open."""
    lines = "customer,start_date,end_date\na,2024-01-01,2098-01-01\nb,2024-01-01,2024-06-01\nc,2024-01-01,2024-03-01\n"
    read = desk.read(lines)
    assert read.table()["end"].isna().tolist() == [True, False, False] and read.report.value("planned_ends") == 1
    then = desk.read(lines, until="2024-04-01")
    assert then.table()["end"].isna().tolist() == [True, True, False] and then.report.value("planned_ends") == 2
    deals = desk.read("lead_id,created_date,won_date\n1,2024-01-01,2024-05-01\n2,2024-01-01,2024-02-01\n", until="2024-03-01")
    assert deals.table()["won"].isna().tolist() == [True, False] and deals.report.value("decided_later") == 1
