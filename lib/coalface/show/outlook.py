"""Blocks on the outlook: responses, fans under a stated path, and the record of such forecasts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from coalface.models.paths import Outlook
from coalface.models.responses import Responses
from coalface.show import charts, money
from coalface.show.block import Block, Trace
from coalface.show.figure import figure
from coalface.show.style import interval, listed, month, num
from coalface.show.tables import table
from coalface.show.words import say

Series = pd.Series  # of floats, by period
NAMES = {
    "mining_mom_pct": "Mining output, percent",
    "cpi_mom_pct": "Prices, percent",
    "rub_per_usd_mom_pct": "Roubles a dollar, percent",
    "key_rate_pct": "Key rate, points",
}
OTHERS = {"Bank of Russia": "other", "Survey of economists": "muted"}
SHORT = {"Bank of Russia": "central bank", "Survey of economists": "survey"}


def _row(frame: pd.DataFrame, label: object) -> dict[str, float]:
    """Return one row as plain numbers."""
    return {str(k): float(v) for k, v in frame.loc[[label]].iloc[0].items()}


def _between(row: dict[str, float]) -> str:
    """Interval of the vector autoregression as words."""
    return interval(row["var_low"], row["var_high"], 1)


def response_figure(found: Responses, trace: Trace) -> Block:
    """Figure of the responses by both methods, one panel a variable."""
    rouble, prices = (_row(found.frames[k], 12) for k in ("rub_per_usd_mom_pct", "cpi_mom_pct"))
    return figure(
        "responses",
        charts.grid,
        {NAMES[k]: f for k, f in found.frames.items()},
        money.response,
        columns=2,
        same_y=False,
        data=pd.concat(found.frames, names=["variable"]).reset_index(),
        title=f"A year after one point more, the price of a dollar has moved by {_between(rouble)} percent, "
        f"consumer prices by {_between(prices)} percent",
        unit="Response to one point more of key rate, percent or points, by month",
        alt=f"Panels over two years. After a year roubles a dollar stand {num(rouble['var'], 1)} percent "
        f"and prices {num(prices['var'], 2)} percent from where they were, by the vector autoregression.",
        note="Title and fan: vector autoregression, 90 percent. Dots with bars: local projections, 90 "
        "percent. The key rate is ordered last: it answers at once, the others from the next month on; no "
        "test supports this order.",
        trace=trace,
        height=(4.6, 4.8),
        digits=2,
    )


def sweep_table(found: pd.DataFrame, trace: Trace) -> Block:
    """Table of the responses after twelve months for tighter and looser priors."""
    columns = ["log_evidence", "prices", "prices_low", "prices_high", "rouble", "rouble_low", "rouble_high"]
    shown = found[columns].set_axis([num(t, 2) for t in found.index]).rename_axis("tightness").reset_index()
    best = found.index[int(found["log_evidence"].argmax())]
    shown.columns = pd.Index([c.replace("_", " ") for c in shown.columns])
    return table(
        shown,
        caption="The same after twelve months, for tighter and looser priors",
        note="Percent a point of key rate, 90 percent intervals. The data prefer a tightness of "
        f"{num(float(best), 2)}, the highest log evidence.",
        digits=dict.fromkeys(shown.columns, 2) | {"log evidence": 1},
        trace=trace,
    )


def _runs(months: Iterable[int]) -> list[str]:
    """Neighbouring months as spans.

    Examples
    --------
    >>> _runs([2, 3, 5, 13, 14, 15])
    ['2', '3', '5', '13 to 15']
    """
    spans: list[list[int]] = []
    for month_ in map(int, months):
        if spans and spans[-1][-1] == month_ - 1:
            spans[-1].append(month_)
        else:
            spans.append([month_])
    words = ([f"{s[0]} to {s[-1]}"] if len(s) > 2 else map(str, s) for s in spans)
    return [word for span in words for word in span]


def response_words(found: Responses, sweep: pd.DataFrame, trace: Trace) -> Block:
    """Sentences on what the responses show, and on where methods and priors disagree."""
    prices, rouble = (_row(found.frames[k], 12) for k in ("cpi_mom_pct", "rub_per_usd_mom_pct"))
    told = "cannot be told from zero" if prices["var_low"] < 0 < prices["var_high"] else "differs from zero"
    apart = sweep[(sweep["rouble_high"] < 0) | (sweep["rouble_low"] > 0)].index
    under = (
        "and differs from zero under every prior of the table"
        if len(apart) == len(sweep)
        else f"and differs from zero only under the priors with a tightness of "
        f"{listed(num(t, 2) for t in apart)}"
        if len(apart)
        else "and cannot be told from zero under any prior"
    )
    late = found.frames["cpi_mom_pct"]
    rival = late.index[(late.index > 0) & ((late["lp_high"] < 0) | (late["lp_low"] > 0))]
    differ = (
        f" The methods disagree on prices: by the projections they are apart from zero in months "
        f"{listed(_runs(rival))}."
        if len(rival)
        else ""
    )
    without = "" if "mining_mom_pct" in found.frames else " Output is left out: it was not known on this day."
    return say(
        f"After a year the effect on prices is {num(prices['var'], 2)} percent "
        f"(90 percent interval {interval(prices['var_low'], prices['var_high'], 2)}) and {told}; that on "
        f"roubles a dollar is {num(rouble['var'], 1)} percent "
        f"({interval(rouble['var_low'], rouble['var_high'], 1)}) {under}. Each method's estimate lies in "
        f"the other's interval in {num(100 * found.agreement, 0)} percent of months, "
        f"{month(found.first)} to {month(found.last)}.{differ}{without} Exporters of coal are paid in "
        "dollars: as far as tight money strengthens the rouble, it reaches miners without any debt too, "
        "and interest paid does not measure that.",
        trace,
    )


def fan(id: str, view: Outlook, history: Series[Any], others: pd.DataFrame, name: str, trace: Trace) -> Block:
    """Figure of the fan for `key_rate` or `inflation` under a stated path, forecasts of others as dots."""
    rate = id == "key_rate"
    what, data = ("the key rate", view.key_fan) if rate else ("inflation", view.cpi_fan)
    last = data.index[-1]
    middle = num(data[0.5].iloc[-1], 1)
    dots = "forecast means of calendar years, at mid-year" if rate else "forecasts for December of a year"
    return figure(
        f"{id}_path",
        money.fan,
        data,
        history=history,
        color="rate" if rate else "other",
        label="this path",
        lines=others if others.notna().any(axis=None) else None,
        colors=OTHERS if rate else OTHERS | {"Bank of Russia": "rate"},
        labels=SHORT,
        title=f"Under {name} the middle of the fan for {'the key rate' if rate else what} is {middle} "
        f"percent in {month(last)}",
        unit="Key rate, percent" if rate else "Consumer prices on a year earlier, percent",
        alt=f"History since {str(history.index[0])[:4]}, then a fan for {what} that ends around "
        f"{middle} percent in {month(last)}; dots show what the central bank and the survey "
        "forecast.",
        note=f"Fan: 50, 80 and 90 percent of the model, not widened. Dots: {dots}.",
        trace=trace,
        height=(3.4, 3.8),
    )


def path_words(
    levels: tuple[float, ...], baseline: tuple[float, ...], made: str, name: str, trace: Trace
) -> Block:
    """Sentence on the stated path, and on whether it differs from the baseline's."""
    stated = listed(num(v, 1) for v in levels)
    text = f"Stated path: {stated} percent in 3, 6, 12 and 24 months, straight lines between."
    if levels == baseline and "baseline" not in name:
        text += (
            f" That is the baseline: {name} leaves the key rate alone and plays no other part on this page."
        )
    if made:
        text += f" The baseline follows the newest published forecast, made in {month(made)}."
    else:
        text += " No forecast of the key rate was known; the baseline keeps it where it is."
    return say(text, trace)


