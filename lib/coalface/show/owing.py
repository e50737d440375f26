"""Blocks on miners' debt: shares of losses, interest cover, stress under a path, checks from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coalface.models.debt import cover_from_leverage, follow_slope
from coalface.show import money
from coalface.show.block import Block, Trace, together
from coalface.show.cards import headline
from coalface.show.figure import figure
from coalface.show.style import interval, month, num
from coalface.show.tables import table
from coalface.show.words import points, say

Series = pd.Series
_PLAIN = ("cost_pct", "bill", "bill_low", "bill_high")
BASIS = {
    "narrow": "interest on loans as printed",
    "wide": "finance cost as printed",
    "bound": "no interest is printed, so an upper bound",
}


def share_cards(newest: pd.DataFrame, names: Mapping[str, str], trace: Trace) -> list[Block]:
    """One card a firm: the largest share of its newest loss that interest can explain."""
    return [
        headline(
            f"interest_share_{firm}",
            100 * float(row["share"]),
            "percent",
            label=f"Largest share of {names[str(firm)]}'s loss that interest can explain, {row['period']}",
            digits=0,
            trace=trace,
            color="loss",
            top=100.0,
            note=f"{num(float(row['interest']), 1)} of {num(float(row['loss']), 1)} bn RUB; an upper bound.",
        )
        for firm, row in newest.iterrows()
    ]


def cover_table(cover: pd.DataFrame, names: Mapping[str, str], trace: Trace) -> Block:
    """Table of interest cover by firm and period, each definition of interest in columns of its own."""
    if cover.empty:
        return say("No accounts with both earnings and interest were known on this day.")
    shown = cover.rename_axis(columns=None).reset_index().assign(firm=lambda t: t["firm"].map(names))
    shown = shown[shown["period"] >= "2020"].reset_index(drop=True)
    words = {
        "ebitda_wide": "EBITDA, wide",
        "operating_wide": "operating, wide",
        "ebitda_narrow": "EBITDA, narrow",
        "operating_narrow": "operating, narrow",
    }
    return table(
        shown[["firm", "period", *words]].rename(columns=words),
        caption="Interest cover, the two definitions of interest kept apart",
        note="How many times EBITDA or operating income covers interest; below one it does not. "
        "Wide: finance cost of the accounts, fines and leases included. Narrow: interest on "
        "loans. A dash: not printed by that definition. A wide ratio must not be set beside a "
        "narrow one.",
        digits=dict.fromkeys(words.values(), 2),
        trace=trace,
    )


def losses_figure(
    bounds: pd.DataFrame, newest: pd.DataFrame, names: Mapping[str, str], trace: Trace, *, since: str = "2024"
) -> Block:
    """Figure of losses and of the most of each that interest can explain; `newest` makes the title."""
    recent = bounds[pd.DatetimeIndex(bounds["end"]) >= pd.Timestamp(since)] if len(bounds) else bounds
    if recent.empty:
        return say("No loss with a figure or a bound for interest was known on this day.")
    labels = [f"{names[str(firm)]}, {period}" for firm, period in recent.index]
    bars = recent[["loss", "interest", "left", "share"]].set_axis(pd.Index(labels, name="firm and period"))
    bars = bars.assign(interest=bars[["interest", "loss"]].min(axis=1))
    told = [
        f"{num(100 * float(r['share']), 0)} percent of {names[str(f)]}'s loss" for f, r in newest.iterrows()
    ]
    when = " and ".join(dict.fromkeys(newest["period"]))
    most, least = bars.iloc[int(bars["share"].argmax())], bars.iloc[int(bars["share"].argmin())]
    return figure(
        "loss_and_interest",
        money.losses,
        bars,
        title=f"Interest can explain at most {' and '.join(told)}, {when}",
        unit="Loss of the period, bn RUB; violet: the most that interest can explain",
        alt=f"Lying bars, bn RUB. {most.name}: interest at most {num(float(most['interest']), 1)} of "
        f"a loss of {num(float(most['loss']), 1)}. {least.name}: at most "
        f"{num(float(least['interest']), 1)} of {num(float(least['loss']), 1)}.",
        note="Violet: all interest of the period, or its upper bound where none is printed. Red: "
        "what would be left without any interest. Label: the largest share of interest. Half "
        "years and years overlap; results in dollars are turned at the mean rate of their months.",
        trace=trace,
        height=(0.5 * len(bars) + 0.7, 0.55 * len(bars) + 0.8),
        digits=2,
    )


def _the(period: str) -> str:
    """A period after a preposition: "the first half of 2025", but "2024"."""
    return period if period.isdigit() else f"the {period}"


def _rest(left: float) -> str:
    """What is left of a loss, in words."""
    return f"{num(left, 1)} bn RUB of it" if left > 0 else "none of it"


def contrast_words(
    newest: pd.DataFrame,
    bounds: pd.DataFrame,
    rise: pd.DataFrame,
    names: Mapping[str, str],
    trace: Trace,
) -> Block:
    """The contrast in words: one sentence a firm, what the rise of rates explains, and what follows."""
    if newest.empty:
        return say(
            "The contrast of an indebted and an almost debt-free firm needs losses that were not known yet."
        )
    out = []
    for firm, row in newest.iterrows():
        before = (
            ""
            if pd.isna(row["operating"])
            else f" Before any interest its operations {'lost' if row['operating'] < 0 else 'made'} "
            f"{num(abs(float(row['operating'])), 1)} bn RUB."
        )
        out.append(
            f"**{names[str(firm)]}**, {row['period']}: interest can explain at most "
            f"**{num(100 * float(row['share']), 0)} percent** of the loss, "
            f"{num(float(row['interest']), 1)} of {num(float(row['loss']), 1)} bn RUB "
            f"({BASIS[row['basis']]}). Without a rouble of interest "
            f"{_rest(float(row['left']))} would be left.{before}"
        )
    whole = bounds[(bounds["share"] >= 1) & (bounds["basis"] != "bound") & (bounds["months"] == 12)]
    for (firm, period), interest, loss in zip(whole.index, whole["interest"], whole["loss"], strict=True):
        out.append(
            f"In {period} interest of {num(interest, 1)} was larger than {names[str(firm)]}'s loss of "
            f"{num(loss, 1)} bn RUB: without any interest that year would not have ended in a loss."
        )
    for firm, row in rise.iterrows():
        out.append(
            f"The rise of the key rate explains less than all interest does. Had {names[str(firm)]}'s "
            f"whole net debt carried the rise from {num(float(row['key_before']), 1)} to "
            f"{num(float(row['key_then']), 1)} percent from the first day, that would be "
            f"{num(float(row['bill']), 1)} bn RUB, at most **{num(100 * float(row['share']), 0)} "
            "percent** of the loss."
        )
    if len(newest) > 1:
        least, most = int(newest["share"].argmin()), int(newest["share"].argmax())
        low, high = (names[str(newest.index[at])] for at in (least, most))
        loss, paid = (float(newest[c].iloc[least]) for c in ("loss", "interest"))
        left = float(newest["left"].iloc[most])
        verdict = (
            f", and {high}'s loss goes beyond its interest: rates alone explain neither."
            if left > 0
            else f": rates alone do not explain that loss, though they may explain {high}'s."
        )
        out.append(
            f"{low} lost {num(loss, 1)} bn RUB with at most {num(paid, 1)} of interest to pay{verdict} "
            "The bounds hold for interest paid; what tight money does through the rouble and through demand "
            "is not in them."
        )
    return points(*out, trace=trace)


def _stress_table(name: str, stress: pd.DataFrame, loan: Series[Any], trace: Trace) -> Block:
    """Table of the interest bill, the break-even EBITDA and the cover under each path."""
    words = {"cost_pct": "cost of debt", "bill": "Break-even EBITDA", "bill_low": "low", "bill_high": "high"}
    shown = stress.reset_index().rename(columns=words)
    cases = [c for c in shown.columns if c not in ("path", *words.values())]
    return table(
        shown.rename(columns={c: f"Cover by {c}" for c in cases}),
        caption=f"{name}: interest of the next twelve months under each path, and who could pay it",
        note=f"Net debt of {num(float(loan['net_debt_bn_rub']), 1)} bn RUB "
        f"({month(loan['debt_date'])}) held constant; its cost was "
        f"{num(float(loan['cost_pct']), 1)} percent on {month(loan['cost_date'])}, "
        f"{loan['cost_basis']}. Break-even: the EBITDA that just covers interest. Low and high: 90 "
        "percent, over the path's fan, the speed of refinancing and the pass-through.",
        units={"cost of debt": "percent", "Break-even EBITDA": "bn RUB", "low": "bn RUB", "high": "bn RUB"},
        digits={"cost of debt": 1, "Break-even EBITDA": 1, "low": 1, "high": 1}
        | {f"Cover by {c}": 2 for c in cases},
        trace=trace,
    )


def stress_blocks(
    tests: Mapping[str, pd.DataFrame],
    loans: Mapping[str, Series[Any]],
    names: Mapping[str, str],
    trace: Trace,
) -> Block:
    """One stress table and its reading for each firm with net debt."""
    if not tests:
        return say(
            "None of the firms had a net debt with a cost on record on this day; there is nothing to stress."
        )
    blocks = []
    for firm, stress in tests.items():
        blocks += [
            _stress_table(names[firm], stress, loans[firm], trace),
            _stress_words(names[firm], stress, trace),
        ]
    return together("stress", "".join(b.html for b in blocks), blocks)


def _stress_words(name: str, stress: pd.DataFrame, trace: Trace) -> Block:
    """Sentence on whether any path makes the debt bearable."""
    low, high = float(stress["bill"].min()), float(stress["bill"].max())
    easiest = stress["bill"].idxmin()
    cases = {c: float((stress[c] * stress["bill"]).iloc[0]) for c in stress.columns if c not in _PLAIN}
    text = (
        f"Between the paths {name}'s interest differs by {num(high - low, 1)} bn RUB "
        f"({interval(low, high, 1)}). The path of {easiest} still asks {num(low, 1)} bn RUB of EBITDA "
        "for interest alone."
    )
    if len(cases) > 1:
        most, least = max(cases, key=cases.__getitem__), min(cases, key=cases.__getitem__)
        apart = cases[most] - cases[least]
        text += (
            f" EBITDA on record differs by {num(apart, 1)} bn RUB: {num(cases[most], 1)} ({most}) against "
            f"{num(cases[least], 1)} ({least})."
        )
        if apart > 2 * (high - low):
            text += (
                " Whether the debt can be carried hangs on earnings more than on the path of the key rate."
            )
    return say(text, trace)


def checks(
    cost: pd.DataFrame, sector: Series[Any], lending: Series[Any], name: str, share: float, trace: Trace
) -> Block:
    """Checks from elsewhere: how cost followed the key rate, the sector's leverage, loans and loss."""
    out = []
    if len(cost) > 3:
        slope, error = follow_slope(cost["cost_pct"], cost["key_rate_pct"])
        out.append(
            f"Speed of refinancing: from {cost.index[0]} to {cost.index[-1]} the yearly cost of "
            f"{name}'s debt moved {num(slope, 2)} points a point of key rate within the year "
            f"(standard error {num(error, 2)}, {len(cost) - 1} changes). The stress takes a share of "
            f"{num(share, 2)} within a year, drawn with a standard deviation of 0.15."
        )
    half = str(sector["half"])
    market = lending.loc[f"{half}-01" : f"{half}-06"].mean() if half else float("nan")
    if pd.notna(sector["ratio"]) and pd.notna(market):
        out.append(
            f"The sector: net debt of {num(float(sector['ratio']), 1)} times EBITDA in the central "
            f"bank's sample (large firms of all industries: {num(float(sector['ratio_all']), 1)}). At "
            f"the market rate of the first half of {half}, {num(market, 1)} percent, EBITDA would "
            f"cover {num(cover_from_leverage(float(sector['ratio']), market), 2)} of interest."
        )
    if pd.notna(sector["credit_high"]) and pd.notna(market) and pd.notna(sector["loss"]):
        bill = [float(sector[k]) * market / 200 for k in ("credit_low", "credit_high")]
        ends = [100 * b / -float(sector["loss"]) for b in bill]
        out.append(
            f"The sector's loans: {interval(sector['credit_low'], sector['credit_high'], 0)} bn RUB on "
            f"record, {interval(sector['credit_forecast_low'], sector['credit_forecast_high'], 0)} expected "
            "for the end of 2025. At the market rate half a year costs "
            f"{interval(bill[0], bill[1], 0)} bn RUB, {interval(ends[0], ends[1], 0)} percent of the "
            f"loss of {num(-float(sector['loss']), 1)} in the first half of {half}: an upper bound, "
            "since part of the credit is subsidised and the loss is of another sample."
        )
    return points(*out, trace=trace) if out else say("Nothing on the sector's debt was known on this day.")


