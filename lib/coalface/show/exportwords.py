"""Sentences, titles and alternative texts of the export notebook, written from what was counted."""

from __future__ import annotations

import pandas as pd

from coalface.models.counterfactual import Counterfactual
from coalface.models.exports import Redirection, Split
from coalface.models.placebos import Placebos
from coalface.show.style import interval, month, num


def pct(value: float, digits: int = 0) -> str:
    """A change in percent with its sign, "+12 %" or "−82 %"."""
    return f"{'+' if value > 0 else ''}{num(value, digits)} %"


def span_pct(ends: tuple[float, float], digits: int = 0) -> str:
    """Two changes in percent as words, "−86 to −74 %"."""
    low, high = (f"{'+' if v > 0 else ''}{num(v, digits)}" for v in ends)
    return f"{low} to {high} %"


def spell(found: Counterfactual) -> str:
    """The months that a counterfactual is judged on, "from August 2022 to October 2022"."""
    judged = found.path.index[found.path.index >= found.judged_from]
    return f"from {month(found.judged_from)} to {month(judged[-1])}"


def answer(
    band: pd.DataFrame, germany: Counterfactual | None, china: Counterfactual | None, tests: Placebos | None
) -> str:
    """The page's answer in one paragraph, from whatever was known."""
    text = [totals_words(band)]
    if germany is not None:
        text.append(_bought("Germany, the EU member on record throughout,", germany))
    if china is not None:
        text.append(_bought("China", china))
    if tests is not None:
        text.append(
            "Whether the total would have been higher without the embargo cannot be told from other "
            "exporters."
            if tests.p > 0.1
            else "Against other exporters the total stands out."
        )
    return " ".join(text)


def _bought(who: str, found: Counterfactual) -> str:
    """One sentence on a buyer against its own past, with interval and months."""
    change = f"{num(abs(found.effect_pct), 0)} % {'less' if found.effect < 0 else 'more'}"
    doubt = "" if found.is_clear else ", which its usual swings may also give"
    return (
        f"{who} bought {change} {spell(found)} than its own past leads one to expect "
        f"({100 * found.level:.0f} % interval {span_pct(found.pct_interval)}){doubt}."
    )


def totals_title(band: pd.DataFrame) -> str:
    """Title of the totals chart: the answer."""
    if band.empty:
        return "No total was known on that day"
    last = band.iloc[-1]
    said = f"Exports of {band.index[-1]} come to {interval(last['low'], last['high'], 0, 'Mt')}"
    return said + (", by who counts" if last["high"] > last["low"] else ", by the one count known")


def totals_alt(band: pd.DataFrame) -> str:
    """Alternative text of the totals chart, with its ends in Mt."""
    if band.empty:
        return "An empty chart in Mt: no total was known."
    first, last = band.iloc[0], band.iloc[-1]
    return (
        f"Band of printed totals from {num(first['low'], 1)} to {num(first['high'], 1)} Mt in "
        f"{band.index[0]} "
        f"to {num(last['low'], 1)} to {num(last['high'], 1)} Mt in {band.index[-1]}; "
        f"{band.index[-1].year - band.index[0].year + 1 - len(band)} "
        "years have no figure."
    )


def mt(low: float, high: float) -> str:
    """A range of counts in Mt, in whole tonnes where these tell its ends apart.

    Examples
    --------
    >>> mt(203, 211), mt(195.9, 196.2), mt(227, 227)
    ('203 to 211 Mt', '195.9 to 196.2 Mt', '227 Mt')
    """
    whole = abs(high - low) >= 2 or (low == high and float(low).is_integer())
    return interval(low, high, 0 if whole else 1, "Mt")


def totals_words(band: pd.DataFrame) -> str:
    """Last year's total as all counts print it, against the year before and the highest year, in words."""
    if band.empty:
        return "No annual total was known on that day."
    last, year = band.iloc[-1], band.index[-1]
    said = f"Exports in {year} were **{mt(last['low'], last['high'])}**"
    said += ", as the counts differ" if last["high"] > last["low"] else ""
    if len(band) > 1 and band.index[-2] == year - 1:
        before = band.iloc[-2]
        said += (
            "; every count lies above those of the year before"
            if last["low"] > before["high"]
            else "; every count lies below those of the year before"
            if last["high"] < before["low"]
            else "; the counts of the year before overlap"
        )
        said += f" ({mt(before['low'], before['high'])})"
    peak = band["high"].idxmax()
    if peak != year:
        said += f". The highest count on record here is {num(float(band['high'].max()), 0)} Mt, of {peak}"
    return said + "."