def paths_table(compared: pd.DataFrame, trace: Trace) -> Block:
    """Table of key rate and inflation under several paths, one row a path."""
    months = sorted(set(compared.index.get_level_values("month")))
    words = {6: "half a year", 12: "a year", 24: "two years"}
    columns: dict[str, Any] = {}
    for m in months:
        columns[f"key rate in {words[m]}"] = compared["key_rate"].xs(m, level="month")
    for m in months:
        part = compared.xs(m, level="month")
        columns[f"inflation in {words[m]}"] = part["inflation"]
        if m == 12:
            columns |= {"low": part["low"], "high": part["high"], "surprise": part["surprise"]}
    order = [c for c in columns if c != "surprise"] + ["surprise"]
    shown = pd.DataFrame(columns)[order].reindex(list(dict.fromkeys(compared.index.get_level_values("path"))))
    return table(
        shown.rename_axis("path").reset_index(),
        caption="Key rate and inflation under each path",
        note="Medians, percent; low and high bound inflation in a year, 90 percent. Surprise: mean "
        "size of the policy shocks that a path needs, in standard deviations; far above two the "
        "past has nothing to say.",
        digits=dict.fromkeys(order, 1) | {"surprise": 2},
        trace=trace,
    )


def rounds_table(rounds: pd.DataFrame, ours: Series[Any], outcomes: Series[Any], trace: Trace) -> Block:
    """Table of published paths of the key rate by round, with what came and the path of this page.

    Parameters
    ----------
    rounds : pandas.DataFrame
        Columns path, made, year, low, centre, high; percent.
    ours, outcomes : pandas.Series
        Mean key rate by year, percent: the median of the fan, and what came.
    """
    if rounds.empty:
        return say("No forecast of the key rate was known on this day.")
    cells = [
        num(c, 1) if pd.isna(low) else interval(low, high, 1)
        for low, c, high in zip(rounds["low"], rounds["centre"], rounds["high"], strict=True)
    ]
    order = rounds[["path", "made"]].drop_duplicates()
    wide = rounds.assign(cell=cells).pivot_table(
        index=["path", "made"], columns="year", values="cell", aggfunc="last"
    )
    wide = wide.reindex(pd.MultiIndex.from_frame(order)).reset_index()
    wide["made"] = [month(m) for m in wide["made"]]
    years = [c for c in wide.columns if c not in ("path", "made")]
    ends = pd.DataFrame(
        [
            ["What came", ""] + [num(outcomes.get(y), 1) for y in years],
            ["This path", ""] + [num(ours.get(y), 1) for y in years],
        ],
        columns=wide.columns,
    )
    shown = pd.concat([wide, ends], ignore_index=True).fillna("–")
    shown.columns = pd.Index([str(c) for c in shown.columns])
    return table(
        shown,
        caption="Published paths of the key rate by round, mean of the year in percent",
        note="The central bank's baseline by round, the newest survey of economists, the central bank's last "
        "alternative scenarios. This path: median of the fan above, known months included.",
        trace=trace,
    )


