"""Club, cashback, discount and referral reward against numbers counted by hand and closed forms.

Tests: ``scenario/programs/cashback.py``, ``scenario/programs/club.py``, ``scenario/programs/discount.py``,
``scenario/programs/referral_reward.py``, ``scenario/programs/rulebook.py``, ``scenario/programs/rules.py``,
``scenario/programs/tables.py``.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.errors import PolicyError
from ladsim.model.layout import MEMBER_COUNTS
from ladsim.scenario.load import validated
from ladsim.scenario.programs.rules import shipped_hooks


def market(programs: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """100 customers who order twice a month for 30 each; those who lapse come back."""
    return {
        "schema": 1, "name": "shop", "months": 12, "market_size": 100,
        "rungs": [{"name": "customer", "share": 1.0, "orders_per_month": 2.0}, {"name": "lapsed", "off_ladder": True}],
        "steps": [{"from": "customer", "to": "lapsed", "monthly": 0.1}, {"from": "lapsed", "to": "customer", "monthly": 0.3}],
        "basket": {"law": "constant", "mean": 30.0}, "money": {"margin": 0.5}, "programs": programs,
    } | more  # fmt: skip


def alone(club: dict[str, Any], months: float, size: int) -> dict[str, Any]:
    """A club that everybody is in from the start, and nothing else."""
    return {
        "schema": 1, "name": "club", "months": months, "market_size": size, "rungs": [{"name": "member", "share": 1.0}], "steps": [],
        "programs": [{"kind": "club", "joins": {"on_rungs": "member", "probability": 1.0}, **club}],
    }  # fmt: skip


def counts(history: History, place: int = 0) -> dict[str, int]:
    """What was counted of a programme's members, over all months."""
    return dict(zip(MEMBER_COUNTS, (int(n) for n in history.members.sum(axis=0)[place]), strict=True))


def booked(history: History, cause: str) -> float:
    """What was booked to a cause, in the currency."""
    place = history.causes.index(cause)
    return float(history.money[:, place].sum() + history.market_money[:, place].sum()) / history.unit


def survival(a: float, b: float, t: int) -> float:
    """B(a, b + t) / B(a, b)."""
    return math.exp(math.lgamma(b + t) - math.lgamma(a + b + t) + math.lgamma(a + b) - math.lgamma(b))


SEGMENTS = {"high_end": (0.6681, 3.8061), "regular": (0.7041, 1.1820)}


def there(history: History, months: int) -> np.ndarray:
    """Members just after each yearly fee date, as a share of all: (years,)."""
    return np.asarray(history.levels[1 : months + 2 : 12, 1] / history.size)