def energy_title(band: pd.DataFrame) -> str:
    """Title of the energy chart: last year against the highest."""
    if band.empty:
        return "No edition of the energy review was known on that day"
    last, peak = band.index[-1], band["newest"].idxmax()
    if peak == last:
        return f"In energy, exports of {last} are the highest on record"
    fall = 100 * (band["newest"].iloc[-1] / band["newest"].max() - 1)
    return f"In energy, exports of {last} stand {num(abs(fall), 0)} % below their peak of {peak}"


def energy_alt(band: pd.DataFrame) -> str:
    """Alternative text of the energy chart, in EJ."""
    if band.empty:
        return "An empty chart in EJ: no edition was known."
    return (
        f"Exports in EJ from {num(band['newest'].iloc[0], 2)} in {band.index[0]} over a peak of "
        f"{num(band['newest'].max(), 2)} in {band['newest'].idxmax()} to {num(band['newest'].iloc[-1], 2)} "
        f"in {band.index[-1]}; editions differ by a few percent."
    )


def areas_title(shares: pd.DataFrame) -> str:
    """Title of the destinations chart."""
    if shares.empty:
        return "No destinations were published by that day"
    last, year = shares.iloc[-1], shares.index[-1]
    return (
        f"China takes {num(last['china'], 0)} % of Russia's coal in {year}, Europe {num(last['europe'], 0)} %"
    )


def areas_alt(shares: pd.DataFrame) -> str:
    """Alternative text of the destinations chart, in percent."""
    if shares.empty:
        return "An empty chart in %: no destinations were published."
    first, last = shares.iloc[0], shares.iloc[-1]
    return (
        f"Stacked shares in %: Europe from {num(first['europe'], 0)} in {shares.index[0]} to "
        f"{num(last['europe'], 0)} in {shares.index[-1]}, China from {num(first['china'], 0)} to "
        f"{num(last['china'], 0)}."
    )


def areas_words(areas: pd.DataFrame) -> str:
    """Shares of destinations in the first and the last year, each from one edition, in words."""
    if areas.empty:
        return "No destinations were published by that day."
    shares = 100 * areas.div(areas.sum(axis=1), axis=0)
    first, last = shares.iloc[0], shares.iloc[-1]
    return (
        f"Europe took {num(first['europe'], 0)} % of Russia's coal in {areas.index[0]} and "
        f"**{num(last['europe'], 0)} %** in {areas.index[-1]}; China {num(first['china'], 0)} % and "
        f"**{num(last['china'], 0)} %**. Europe here includes Turkey and Ukraine, which do not ban it."
    )


def moves_words(found: list[Redirection]) -> str:
    """How much of the lost outlets turned up with other buyers, in energy, in words."""
    if not found:
        return "The matrix of destinations does not yet span the embargo."
    text = []
    for r in found:
        gains = r.changes[r.changes > 0].sort_values(ascending=False).head(2)
        took = " and ".join(f"{str(name).capitalize()} {num(v, 2)} EJ" for name, v in gains.items())
        rest = r.gained - float(gains.sum())
        others = f"the rest {num(abs(rest), 2)} EJ {'less' if rest < 0 else 'more'}"
        text.append(
            f"by {r.after} Europe and Japan took {num(r.lost, 2)} EJ less; {took or 'no buyer'} more, "
            f"{others}, together {num(r.gained, 2)} EJ or {num(100 * r.share, 0)} % of that"
        )
    return (
        f"Against {found[0].before}: {'; '.join(text)}. This is bookkeeping, not cause, and years come from "
        "editions of the review that differ by a few percent."
    )


def tonnes_words(eu: pd.Series, china: pd.Series, years: tuple[int, int]) -> str:
    """What China took more, beside what the EU had bought, each in the tonnes of its own customs."""
    sums = [
        s[s.index.astype(str).str[:4] == str(y)]
        for s, y in ((eu, years[0]), (china, years[0]), (china, years[1]))
    ]
    if any(len(s) < 12 for s in sums):
        return "In tonnes the two customs do not yet span the embargo."
    sold, before, after = (float(s.sum()) for s in sums)
    return (
        f"In tonnes: the EU members on record bought {num(sold, 1)} Mt in {years[0]}; China bought "
        f"{num(after - before, 1)} Mt more in {years[1]} than in {years[0]}, "
        f"{num(100 * (after - before) / sold, 0)} % "
        "of that. Two customs, two counts."
    )