def rivals_figure(record: pd.DataFrame, trace: Trace) -> Block:
    """Figure of forecasts of the key rate by target year, theirs and ours, with the outcome."""
    own = record[record["target"] == "key_rate"]
    if own.empty:
        return say("No forecast of the key rate had come due on this day.")
    panels = {str(year): part for year, part in own.groupby("year")}
    newest = own.iloc[[-1]]
    outcome = num(float(newest["outcome"].iloc[0]), 1)
    year = int(newest["year"].iloc[0])
    earliest = own[own["year"] == year].iloc[[0]]
    return figure(
        "rivals",
        charts.grid,
        panels,
        money.forecasts,
        data=own.drop(columns=["day", "target"]).astype({"year": str}),
        title=f"The key rate of {year} came out at {outcome} percent; in "
        f"{month(str(earliest['made'].iloc[0])[:7])} the "
        f"{SHORT[str(earliest['issuer'].iloc[0])]} saw "
        f"{num(float(earliest['theirs'].iloc[0]), 1)} percent",
        unit="Forecasts of the mean key rate of a year, percent, in the order in which they were made",
        alt="Panels by target year. Forecasts approach the outcome as the year nears; the outcome of "
        f"{year} was {outcome} percent, and all early forecasts lie below it.",
        note="Diamonds: central bank with its range. Squares: survey. Circles with bars: ours with "
        "90 percent, from what was known then. Dashed: outcome. Below: year and month of the "
        "forecast.",
        trace=trace,
        height=(3.2, 4.6),
        digits=1,
    )


