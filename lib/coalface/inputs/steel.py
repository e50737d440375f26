"""Shelves of the Pokrovsk notebook: output, the coal balance, evidence before the stop, earnings."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coalface.data import Catalogue, Shelf, units
from coalface.inputs import reading

STAGES = {"steel": "steel.output.ua", "pig iron": "pig_iron.output.ua", "rolled metal": "rolled.output.ua"}
COAL = "coking_coal.{}.ua"
CONCENTRATE = "coking_concentrate.output.pokrovske"
WARNINGS = {
    "b_ua_steel_loss_pokrovsk": "steel if lost",
    "b_ua_steel_2025_kept": "steel if kept",
    "b_ua_metal_export_loss": "exports, bad case",
    "b_ua_mining_metals_exports_2025": "mining and metals exports",
}
TIMELINE = {
    "b_market_20240925": "Trade body warns",
    "b_war_20241212": "Pishchane stops",
    "b_war_20241224": "Output at zero",
    "b_mine_closure_20250114": "Pokrovsk suspended",
    "b_market_20250408": "First US coal",
}


def annual(cat: Catalogue) -> Shelf:
    """Output of steel, pig iron and rolled metal by year, Mt; a year without a figure is missing."""
    table = {name: reading.load(cat, series) for name, series in STAGES.items()}
    frame = pd.DataFrame({name: s for name, s in table.items() if len(s)}, columns=list(table))
    if len(frame):
        every = pd.period_range(frame.index.min(), frame.index.max(), freq="Y", name="period")
        frame = frame.reindex(every)
    return Shelf(frame, reading.trace(cat, *STAGES.values()))


def monthly(cat: Catalogue) -> Shelf:
    """Output of steel and pig iron by month, kt: months in print and single months between running totals."""
    columns = {}
    for name in ("steel", "pig iron"):
        printed = reading.load(cat, f"{STAGES[name]}.monthly")
        steps = reading.between(cat, f"{STAGES[name]}.window")
        columns[name] = pd.concat([printed, steps[~steps.index.isin(printed.index)]]).sort_index()
    frame = pd.DataFrame(columns)
    if len(frame):
        frame = frame.reindex(pd.period_range(frame.index.min(), frame.index.max(), freq="M", name="period"))
    names = [f"{STAGES[name]}.{kind}" for name in columns for kind in ("monthly", "window")]
    return Shelf(frame, reading.trace(cat, *names))


def timeline(cat: Catalogue) -> Shelf:
    """What happened at the front, at the shafts and in the ports, by day: date, label, event, actor."""
    rows = cat.table("events", where={"event_id": list(TIMELINE)}).sort_values("date")
    frame = pd.DataFrame(
        {
            "date": pd.to_datetime(rows["date"]),
            "label": rows["event_id"].map(TIMELINE),
            "event": rows["label"],
            "actor": rows["actor"],
        }
    ).reset_index(drop=True)
    return Shelf(frame, cat.trace(sources=rows["source_id"]))


def technology(cat: Catalogue) -> Shelf:
    """Tonnes of input per tonne of output before the stop: lowest and highest reading and their number.

    Notes
    -----
    Ratios of printed totals of one year from 2019 to 2024: coking coal delivered over gross coke, coke over
    pig iron, pig iron over steel. Coke traded across the border blurs the second; it is a range.
    """
    iron, made = reading.load(cat, STAGES["pig iron"]), reading.load(cat, STAGES["steel"])
    delivered = reading.load(cat, COAL.format("domestic")) + reading.load(cat, COAL.format("imports"))
    coke = reading.rows_of(cat, "coke.output.ua").set_index("year")["value"]
    readings = {
        "coal per coke": delivered.reindex(coke.index) / coke,
        "coke per pig iron": coke / iron.reindex(coke.index),
        "pig iron per steel": iron / made,
    }
    frame = pd.DataFrame(index=list(readings), columns=["low", "high", "readings"], dtype=float)
    for name, ratio in readings.items():
        known = ratio.dropna()
        known = known[(known.index >= pd.Period("2019")) & (known.index <= pd.Period("2024"))]
        if name == "pig iron per steel":  # the fleet of furnaces since 2022, not the one before
            known = known[known.index >= pd.Period("2023")]
        frame.loc[name] = [known.min(), known.max(), len(known)]
    names = ("coke.output.ua", STAGES["pig iron"], STAGES["steel"])
    return Shelf(frame, reading.trace(cat, *names, *(COAL.format(kind) for kind in ("domestic", "imports"))))


def setting(cat: Catalogue) -> Shelf:
    """Ranges of the model's assumptions: low, high and basis (a computed figure or a stated assumption).

    Notes
    -----
    Only figures of periods before 2025 enter, whatever the day of their document: 2025 is the test.
    """
    year = pd.Period("2024")
    coal = technology(cat).frame
    base = reading.load(cat, STAGES["steel"])[lambda s: s.index <= year]
    iron, price = (
        reading.load(cat, STAGES["pig iron"]).get(year, np.nan),
        reading.load(cat, "price.coal.phcc").get(year, np.nan),
    )
    mine = reading.yearly(cat, f"{CONCENTRATE}.window", "2024")
    coke_bought = units.convert(_coke_imports_2024(cat), "kt", "Mt")
    coal_used = (iron * coal.loc["coke per pig iron"] - coke_bought) * coal.loc["coal per coke"]
    per_steel = coal[["low", "high"]].prod(skipna=False)
    value = definitions(cat).frame["usd_t"]
    ranges = {
        "base_mt": (base.iloc[-1] if len(base) else np.nan,) * 2,
        "mine_mt": (mine, mine),
        "price_usd_t": (price, price),
        "share": (mine / coal_used["high"], mine / coal_used["low"]),
        "cost_share": (per_steel["low"] * price / value.max(), per_steel["high"] * price / value.min()),
    }
    basis = {
        "base_mt": f"crude steel of {base.index[-1] if len(base) else 'no year on record'}, Mt",
        "mine_mt": "concentrate of the mine in 2024 at a yearly rate, Mt",
        "price_usd_t": "premium hard coking coal, mean of 2024, USD/t",
        "share": "concentrate of the mine in 2024 over the coking coal that the year's iron needed",
        "cost_share": "coal in a tonne of steel at the 2024 price over the export value of a tonne",
    }
    for name, usual in {"share": (0.5, 0.8), "cost_share": (0.25, 0.5)}.items():
        low, high = ranges[name]
        if not 0 < low < high < 1:
            ranges[name], basis[name] = usual, "assumption: the figures behind it were not known on this day"
    frame = pd.DataFrame(ranges, index=["low", "high"]).T.assign(basis=pd.Series(basis))
    names = ("price.coal.phcc", "coke.imports.ua", f"{CONCENTRATE}.window")
    return Shelf(frame, technology(cat).trace | definitions(cat).trace | reading.trace(cat, *names))


def evidence(cat: Catalogue) -> Shelf:
    """Changes before the stop, one row each: coal and output as ratios, share of domestic coal at the start.

    Notes
    -----
    Domestic coking coal delivered to coke plants against crude steel, at yearly rates, for the years on
    record; then the Pokrovske mine alone, January to September 2024 against the year before.
    """
    supply = pd.DataFrame(
        {
            "coal": reading.rates(cat, COAL.format("domestic")),
            "imports": reading.rates(cat, COAL.format("imports")),
            "output": reading.rates(cat, STAGES["steel"]),
        }
    ).dropna(subset=["coal", "output"])
    supply = supply[supply.index < pd.Period("2024")]
    frame = (supply / supply.shift())[["coal", "output"]]
    frame["share"] = (supply["coal"] / (supply["coal"] + supply["imports"])).shift()
    frame.insert(0, "change", supply.index.astype(str))
    frame["change"] = frame["change"].shift() + " to " + frame["change"]
    whole, year = reading.load(cat, CONCENTRATE), pd.Period("2023")
    mine = {
        "change": "2023 to January-September 2024",
        "coal": reading.yearly(cat, f"{CONCENTRATE}.window", "2024", months=9) / whole.get(year, np.nan),
        "output": reading.yearly(cat, f"{STAGES['steel']}.window", "2024", months=9)
        / reading.load(cat, STAGES["steel"]).get(year, np.nan),
    }
    frame = pd.concat([frame, pd.DataFrame([mine])], ignore_index=True).dropna(subset=["coal", "output"])
    names = [f"{COAL.format(kind)}{end}" for kind in ("domestic", "imports") for end in ("", ".window")]
    documents = reading.trace(cat, *names, STAGES["steel"], f"{STAGES['steel']}.window", CONCENTRATE)
    return Shelf(frame.reset_index(drop=True), documents)


def official(cat: Catalogue) -> Shelf:
    """What officials and analysts forecast for steel and metal exports: low, value, high, unit, condition."""
    rows = cat.table("forecasts", where={"forecast_id": list(WARNINGS)})
    columns = ["made", "issuer", "target", "period", "low", "value", "high", "unit", "condition"]
    frame = rows.set_index("forecast_id")[columns].rename(index=WARNINGS).rename_axis("forecast")
    return Shelf(frame, cat.trace(sources=rows["source_id"]))


def definitions(cat: Catalogue) -> Shelf:
    """Three measures of metal in goods exports: value, share in percent and value per tonne of steel."""
    made = reading.load(cat, STAGES["steel"])
    goods = reading.load(cat, "goods.export_value.ua")
    metal = reading.load(cat, "metal.export_value.ua")
    year = pd.Period("2024")
    ferrous, share, steel = (
        reading.span(cat, series, "2024-01", month)
        for series, month in (
            ("steel.export_value.ua.window", "2024-04"),
            ("steel.export_share.ua.window", "2024-04"),
            ("steel.export_value.ua.press", "2024-08"),
        )
    )
    tonnes = reading.span(cat, f"{STAGES['steel']}.window", "2024-01", "2024-04")
    wide, all_goods, crude = (s.get(year, np.nan) for s in (metal, goods, made))
    rows = {
        "metals (agency trade data)": ("2024", wide, 100 * wide / all_goods, 1000 * wide / crude),
        "ferrous metals (customs)": ("2024-01/2024-04", ferrous, share, 1000 * ferrous / tonnes),
        "steel (press)": (
            "2024-01/2024-08",
            steel,
            100 * steel / (all_goods * 8 / 12),
            1000 * steel / (crude * 8 / 12),
        ),
    }
    columns = ["period", "value_bn_usd", "share_pct", "usd_t"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("definition")
    names = ("metal.export_value.ua", "goods.export_value.ua", "steel.export_value.ua.window")
    return Shelf(
        frame,
        reading.trace(
            cat, *names, "steel.export_share.ua.window", "steel.export_value.ua.press", STAGES["steel"]
        ),
    )


def shares(cat: Catalogue) -> Shelf:
    """Ferrous metals in Ukraine's goods exports by window, percent, as customs data were quoted."""
    rows = [
        reading.rows_of(cat, f"steel.export_share.ua.{kind}") for kind in ("window", "quarterly", "prewar")
    ]
    table = pd.concat(rows, ignore_index=True)
    table = (
        table.sort_values("end")[["period", "value", "end"]].reset_index(drop=True) if len(table) else table
    )
    return Shelf(
        table,
        reading.trace(cat, *(f"steel.export_share.ua.{kind}" for kind in ("window", "quarterly", "prewar"))),
    )