def mirror_title(frame: pd.DataFrame) -> str:
    """Title of the partners chart: where the two large buyers' records end."""
    if frame.empty:
        return "No partner's record was known on that day"
    ends = {c: frame[c].dropna() for c in ("eu", "china") if c in frame and frame[c].notna().any()}
    parts = [
        f"{'the EU' if c == 'eu' else 'China'} {num(s.iloc[-1], 1)} Mt in {month(s.index[-1])}"
        for c, s in ends.items()
    ]
    return (
        f"Last months on record: {', '.join(parts)}"
        if parts
        else "Imports of the chosen partners from Russia"
    )


def mirror_alt(frame: pd.DataFrame) -> str:
    """Alternative text of the partners chart, in Mt."""
    if frame.empty:
        return "An empty chart in Mt: no record was known."
    parts = []
    for c in frame.columns:
        s = frame[c].dropna()
        parts.append(f"{c} {num(s.iloc[-1], 1)} in {month(s.index[-1])}")
    return f"Monthly imports of coal from Russia in Mt, last on record: {'; '.join(parts)}."


def claim_words(pulse: pd.DataFrame, claim: str = "The claim") -> str:
    """The claim on the first weeks beside what other counts of the total and of destinations printed."""
    said = pulse[pulse["label"] == claim]
    if said.empty:
        return "The claim on the first weeks of 2025 was not yet made."
    value = float(said["value"].iloc[0])
    others = pulse[(pulse["kind"] != "destination") & (pulse["label"] != claim)]
    first = others[others["end"] <= pd.Timestamp("2025-03-31")]
    there = pulse[pulse["kind"] == "destination"]
    down, up = int((there["value"] < 0).sum()), int((others["value"] > 0).sum())
    year = said["start"].iloc[0].year
    text = f"CREA's claim is **{pct(value)}** for the first seven weeks of {year} against {year - 1}."
    if len(first):
        named = [
            f"{row['label']} {span_words(row['start'], row['end'])} {pct(row['value'], 1)}"
            for row in first.to_dict("records")
        ]
        text += f" What else was counted up to March: {', '.join(named)}."
        if not (first["kind"].eq("total") & (first["end"] > pd.Timestamp("2025-02-15"))).any():
            text += " No other count of all exports covers those weeks."
    if len(others):
        late = int((others["end"] > pd.Timestamp("2025-03-31")).sum())
        text += (
            f" The {len(others)} rows are overlapping spans of {others['label'].nunique()} counters: {late} "
            f"end after March, so the growth that {up} of all show does not test the first weeks."
        )
    if len(there):
        text += f" Single destinations differ: {down} of {len(there)} fell, {len(there) - down} rose."
    return text


def span_words(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """Months of one year from first to last day, "Jan–Feb" or "Jan–18 Feb"."""
    if start.month == end.month:
        return f"{start:%b}"
    return f"{start:%b}–{f'{end.day} ' if end.day < 28 else ''}{end:%b}"


def split_words(split: Split, what: str, money: str, years: tuple[int, int]) -> str:
    """An exact split of a change in value in words, largest effect first."""
    names = {"exchange_rate": "the exchange rate", "volume": "tonnes", "mix": "the mix", "price": "prices"}
    effects, digits = split.effects, 0 if split.after >= 100 else 2
    parts = [
        f"{names[k]} {'+' if effects[k] > 0 else ''}{num(effects[k], digits)}"
        for k in effects.abs().sort_values(ascending=False).index
        if abs(effects[k]) > 0
    ]
    return (
        f"From {years[0]} to {years[1]} {what} went from {num(split.before, digits)} to "
        f"**{num(split.after, digits)} {money}**: {', '.join(parts)} {money}."
    )


def split_notes(
    china: Split | None, years: tuple[int, int], eu: Split | None, eu_years: tuple[int, int]
) -> str:
    """What changed the bills of China and of the EU, in words."""
    text = []
    if china is not None:
        text.append(split_words(china, "China's bill", "bn RUB", years))
    if eu is not None:
        text.append(split_words(eu, "the EU's bill", "bn EUR", eu_years))
    return " ".join(text) or "No bill could be split on that day."
