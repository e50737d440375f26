"""Rules of towns, mines and map layers: coordinates, and what the tables computed from them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coalface.data.sheets import Fault, Sheet

EARTH_KM = 6371.0088
ROUNDING_KM = 0.11
AGAIN = "compute it again from the coordinates"


def numbers(sheet: Sheet, *names: str) -> tuple[np.ndarray, ...]:
    """Columns as numbers, NaN where a cell is empty or ill-formed."""
    return tuple(pd.to_numeric(sheet.frame[name], errors="coerce").to_numpy(dtype=float) for name in names)


def distances_km(towns: Sheet, mines: Sheet) -> np.ndarray:
    """Great-circle distance in km of each mine (rows) to each town (columns)."""
    lat, lon = (np.radians(part)[None, :] for part in numbers(towns, "lat", "lon"))
    mine_lat, mine_lon = (np.radians(part)[:, None] for part in numbers(mines, "lat", "lon"))
    half = (
        np.sin((lat - mine_lat) / 2) ** 2 + np.cos(lat) * np.cos(mine_lat) * np.sin((lon - mine_lon) / 2) ** 2
    )
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(half)))


def towns(sheet: Sheet, series_ids: set[str]) -> Iterator[Fault]:
    """Towns: both coordinates or none, one name a region code, a panel that exists."""
    frame = sheet.frame
    yield from sheet.faults(
        (frame["lat"] == "") != (frame["lon"] == ""), "{town_id} has one coordinate", "give both or none"
    )
    names = frame.groupby("region_iso")["region"].transform("nunique")
    yield from sheet.faults(
        names > 1, "{region_iso} has more than one region name", "use one name for a code"
    )
    panels = {name.rsplit(".", 1)[-1] for name in series_ids if name.startswith("town.")}
    yield from sheet.faults(
        ~frame["panel_id"].isin({*panels, ""}),
        "no series of towns is named after {panel_id}",
        "correct panel_id",
    )


def neighbours(towns: Sheet, mines: Sheet) -> Iterator[Fault]:
    """Nearest mines and towns, and the mines around a town, as the coordinates say."""
    far = distances_km(towns, mines)
    open_ = (mines.frame["status"] == "operating").to_numpy()
    reach = np.where(np.isnan(far), np.inf, far)
    (distance,) = numbers(mines, "distance_km")
    yield from mines.faults(
        np.abs(reach.min(axis=1) - distance) > ROUNDING_KM,
        "distance_km {distance_km} is not that of the nearest town",
        AGAIN,
    )
    nearest = towns.frame["town_id"].to_numpy()[reach.argmin(axis=1)]
    yield from mines.faults(
        nearest != mines.frame["nearest_town_id"].to_numpy(),
        "{nearest_town_id} is not the nearest town",
        AGAIN,
    )
    working = reach[open_]
    lat, mine_km, count, capacity = numbers(
        towns, "lat", "nearest_mine_km", "mines_within_15km", "coal_capacity_within_15km_mt"
    )
    placed = ~np.isnan(lat)
    own, output = numbers(mines, "capacity_mt", "output_mt")
    size = np.nan_to_num(np.where(np.isnan(own), output, own))[open_]
    around = working <= 15
    least = working.min(axis=0, initial=np.inf)
    for found, said, slack, name in (
        (least, mine_km, ROUNDING_KM, "nearest_mine_km"),
        (around.sum(axis=0), count, 0.0, "mines_within_15km"),
        (size @ around, capacity, 0.051, "coal_capacity_within_15km_mt"),
    ):
        off = placed & ~(np.abs(found - said) <= slack) | ~placed & ~np.isnan(said)
        yield from towns.faults(
            off, f"{name} '{{{name}}}' is not what the mines around {{town_id}} give", AGAIN
        )


def layer(folder: Path, file: str, sources: set[str], mine_ids: set[str]) -> Iterator[Fault]:
    """A map layer: GeoJSON with its source, coordinates on the globe, closed rings, mines of the table."""
    try:
        shapes = json.loads((folder / file).read_bytes().decode("utf-8"))
        features = shapes["features"]
        names = [
            (part["properties"], part["geometry"]["type"], part["geometry"]["coordinates"])
            for part in features
        ]
    except (ValueError, KeyError, TypeError) as error:
        line = getattr(error, "lineno", 0)
        yield Fault(
            file, line, f"the layer is not GeoJSON ({type(error).__name__})", "restore it from the repository"
        )
        return
    if not names:
        yield Fault(file, 0, "the layer is empty", "restore it from the repository")
    if not any(source in str(shapes.get("note", "")).split() for source in sources):
        yield Fault(
            file,
            0,
            "the note of the layer names no document of sources.csv",
            "add `source SOURCE_ID` to the note",
        )
    codes = [properties["iso"] for properties, _, _ in names if "iso" in properties]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield Fault(file, 0, f"the region {code} is drawn twice", "keep one feature a region")
    stems = {mine[: len("gem_m0000")] for mine in mine_ids}
    for place, (properties, kind, coordinates) in enumerate(names, start=1):
        if "gem_id" in properties and f"gem_{str(properties['gem_id']).lower()}" not in stems:
            yield Fault(
                file, 0, f"feature {place}: mine {properties['gem_id']} is not in mines.csv", "correct gem_id"
            )
        rings = {"Point": [[coordinates]], "Polygon": coordinates}.get(kind)
        rings = [ring for part in coordinates for ring in part] if kind == "MultiPolygon" else rings
        if what := _shape(rings, kind):
            yield Fault(file, 0, f"feature {place}: {what}", "restore the shape from the repository")


def _shape(rings: Any, kind: str) -> str:
    if not rings:
        return f"{kind} is not a point or an area"
    for ring in rings:
        try:
            points = np.asarray(ring, dtype=float)
        except (TypeError, ValueError):
            return "a coordinate is not a number"
        if points.ndim != 2 or points.shape[1] != 2:
            return "a point is not a pair of longitude and latitude"
        if not (np.abs(points) <= [180, 90]).all():
            return "a point lies off the globe"
        if kind != "Point" and (len(points) < 4 or (points[0] != points[-1]).any()):
            return "a ring is not closed"
    return ""