def standings_table(standings: pd.DataFrame, trace: Trace) -> Block:
    """Table of mean errors of others, of ours and of no change on the same target and day."""
    if standings.empty:
        return say("There is no forecast to score yet on this day.")
    targets = {"key_rate": "key rate", "cpi": "inflation"}
    shown = standings.reset_index().assign(target=lambda t: t["target"].map(targets))
    shown.columns = pd.Index([c.replace("_", " ") for c in shown.columns])
    return table(
        shown,
        caption="Errors on the same target, forecast on the same day",
        note="Mean absolute errors in points. Inside ours: share of outcomes within our interval of "
        "90 percent; inside theirs: within their published range. Theirs closer: share of "
        "cases. Rounds of one target year overlap, so these are few independent cases.",
        units=dict.fromkeys(("theirs", "ours", "no change"), "points"),
        digits={c: 2 for c in shown.columns if c not in ("target", "issuer", "n")} | {"n": 0},
        trace=trace,
    )


def coverage_table(scores: pd.DataFrame, record: pd.DataFrame, trace: Trace) -> Block:
    """Table of how often our fans held over rolling origins."""
    targets = {"key_rate_pct": "key rate", "cpi_yoy_pct": "inflation"}
    shown = scores.reset_index().assign(target=lambda t: t["target"].map(targets))
    shown = shown.rename(columns={"error_naive": "no change", "inside_50": "in 50", "inside_90": "in 90"})
    first, last = record["origin"].min(), record["origin"].max()
    return table(
        shown,
        caption=f"Our fans over rolling origins, {month(first)} to {month(last)}",
        note="In 50, in 90: share of outcomes inside the fans that claim 50 and 90 percent. Error: "
        "mean absolute error of the median. Factor: how much wider the fan had to be. Covered: "
        "share inside when each origin is widened by earlier misses alone.",
        units={"horizon": "months", "error": "points", "no change": "points"},
        digits={"in 50": 2, "in 90": 2, "error": 1, "no change": 1, "factor": 1, "covered": 2}
        | {"horizon": 0, "n": 0, "tested": 0},
        trace=trace,
    )


def coverage_words(scores: pd.DataFrame, trace: Trace) -> Block:
    """Sentences on where the fans failed."""
    key, prices = scores.loc["key_rate_pct"], scores.loc["cpi_yoy_pct"]
    ours, naive = float(key["error"].mean()), float(key["error_naive"].mean())
    return say(
        f"The fans for inflation that claim 90 percent held in {interval_of(prices['inside_90'])} "
        f"percent of cases; those for the key rate held in only **{interval_of(key['inside_90'])} "
        "percent**, the less the further ahead. For the key rate our median was "
        f"{'worse' if ours > naive else 'better'} than no change (mean error {num(ours, 1)} against "
        f"{num(naive, 1)} points). So the cards above are widened, and the path of the key rate is a "
        "stated assumption here, not a forecast of ours.",
        trace,
    )


def interval_of(shares: Series[Any]) -> str:
    """Lowest and highest of some shares, in percent, as words."""
    return interval(100 * float(shares.min()), 100 * float(shares.max()), 0)
