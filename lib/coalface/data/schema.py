"""The rules of the tables in one place: keys, references, closed lists, what may be empty.

`package` writes them into datapackage.json, `checks` enforces them, `catalogue` types columns by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DATE = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
PERIOD = r"[0-9]{4}(-(Q[1-4]|[0-9]{2}(-[0-9]{2})?))?"
SPAN = rf"{PERIOD}(/{PERIOD})?"
SERIES_ID = r"[a-z0-9_]+(\.[a-z0-9_]+)+"

WARNINGS = (
    "estimated", "derived", "preliminary", "partial_coverage", "definition_break", "discontinued",
    "conflicting_sources", "subtotal_hazard", "cumulative", "secondary_source",
)  # fmt: skip


@dataclass(frozen=True)
class Table:
    """Rules of one table; columns and their types come from the codebook `tables.csv`."""

    key: tuple[str, ...]
    refers: Mapping[str, str] = field(default_factory=dict)
    """Column to the table whose key it holds."""
    listed: frozenset[str] = frozenset()
    """Columns that hold several values with `;` between."""
    closed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Column to the values that it may hold."""
    optional: frozenset[str] = frozenset()
    """Columns that may be empty."""
    pattern: Mapping[str, str] = field(default_factory=dict)
    """Column to the regular expression of a non-empty value."""
    limits: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Column to the least and the greatest number."""
    known_by: str = ""
    """How `as_of` dates a row: "all" by its latest document, "first" by the first named, "" not at all."""


_VERDICTS = (
    "confirmed", "partly", "contradicted", "not_confirmed", "overstated", "superseded", "opinion",
)  # fmt: skip
_LATLON = {"lat": (-90.0, 90.0), "lon": (-180.0, 180.0)}

TABLES: dict[str, Table] = {
    "sources": Table(
        key=("source_id",),
        closed={"grade": ("A", "B", "C", "D")},
        optional=frozenset({"url", "published", "note"}),
        pattern={"published": DATE, "source_id": r"[a-z0-9_]+", "url": r"\S+"},
    ),
    "series": Table(
        key=("series_id",),
        listed=frozenset({"warnings"}),
        closed={
            "freq": ("A", "Q", "M", "D", "W"),
            "kind": ("stock", "flow", "price", "rate", "index", "share", "count", "rank"),
            "revised": ("never", "rarely", "often"),
            "warnings": WARNINGS,
        },
        optional=frozenset({"lag_days", "warnings", "description"}),
        pattern={"series_id": SERIES_ID},
        limits={"lag_days": (0, 3650)},
    ),
    "obs": Table(
        key=("series_id", "period", "source_id"),
        refers={"series_id": "series", "source_id": "sources"},
        optional=frozenset({"note"}),
        pattern={"period": SPAN},
    ),
    "events": Table(
        key=("event_id",),
        refers={"source_id": "sources"},
        closed={
            "precision": ("day", "month", "year"),
            "category": (
                "embargo", "sanction_listing", "duty", "tariff", "support", "mine_closure", "rate_decision",
                "war", "market",
            ),
        },
        optional=frozenset({"note"}),
        pattern={"date": DATE},
        known_by="all",
    ),
    "claims": Table(
        key=("claim_id",),
        refers={"article_source_id": "sources", "series_ids": "series", "source_ids": "sources"},
        listed=frozenset({"series_ids", "source_ids"}),
        closed={"verdict": _VERDICTS},
        optional=frozenset({"value", "unit", "series_ids", "source_ids"}),
        pattern={"period": SPAN, "claim_id": r"[a-z]{2}[0-9]{2}"},
        known_by="all",
    ),
    "claim_rules": Table(
        key=("claim_id", "part"),
        refers={"claim_id": "claims", "series_ids": "series", "event_id": "events", "source_id": "sources"},
        listed=frozenset({"series_ids"}),
        closed={
            "measure": (
                "value", "last_value", "change_pct", "share_pct", "part_pct", "rank", "largest", "record_gap",
                "event_days",
            ),
            "test": ("near", "above", "below"),
            **dict.fromkeys(("if_met", "if_close", "if_far"), _VERDICTS),
        },
        optional=frozenset({"series_ids", "event_id", "base_period"}),
        pattern={"period": SPAN, "base_period": SPAN},
        known_by="all",
    ),
    "forecasts": Table(
        key=("forecast_id",),
        refers={"series_id": "series", "source_id": "sources"},
        optional=frozenset({"made", "series_id", "low", "value", "high", "condition", "note"}),
        pattern={"made": DATE, "period": SPAN},
        known_by="all",
    ),
    "conflicts": Table(
        key=("conflict_id",),
        refers={"series_id": "series", "source_ids": "sources"},
        listed=frozenset({"series_id", "source_ids"}),
        optional=frozenset({"series_id", "source_ids"}),
        known_by="all",
    ),
    "towns": Table(
        key=("town_id",),
        refers={"panel_id": "towns", "source_id": "sources"},
        listed=frozenset({"source_id"}),
        closed={"is_coal_town": ("yes", "no", "unclear")},
        optional=frozenset(
            {
                "lat", "lon", "oktmo", "population_2021", "monotown_category_2015", "category_later_known",
                "coal_basis", "main_operator", "nearest_mine_km", "mines_within_15km",
                "coal_capacity_within_15km_mt", "panel_id", "note",
            }
        ),
        pattern={"oktmo": r"[0-9]{8}|[0-9]{11}", "region_iso": r"(RU|UA)-[A-Z0-9]{2,3}"},
        limits={
            **_LATLON,
            "population_2021": (0, 2e7),
            "monotown_category_2015": (1, 3),
            "category_later_known": (1, 3),
            "nearest_mine_km": (0, 1e4),
            "mines_within_15km": (0, 1e3),
            "coal_capacity_within_15km_mt": (0, 1e3),
        },
        known_by="first",
    ),
    "mines": Table(
        key=("mine_id",),
        refers={"nearest_town_id": "towns", "source_id": "sources"},
        closed={
            "status": ("operating", "proposed", "shelved", "mothballed", "cancelled", "retired"),
            "mine_type": ("surface", "underground", "underground_and_surface"),
            "coal_grade": ("thermal", "met", "thermal_and_met", "unknown"),
            "workforce_is_estimate": ("yes", "no", "unknown"),
        },
        pattern={"mine_id": r"gem_m[0-9]{4}(_[a-z])?"},
        optional=frozenset(
            {
                "name_local", "operator", "owner", "opening_year", "capacity_mt", "output_mt", "output_year",
                "workforce", "workforce_is_estimate", "note",
            }
        ),
        limits={
            **_LATLON, "capacity_mt": (0, 200), "output_mt": (0, 200), "workforce": (0, 1e5),
            "distance_km": (0, 1e4),
        },
        known_by="all",
    ),
    "multipliers": Table(
        key=("multiplier_id",),
        refers={"source_id": "sources"},
        closed={"seen": ("full text", "abstract", "secondary")},
        optional=frozenset({"period", "estimate", "low", "high", "horizon", "note"}),
        known_by="all",
    ),
    "corrections": Table(
        key=("series_id", "period", "source_id"),
        refers={"series_id": "series", "source_id": "sources"},
        closed={"action": ("replace", "drop"), "status": ("open", "fixed")},
        optional=frozenset({"value"}),
        pattern={"period": SPAN},
    ),
    "tables": Table(
        key=("table", "column"),
        closed={"type": ("text", "number", "integer", "date", "json")},
        optional=frozenset({"unit", "description"}),
    ),
}  # fmt: skip

OPTIONAL = frozenset({"corrections"})
"""Tables that need not be there: no publisher's error is known yet."""