def unknowns(
    warnings: pd.DataFrame,
    missing: tuple[str, ...],
    newest: pd.DataFrame,
    names: Mapping[str, str],
    activity: bool,
) -> list[str]:
    """What the page does not know, as sentences."""
    out = [
        "The rate that each loan of a miner carries, its covenants and its subsidies are not public; "
        "the cost of debt is one figure a firm.",
        "Interest paid is a bound on the direct cost of tight money only. Its effect through the "
        "rouble, domestic demand and the cost of waiting for payment is not bounded here.",
        "The key rate exists since 2013 and its large moves are two emergencies and one tightening; "
        "responses and the rule rest on these few.",
        "Consumer prices and loan rates are taken as never or rarely revised; on a past day they are "
        "assumed to have been known after their usual lag.",
        *missing,
    ]
    bound = newest[newest["basis"] == "bound"]
    for firm, period in zip(bound.index, bound["period"], strict=True):
        out.append(
            f"No interest of {names[str(firm)]} is in the record for {_the(period)}. The bound takes the "
            "highest bill on its record or its debt at the market rate, whichever is larger."
        )
    if not activity:
        out.append("Output of mining was not known on this day; responses leave it out.")
    kinds = warnings.groupby("warning")["series_id"].nunique()
    if len(kinds):
        listed = ", ".join(f"{str(k).replace('_', ' ')} ({n})" for k, n in kinds.items())
        out.append(f"Warnings on the series used, with their number: {listed}.")
    return out