class TestClub:
    @pytest.mark.parametrize("segment", SEGMENTS)
    def test_survival_of_clubs_whose_members_differ(self, segment: str) -> None:
        """20,000 members over twelve yearly fees: S(t) = B(a, b + t) / B(a, b), |z| ≤ 4 (members are independent)."""
        a, b = SEGMENTS[segment]
        club = {"fee": 10.0, "fee_every_months": 12.0, "renewal_beta": [a, b]}
        history = simulate(validated(alone(club, 145, 20_000)), seed=5, engine="fast", customers=False)
        expected = np.array([survival(a, b, t) for t in range(13)])
        found = there(history, 144)
        assert found[0] == 1.0
        assert np.all(np.abs(found - expected)[1:] <= 4 * np.sqrt(expected * (1 - expected) / 20_000)[1:])
        paid = 20_000 * (1 + found[1:].sum())
        assert history.cash.sum() == pytest.approx(10 * paid * history.unit, rel=1e-12)
        earned = 20_000 * (1 + found[1:12].sum() + found[12] / 12)  # a month of the last year
        assert booked(history, "club:fees") == pytest.approx(10 * earned, rel=1e-6)

    @pytest.mark.long
    @pytest.mark.timeout(1500)
    @pytest.mark.parametrize("segment", SEGMENTS)
    def test_survival_at_a_million(self, segment: str) -> None:
        """V9: Fader & Hardie 2007, a million members, ± .002; S(12) at the printed parameters .37799 and .17002."""
        a, b = SEGMENTS[segment]
        club = {"fee": 10.0, "fee_every_months": 12.0, "renewal_beta": [a, b]}
        history = simulate(validated(alone(club, 145, 1_000_000)), seed=9, engine="fast", customers=False)
        expected = np.array([survival(a, b, t) for t in range(13)])
        assert expected[12] == pytest.approx({"high_end": 0.37799, "regular": 0.17002}[segment], abs=5e-6)
        assert there(history, 144) == pytest.approx(expected, abs=0.002)

    def test_survival_is_geometric(self) -> None:
        """One chance for all, a tenth of the payments fails and half of those are paid later: p · (1 − .1 · .5) a month."""
        club = {"fee": 1.0, "renewal_probability": 0.9, "failed_payment_share": 0.1, "recovered_share": 0.5, "retry_days": 3.0}
        history = simulate(validated(alone(club, 13, 20_000)), seed=5, engine="fast")
        stays = (0.9 * 0.95) ** np.arange(1, 13)
        found = history.levels[1:13, 1] / 20_000
        assert np.all(np.abs(found - stays) <= 4 * np.sqrt(stays * (1 - stays) / 20_000))
        said = counts(history)
        assert said["left"] == said["cancelled"] + said["failed"] == 20_000 - history.levels[-1, 1]
        # Of those who leave, .05 because a payment failed and .95 · .1 because they wanted to.
        share = 0.05 / (0.05 + 0.95 * 0.1)
        assert abs(said["failed"] / said["left"] - share) <= 4 * math.sqrt(share * (1 - share) / said["left"])

    def test_a_pause_has_no_fee_and_no_benefits(self) -> None:
        """Nobody wants to go on, everybody pauses for two months: one fee in three months, and no order is cheaper meanwhile."""
        club = {
            "kind": "club", "joins": {"probability": 1.0}, "fee": 5.0, "renewal_probability": 0.0, "pause_share": 1.0,
            "pause_months": 2.0, "discount_share": 1.0, "cost_per_member": 1.0, "cost_per_order": 0.25,
        }  # fmt: skip
        history = simulate(validated(market([club], steps=[])), seed=2)
        assert history.cash.sum() == 100 * 5 * 5 * history.unit  # at 0, 3, 6, 9 and 12 months
        assert booked(history, "club:fees") == 100 * 5 * 4  # the last one is for what comes after the horizon
        assert history.levels[:, 1:3].tolist()[:5] == [[100, 0], [0, 100], [0, 100], [100, 0], [0, 100]]
        free = -booked(history, "club:discounts") / 30.0
        assert free == -booked(history, "club:rewards") / 0.25
        assert free == history.orders[[1, 4, 7, 10]].sum()
        assert booked(history, "club:running") == pytest.approx(-100 * 4.0)

    def test_who_falls_off_the_ladder_does_not_pay_again(self) -> None:
        """Everybody would renew; the only ones to leave stand off the ladder at a fee date."""
        club = {"kind": "club", "joins": {"probability": 1.0}, "fee": 5.0, "renewal_probability": 1.0}
        steps = [{"from": "customer", "to": "lapsed", "monthly": 0.2}]
        history = simulate(validated(market([club], steps=steps, months=13)), seed=2, log=True)
        gone = int(history.counts[-2, 0, 1])  # lapsed before the last fee date
        assert counts(history)["cancelled"] == counts(history)["left"] == gone > 50
        assert history.levels[-1, 1] == 100 - gone

    def test_satisfied_members_stay(self) -> None:
        """With a satisfaction of 10 and β = −1, −ln(1 − leaving) is multiplied by 1/e."""
        club = {"fee": 1.0, "renewal_probability": 0.5, "satisfaction_effect": -1.0}
        data = alone(club, 1.5, 20_000) | {"satisfaction": {"start": 10.0}}
        found = simulate(validated(data), seed=5, engine="fast").levels[-1, 1] / 20_000
        stays = 0.5 ** math.exp(-1.0)
        assert abs(found - stays) <= 4 * math.sqrt(stays * (1 - stays) / 20_000)