def imports_2025(cat: Catalogue) -> Shelf:
    """Figures on imports after the stop: coke bought, coal needed by two estimates, coke needed."""
    rows = {
        "coke bought": ("coke.imports.ua", "kt"),
        "coke needed": ("coke.need.ua", "Mt/year"),
        "coking coal to import": ("coking_coal.import_need.ua", "Mt/year"),
    }
    found = []
    for label, (series, unit) in rows.items():
        known = reading.rows_of(cat, series)
        scale = units.factor("kt", "Mt") if unit == "kt" else 1.0
        found.append(known.assign(item=label, mt=known["value"] * scale)[["item", "period", "mt", "note"]])
    table = pd.concat(found, ignore_index=True)
    return Shelf(
        table,
        reading.trace(cat, *(series for series, _ in rows.values())),
    )


def start_of_2026(cat: Catalogue) -> Shelf:
    """January and February 2026 against a year before, Mt or kt, with the change in percent."""
    wanted = {
        "crude steel, Mt": (f"{STAGES['steel']}.window", "2025-01/2025-02", "2026-01/2026-02"),
        "rolled metal, Mt": (f"{STAGES['rolled metal']}.window", "2025-01/2025-02", "2026-01/2026-02"),
    }
    found = []
    for label, (series, before, after) in wanted.items():
        old, new = (reading.span(cat, series, *text.split("/")) for text in (before, after))
        found.append({"item": label, "before": old, "after": new, "change_pct": 100 * (new / old - 1)})
    now = reading.rows_of(cat, "coke.imports.ua.window")
    now = now[now["period"] == "2026-01/2026-02"]
    change = now["note"].str.extract(r"(-?\d+) %")[0].astype(float)
    if len(now):
        found.append(
            {"item": "coke imports, kt", "after": now["value"].iloc[0], "change_pct": change.iloc[0]}
        )
    frame = pd.DataFrame(found, columns=["item", "before", "after", "change_pct"]).dropna(subset=["after"])
    return Shelf(
        frame, reading.trace(cat, *(series for series, *_ in wanted.values()), "coke.imports.ua.window")
    )


def _coke_imports_2024(cat: Catalogue) -> float:
    """Coke imports of 2024, kt, from the level of 2025 and its printed change; 0 if not known."""
    rows = reading.rows_of(cat, "coke.imports.ua")
    grown = rows["note"].str.extract(r"\+([\d.]+) %")[0].astype(float)
    return float((rows["value"] / (1 + grown / 100)).iloc[-1]) if len(rows) else 0.0