class TestCashback:
    def test_credit_is_taken_off_the_next_order(self) -> None:
        """With 10 % of 30 back: a member's first order costs 30, the second 27, the third 27.30: each 30 less a tenth of the former."""
        program = {"kind": "cashback", "joins": {"probability": 1.0}, "cashback_share": 0.1}
        history = simulate(validated(market([program], steps=[])), seed=4)
        orders = [int(n) for n in history.customers["booked"]]  # type: ignore[index]
        price, paid = 30 * history.unit, [0]
        for k in range(max(orders)):
            paid.append(price - int(np.rint(0.1 * paid[k])))
        credit = sum(price - paid[k] for n in orders for k in range(1, n + 1))
        assert -booked(history, "cashback:discounts") == credit / history.unit
        said = counts(history)
        assert said["issued"] - said["redeemed"] == sum(int(np.rint(0.1 * paid[n])) for n in orders)

    def test_payout_at_a_minimum(self) -> None:
        """3 back of each order, paid out from 9 on: at every third order; the rest is never claimed."""
        program = {"kind": "cashback", "joins": {"probability": 1.0}, "cashback_share": 0.1, "minimum_balance": 9.0}
        history = simulate(validated(market([program])), seed=4)
        orders = history.customers["booked"].astype(int)  # type: ignore[index]
        assert booked(history, "cashback:rewards") == -9.0 * (orders // 3).sum()
        assert counts(history)["rewards"] == (orders // 3).sum()
        assert counts(history)["issued"] - counts(history)["redeemed"] == 3 * history.unit * (orders % 3).sum()

    def test_credit_expires_after_the_last_order(self) -> None:
        """Nobody orders again for a month with rate 2 with chance e⁻²: that balance expires, and only once."""
        program = {"kind": "cashback", "joins": {"probability": 1.0}, "cashback_share": 0.1, "inactive_months": 1.0}
        history = simulate(validated(market([program])), seed=4, log=True)
        said, events = counts(history), history.events()
        expired = events[events["event"] == "expire"]
        left = events[events["event"].isin(["earn", "redeem", "expire"])].assign(
            change=lambda e: e["amount"].where(e["event"] == "earn", -e["amount"])
        )
        outstanding = left.groupby("customer")["change"].sum()
        assert len(expired) > 50
        assert (left.groupby("customer")["change"].cumsum() > -1e-9).all()
        assert said["issued"] - said["redeemed"] - said["expired"] == round(outstanding.sum() * history.unit) >= 0
        last = events[events["event"].isin(["order", "expire"])].groupby("customer")
        for _, rows in last:
            ordered = None
            for month, event in zip(rows["month"], rows["event"], strict=True):
                if event == "expire":
                    assert ordered is not None
                    assert month - ordered == pytest.approx(1.0, abs=1e-6)
                ordered = month if event == "order" else None


class TestDiscount:
    def test_by_rung_between_two_dates(self) -> None:
        """20 % off each order on the rung from month 3 to month 6, and nothing else."""
        program = {"kind": "discount", "to": ["customer"], "discount_share": 0.2, "from_month": 3.0, "to_month": 6.0}
        history = simulate(validated(market([program])), seed=4)
        assert -booked(history, "discount:discounts") == pytest.approx(6.0 * history.orders[4:7].sum())
        assert counts(history)["orders"] == history.orders[4:7].sum()
        assert history.levels[3:6, 1].tolist() == history.counts[3:6, 0, 0].tolist()
        assert history.levels[6:, 1].sum() == 0

    def test_one_after_the_other(self) -> None:
        """Two discounts of 50 % leave a quarter of the price; a third of 100 % leaves nothing, and a fourth has nothing to take."""
        programs = [
            {"kind": "discount", "joins": {"probability": 1.0}, "discount_share": share} for share in (0.5, 0.5, 1.0, 0.3)
        ]
        history = simulate(validated(market(programs)), seed=4)
        orders = history.orders.sum()
        found = [-booked(history, cause) / orders for cause in history.causes if cause.endswith(":discounts")]
        assert found == [15.0, 7.5, 7.5, 0.0]


def friends(programs: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Customers who tell their friends, who come and tell theirs."""
    return market(
        programs, rungs=[
            {"name": "lead", "share": 0.8},
            {"name": "customer", "share": 0.2, "orders_per_month": 1.0, "messages_per_month": 1.0},
        ],
        steps=[{"from": "lead", "to": "customer", "trigger": "message", "probability": 0.4}],
        word_of_mouth=[{"layer": "friends", "graph": {"kind": "barabasi_albert", "links": 2}}], market_size=400, months=6, **more,
    )  # fmt: skip


class TestReferralReward:
    def test_money_for_each_new_customer(self) -> None:
        """10 to who refers (once the news has come, a tick later) and 4 to who comes; two such programmes, one letter each."""
        programs = [
            {"kind": "referral_reward", "referrer_reward": 10.0, "referred_reward": 4.0},
            {"kind": "referral_reward", "name": "more", "referrer_reward": 1.0},
        ]  # fmt: skip
        history = simulate(validated(friends(programs)), seed=4, log=True)
        referred = int(history.new_customers[..., 1].sum())
        events = history.events()
        given = -events[(events["event"] == "book") & (events["cause"] == "more:rewards")]["amount"].sum()
        assert referred > 100
        assert referred - 3 <= given <= referred  # of those who came on the last day the news is still under way
        assert booked(history, "referral_reward:rewards") == -(10 * given + 4 * referred)
        assert booked(history, "more:rewards") == -given
        for customer, rows in events[events["cause"] == "more:rewards"].groupby("customer"):
            won = events[(events["event"] == "move") & (events["other"] == customer)]
            assert len(rows) in (len(won), len(won) - 1)

    def test_from_its_first_instant_on(self) -> None:
        """Who comes at the very instant at which the programme begins is rewarded; who came before is not."""
        program = {"kind": "referral_reward", "referred_reward": 4.0, "from_month": 1}
        history = simulate(validated(friends([program])), seed=4, log=True)
        events = history.events()
        came = events[(events["event"] == "move") & (events["to"] == "customer")]["month"]
        assert min((came < 1).sum(), (came == 1).sum(), (came > 1).sum()) > 0
        assert booked(history, "referral_reward:rewards") == -4.0 * (came >= 1).sum()

    def test_limits(self) -> None:
        """At most two in all and one a month to one customer."""
        program = {"kind": "referral_reward", "referrer_reward": 1.0, "max_total": 2, "max_per_month": 1}
        history = simulate(validated(friends([program])), seed=4, log=True)
        events = history.events()
        given = events[events["cause"] == "referral_reward:rewards"]
        assert given.groupby("customer").size().max() == 2
        assert given.groupby(["customer", np.ceil(given["month"])]).size().max() == 1
        assert counts(history)["rewards"] == len(given)

    def test_points_make_members(self) -> None:
        """50 points for who refers and 20 for who comes, who become members of the points programme by it."""
        points = {"kind": "points", "joins": {"probability": 0.001}, "reward_at": 1000.0, "points_per_unit": 1e-9}
        program = {"kind": "referral_reward", "referrer_reward": 50.0, "referred_reward": 20.0, "reward": "points"}
        history = simulate(validated(friends([points, program])), seed=4, log=True)
        events = history.events()
        earned = events[events["event"] == "earn"]
        newcomers = int(history.new_customers[..., 1].sum())
        assert (earned["amount"] == 20.0).sum() == newcomers
        assert counts(history)["issued"] == 1000 * earned["amount"].sum()
        assert history.levels[-1, 1] >= earned["customer"].nunique()
        assert booked(history, "points:rewards") == 0.0

    def test_months_free_move_the_next_fee(self) -> None:
        """Without lapse each customer pays once a month since joining, less the months that it was given free."""
        club = {"kind": "club", "joins": {"probability": 1.0}, "fee": 7.0, "renewal_probability": 1.0}
        program = {"kind": "referral_reward", "referrer_reward": 1.0, "referred_reward": 2.0, "reward": "free_month"}
        history = simulate(validated(friends([club, program])), seed=4, log=True)
        events = history.events()
        paid = events[events["event"] == "cash"]
        for customer in list(paid["customer"].unique())[:60]:
            own = paid[paid["customer"] == customer]["month"].to_numpy()
            moved = events[(events["event"] == "move") & (events["customer"] == customer)]
            free = 2 if len(moved) else 0
            won = events[(events["event"] == "move") & (events["other"] == customer)]["month"]
            gaps = np.diff(own)
            assert np.allclose(gaps, np.rint(gaps), atol=1e-6)
            between = free + sum(own[0] < month + 0.05 < own[-1] for month in won)
            assert abs(own[-1] - own[0] - (len(own) - 1) - between) <= 1  # one more may have come since the last fee


def test_a_programme_that_does_nothing_changes_nothing() -> None:
    """Costs nothing, changes nothing: the same history but for its own books."""
    idle = [
        {"kind": "club", "joins": {"probability": 0.7, "monthly": 0.1}, "renewal_probability": 0.8, "pause_share": 0.3},
        {"kind": "cashback", "joins": {"probability": 0.7}, "cashback_share": 0.0, "inactive_months": 0.3},
        {"kind": "discount", "to": ["customer"], "discount_share": 0.0, "from_month": 1.0, "to_month": 4.0},
        {"kind": "referral_reward", "referrer_reward": 0.0, "referred_reward": 0.0, "max_total": 1},
    ]
    bare, full = (simulate(validated(friends(programs)), seed=4, log=True) for programs in ([], idle))
    assert full.members[:, :, MEMBER_COUNTS.index("orders")].sum() > 0
    for name in ("counts", "flows", "orders", "new_customers", "messages", "cohorts", "cohort_buyers"):
        assert np.array_equal(getattr(bare, name), getattr(full, name)), name
    own = len(bare.causes)
    assert np.array_equal(bare.money, full.money[:, :own])
    assert not full.money[:, own:].any()
    kept = full.events()[~full.events()["event"].isin(["level"])].drop(columns="sequence").reset_index(drop=True)
    assert kept.astype(str).equals(bare.events().drop(columns="sequence").astype(str))


def test_engines_agree() -> None:
    """All kinds together, each twice."""
    programs = [
        {"kind": "points", "joins": {"probability": 0.5}, "points_per_unit": 1.0, "reward_at": 60.0, "reward_cost": 2.0, "goal_gradient": 1.0},
        {"kind": "club", "joins": {"probability": 0.5}, "fee": 3.0, "renewal_beta": [0.7, 1.2], "failed_payment_share": 0.2,
         "recovered_share": 0.5, "pause_share": 0.3, "factors": {"orders": 1.5}, "cost_per_order": 0.5},
        {"kind": "cashback", "joins": {"monthly": 0.3}, "cashback_share": 0.1, "inactive_months": 0.7},
        {"kind": "cashback", "joins": {"probability": 0.5}, "cashback_share": 0.1, "minimum_balance": 5.0, "payout_probability": 0.5},
        {"kind": "discount", "to": ["customer"], "discount_share": 0.1, "from_month": 1.0, "to_month": 4.0},
        {"kind": "referral_reward", "referrer_reward": 50.0, "reward": "points", "factors": {"messages": 1.5}},
        {"kind": "referral_reward", "referrer_reward": 1.0, "referred_reward": 2.0, "reward": "free_month", "max_per_month": 1},
    ]  # fmt: skip
    slow, fast = (simulate(validated(friends(programs)), seed=6, log=True, engine=engine) for engine in ("simpy", "fast"))
    assert slow.equals(fast)
    assert slow.money.sum() + slow.market_money.sum() == slow.daily.sum() == slow.profit_units


def test_a_minimum_too_small_to_count_is_paid_out() -> None:
    """Cashback with a minimum of less than the smallest amount pays out after every order."""
    tiny = {"kind": "cashback", "joins": {"probability": 1.0}, "cashback_share": 0.1, "minimum_balance": 1e-9}
    history = simulate(validated(market([tiny])), seed=1)
    counts = history.members[:, 0].sum(axis=0)
    orders, rewards, issued, redeemed = (counts[MEMBER_COUNTS.index(n)] for n in ("orders", "rewards", "issued", "redeemed"))
    assert issued == redeemed > 0
    assert rewards == orders


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ("def memory(numbers):\n    return -5\n", "memory: found -5, must be a whole number from 0 to 10,000"),
        ("def memory(numbers):\n    return 'four'\n", "memory: found 'four', must be"),
        ("def memory(numbers):\n    return numbers['nothing']\n", "memory cannot be run: KeyError"),
        ("import sys\nsys.exit(0)\n", "cannot be run: SystemExit"),
    ],
)
def test_a_file_of_ones_own_that_says_nonsense(tmp_path: Path, rest: str, words: str) -> None:
    """What a file says of itself is refused in words, whatever it is; it never ends the program in silence."""
    file = tmp_path / "odd.py"
    file.write_text(
        "from ladsim.compiled import hook\n@hook\ndef on_order(address, row, place, t, paid):\n    return 0.0\n" + rest,
        encoding="utf-8",
    )
    with pytest.raises(PolicyError, match=re.escape(words)):
        simulate(validated(market([{"kind": "own", "file": str(file), "joins": {"probability": 1.0}}])))


def test_cashback_is_told_of() -> None:
    """A statement a month from joining on to who has a balance, counted from the log; each is a contact and costs 0.5."""
    told = {"kind": "cashback", "joins": {"probability": 1.0}, "cashback_share": 0.1, "minimum_balance": 1e6}
    told |= {"statement_every_months": 1.0, "statement_cost": 0.5}
    history = simulate(validated(market([told])), seed=1, log=True)
    events = history.events()
    first = events[events["event"] == "earn"].groupby("customer")["month"].min()
    joined = events[(events["event"] == "level") & (events["amount"] == 1.0)].groupby("customer")["month"].min()
    end = float(history.months[-1])
    expected = sum(sum(joined[c] + k <= end and first[c] < joined[c] + k for k in range(1, int(end) + 1)) for c in first.index)
    assert history.members[:, 0, MEMBER_COUNTS.index("contacts")].sum() == expected > 100
    paid = history.money[:, history.causes.index("cashback:running")].sum() / history.unit
    assert paid == pytest.approx(-0.5 * expected)


@pytest.mark.parametrize("statements", [{}, {"statement_every_months": 0.3}])
def test_what_has_expired_counts_no_more(statements: dict[str, float]) -> None:
    """The minimum is reached by what came since the last payout or expiry, and by nothing that is gone; counted from the log."""
    slow = {"kind": "cashback", "joins": {"probability": 1.0}, "cashback_share": 0.1, "minimum_balance": 6.0}
    slow |= {"inactive_months": 0.5}
    events = simulate(validated(market([slow | statements], amounts_include_vat=0.25)), seed=1, log=True).events()
    taken, expired = (0, 0)
    for _, rows in events[events["event"].isin(["earn", "redeem", "expire"])].groupby("customer"):
        orders = 0  # each gives 3 back, VAT in: two reach the minimum
        for what in rows["event"]:
            if what == "earn":
                orders += 1
                continue
            assert orders == (2 if what == "redeem" else 1)
            orders, taken, expired = 0, taken + (what == "redeem"), expired + (what == "expire")
    assert min(taken, expired) > 100


def test_a_statement_is_a_chance_to_be_paid_out() -> None:
    """Who takes a payout one time in five takes more of them where statements ask again; expiry goes on beside them."""
    plain = {"kind": "cashback", "joins": {"probability": 1.0}, "cashback_share": 0.1, "minimum_balance": 1.0}
    plain |= {"payout_probability": 0.2, "inactive_months": 2.0}
    found = {}
    for name, more in {"plain": {}, "told": {"statement_every_months": 0.5}}.items():
        counts = simulate(validated(market([plain | more])), seed=1).members[:, 0].sum(axis=0)
        found[name] = {what: int(counts[MEMBER_COUNTS.index(what)]) for what in ("issued", "redeemed", "expired", "rewards")}
    assert found["told"]["rewards"] > found["plain"]["rewards"] > 0
    assert found["plain"]["expired"] > found["told"]["expired"] > 0
    assert found["told"]["issued"] == found["plain"]["issued"]


HOOKS = {
    "cashback": {"on_join", "credit_of", "on_order", "on_return", "on_date", "on_terms"},
    "club": {"on_join", "on_enter", "discount_of", "on_order", "on_return", "on_date", "on_grant"},
    "discount": {"on_enter", "on_join", "discount_of", "on_date"},
    "points": {"on_join", "credit_of", "on_order", "on_return", "on_date", "on_grant", "on_terms"},
    "prize_draw": {"on_order"},
    "referral_reward": {"on_convert", "on_referral"},
    "tiers": {"on_join", "level_after", "on_date", "on_terms"},
    "triggered_campaign": {"on_enter", "on_order", "on_date", "on_level", "on_terms"},
}


def test_rules_that_come_with_ladsim() -> None:
    """Every hook of every kind, once, to be compiled beforehand."""
    found: dict[str, list[str]] = {}
    for hook in shipped_hooks():
        found.setdefault(hook.__module__.removeprefix("ladsim.scenario.programs."), []).append(hook.__name__)
    assert {kind: set(names) for kind, names in found.items()} == HOOKS
    assert all(len(names) == len(HOOKS[kind]) for kind, names in found.items())
