"""How much a town depends on mining: bounds where statistics hide it, and mines by distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

EARTH_RADIUS_KM: Final = 6371.0088
REACH: Final = 3.0  # beyond three radii a mine weighs under 5 percent and is left out
SECTIONS: Final = ("primary_ab", "industry_cde", "construction_f", "market_services", "public_opq")

Rule = Literal["logical", "peers"]
RULES: Final[tuple[Rule, ...]] = ("logical", "peers")


@dataclass(frozen=True)
class Catchment:
    """Mines around each town; every frame is indexed by town_id."""

    near: pd.DataFrame  # mines, nearest_km, output_mt, workforce, owner_hhi, tracker_jobs
    radius_km: float


def great_circle_km(lat: object, lon: object, to_lat: object, to_lon: object) -> np.ndarray:
    """Great-circle distances in kilometres, one row per origin and one column per target.

    Notes
    -----
    Haversine on a sphere of 6371.0088 km; the error against the ellipsoid is under 0.6 percent.

    Examples
    --------
    >>> great_circle_km([0.0], [0.0], [0.0, 0.0], [0.0, 180.0]).round(1).tolist()
    [[0.0, 20015.1]]
    """
    phi, lam = (np.radians(np.asarray(x, float))[:, None] for x in (lat, lon))
    to_phi, to_lam = (np.radians(np.asarray(x, float))[None, :] for x in (to_lat, to_lon))
    h = np.sin((to_phi - phi) / 2) ** 2 + np.cos(phi) * np.cos(to_phi) * np.sin((to_lam - lam) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(h, 0, 1))))


def catchment(places: pd.DataFrame, mines: pd.DataFrame, *, radius_km: float = 15.0) -> Catchment:
    """Mines, tonnes (Mt a year) and workforce (persons) around each place, weighted by distance.

    Parameters
    ----------
    places : pandas.DataFrame
        Indexed by town_id with `lat` and `lon` in degrees and `population`; a place without coordinates gets
        missing values, one without population does not share in mine work.
    mines : pandas.DataFrame
        Operating mines with `lat`, `lon`, `owner`, `tonnes_mt` and `workforce` (missing counts as not known).
    radius_km : float
        Scale of the decay; the weight of a mine is exp(-distance / radius), zero beyond three radii.

    Returns
    -------
    Catchment
        `near` has the columns mines (count within the radius), nearest_km, tonnes_mt (within the radius),
        workforce (weighted persons), owner_hhi (0 to 1, of weighted workforce by owner), miners_per_1000
        (mine work in reach of a thousand residents) and tracker_jobs (each mine's workforce shared among the
        places that it reaches, in proportion to the weights).

    Raises
    ------
    ValueError
        If the radius is not a positive number.

    Notes
    -----
    miners_per_1000 is the two-step floating catchment: a mine's workforce is divided by all residents that it
    reaches, R_j = W_j / sum of P_i k_ij; a town adds up what reaches it, A_i = 1000 sum of k_ij R_j.

    References
    ----------
    Luo and Qi (2009), An enhanced two-step floating catchment area method, Health & Place 15(4).
    """
    if not np.isfinite(radius_km) or radius_km <= 0:
        raise ValueError(f"radius_km is {radius_km}; it must be above 0 (15 reads as a drive to work)")
    far = great_circle_km(places["lat"], places["lon"], mines["lat"], mines["lon"])
    weight = np.where(far <= REACH * radius_km, np.exp(-far / radius_km), 0.0)
    staff = mines["workforce"].fillna(0).to_numpy(float)
    tonnes = mines["tonnes_mt"].fillna(0).to_numpy(float)
    pull = weight * staff
    people = places["population"].fillna(0).to_numpy(float)
    owners = pd.get_dummies(mines["owner"].fillna(mines["operator"])).to_numpy(float)
    total = pull.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        hhi = ((pull @ owners) ** 2).sum(axis=1) / total**2
        shared = np.nan_to_num(weight / weight.sum(axis=0)) @ staff
        reached = people @ weight
        reach = 1000 * weight @ np.where(reached > 0, staff / reached, 0.0)
    known = places["lat"].notna().to_numpy() & (len(mines) > 0)
    near = pd.DataFrame(
        {
            "mines": (far <= radius_km).sum(axis=1),
            "nearest_km": far.min(axis=1, initial=np.inf),
            "tonnes_mt": (far <= radius_km) @ tonnes,
            "workforce": total,
            "owner_hhi": np.where(total > 0, hhi, np.nan),
            "miners_per_1000": np.where(people > 0, reach, np.nan),
            "tracker_jobs": shared,
        },
        index=places.index,
        dtype=float,
    )
    near.loc[~known] = np.nan
    return Catchment(near, radius_km)


def section_bounds(shares: pd.DataFrame, *, rule: Rule = "logical") -> pd.DataFrame:
    """Lower and upper bound of farming and mining (A+B) in headcount, shares of one.

    Parameters
    ----------
    shares : pandas.DataFrame
        One row per municipality, the columns of `SECTIONS` and `undistributed`; a suppressed section is
        missing.
    rule : {"logical", "peers"}
        "logical" asks nothing: a hidden section holds from nothing to the whole undistributed share.
        "peers" also asks that what stays undistributed, and construction where hidden too, is no larger
        than the largest seen in the municipalities that hide neither.

    Returns
    -------
    pandas.DataFrame
        `low` and `high`; equal where the section is printed, missing where no section is known.

    Notes
    -----
    Printed shares and the undistributed share u add up to one, so a hidden A+B lies in [0, u]. With r the
    largest undistributed share and f the largest construction share among complete rows, "peers" takes
    [max(0, u - r - f), u], with f = 0 where construction is printed.

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {"primary_ab": [0.3, float("nan")], "industry_cde": [0.2, 0.3], "construction_f": [0.1, 0.1],
    ...      "market_services": [0.2, 0.2], "public_opq": [0.19, 0.2], "undistributed": [0.01, 0.2]},
    ...     index=["open", "hidden"])
    >>> section_bounds(rows).loc["hidden"].tolist()
    [0.0, 0.2]
    >>> section_bounds(rows, rule="peers").loc["hidden"].round(2).tolist()
    [0.19, 0.2]
    """
    seen, spare = shares["primary_ab"], shares["undistributed"]
    low, high = seen.copy(), seen.copy()
    hidden = seen.isna() & spare.notna()
    slack = pd.Series(spare, dtype=float)
    if rule == "peers":
        whole = shares.loc[shares[[*SECTIONS, "undistributed"]].notna().all(axis=1)]
        rest = whole["undistributed"].max() if len(whole) else np.inf
        building = whole["construction_f"].max() if len(whole) else np.inf
        slack = pd.Series(rest + np.where(shares["construction_f"].isna(), building, 0.0), index=shares.index)
    low[hidden] = (spare - slack).clip(lower=0)[hidden]
    high[hidden] = spare[hidden]
    return pd.DataFrame({"low": low, "high": high})


def coal_bounds(primary: pd.DataFrame, other_high: pd.Series) -> pd.DataFrame:
    """Lower and upper bound of mining alone, after what farming and other mines may hold of A+B.

    Parameters
    ----------
    primary : pandas.DataFrame
        Bounds `low` and `high` of A+B, shares of one.
    other_high : pandas.Series
        Largest share that A+B reaches in comparable places without a coal mine.

    Examples
    --------
    >>> coal_bounds(pd.DataFrame({"low": [0.3], "high": [0.3]}), pd.Series([0.1])).round(2).iloc[0].tolist()
    [0.2, 0.3]
    """
    low = (primary["low"] - other_high.reindex(primary.index).fillna(0)).clip(lower=0)
    return pd.DataFrame({"low": low, "high": primary["high"]})


def location_quotient(share: pd.Series, headcount: pd.Series) -> pd.Series:
    """Location quotient of a share against the pooled share of all rows that have one; 1 is the average.

    Notes
    -----
    LQ_i = s_i / (sum of s_j h_j / sum of h_j), with headcount h as the weight.

    Examples
    --------
    >>> location_quotient(pd.Series([0.1, 0.3]), pd.Series([100, 100])).round(2).tolist()
    [0.5, 1.5]
    """
    both = share.notna() & headcount.notna()
    pooled = float((share * headcount)[both].sum() / headcount[both].sum()) if both.any() else np.nan
    return share / pooled


def payroll_share(
    headcount_share: pd.Series, mining_wage: float | pd.Series, town_wage: pd.Series
) -> pd.Series:
    """Share of the wage bill that goes to mining, 0 to 1: headcount share times relative wage.

    Examples
    --------
    >>> payroll_share(pd.Series([0.3]), 120.0, pd.Series([60.0])).tolist()
    [0.6]
    """
    return (headcount_share * mining_wage / town_wage).clip(upper=1.0)


def mines_near(place: pd.Series, mines: pd.DataFrame, *, radius_km: float) -> pd.DataFrame:
    """Mines within three radii of one place, nearest first, with `distance_km`; none without coordinates."""
    if pd.isna(place["lat"]) or mines.empty:
        return mines.iloc[:0].assign(distance_km=pd.Series(dtype=float))
    far = great_circle_km([place["lat"]], [place["lon"]], mines["lat"], mines["lon"])[0]
    near = mines.assign(distance_km=far)
    return pd.DataFrame(near[far <= REACH * radius_km].sort_values("distance_km", kind="stable"))


def dependence(
    places: pd.DataFrame,
    mines: pd.DataFrame,
    *,
    radius_km: float = 15.0,
    tracker_short: tuple[float, float] = (1, 1),
) -> pd.DataFrame:
    """Dependence of every place on mining, one row per place, units in the column names.

    Parameters
    ----------
    places : pandas.DataFrame
        Columns of `inputs.towns.places`.
    mines : pandas.DataFrame
        Operating mines, see `catchment`.
    tracker_short : tuple of float
        Least and most by which the tracker's workforce must be multiplied to give the jobs that a headcount
        counts; used only for places without a headcount.

    Returns
    -------
    pandas.DataFrame
        mining_share_low and _high (logical bounds of mining alone), tight_low (its lower bound by the peers'
        rule), location_quotient (of A+B as printed), payroll_share_low and _high, wage_gap_pct (coal wage
        above the town's), mining_jobs_low and _high (persons), jobs_from ("headcount", "tracker" or "")
        and all columns of `catchment`.

    Notes
    -----
    Besides coal, A+B may hold at most the largest A+B of a place of the same kind that is no coal town.
    Where no headcount is known, the share is the tracker's workforce over population times headcount per
    resident, taken from the middle eight tenths of the places that have one.
    """
    near = catchment(places, mines, radius_km=radius_km).near
    shares, head = places[[*SECTIONS, "undistributed"]], places["headcount"]
    plain = places["is_coal_town"] != "yes"
    other = places["primary_ab"].where(plain).groupby(places["panel_kind"]).transform("max")
    logical, peers = (coal_bounds(section_bounds(shares, rule=rule), other) for rule in RULES)
    # Without a headcount: jobs of the tracker over the headcount that a town of this size has elsewhere.
    jobs = {
        side: near["tracker_jobs"] * factor
        for side, factor in zip(("low", "high"), tracker_short, strict=True)
    }
    ratio = (head / places["population"]).quantile([0.9, 0.1]).to_list()
    guess = {side: jobs[side] / (places["population"] * r) for side, r in zip(jobs, ratio, strict=True)}
    counted = logical["high"].notna()
    tracked = ~counted & (near["tracker_jobs"] > 0)
    share_high = logical["high"].fillna(guess["high"].where(tracked)).clip(upper=1.0)
    frame = pd.DataFrame(
        {
            "mining_share_low": logical["low"].fillna(guess["low"].where(tracked)).clip(upper=1.0),
            "mining_share_high": share_high,
            "tight_low": peers["low"].fillna(guess["low"].where(tracked)).clip(upper=1.0),
            "location_quotient": location_quotient(places["primary_ab"], head),
            "payroll_share_low": payroll_share(peers["low"], places["coal_wage_low"], places["wage"]),
            "payroll_share_high": payroll_share(logical["high"], places["coal_wage"], places["wage"]),
            "wage_gap_pct": 100 * (places["coal_wage"] / places["wage"] - 1),
            "mining_jobs_low": (peers["low"] * head).fillna(jobs["low"].where(tracked)),
            "mining_jobs_high": (logical["high"] * head).fillna(jobs["high"].where(tracked)),
            "jobs_from": np.select([counted, tracked], ["headcount", "tracker"], default=""),
        }
    )
    return frame.join(near)


def readings(
    places: pd.DataFrame,
    mines: pd.DataFrame,
    *,
    radius_km: float = 15.0,
    spread: float = 2.0,
    tracker_short: tuple[float, float] = (1, 1),
) -> dict[tuple[int, int], tuple[pd.DataFrame, pd.DataFrame]]:
    """Bounds of the five indicators for three radii and both suppression rules, for `exposure.evidence`.

    The radii are the given one, and that divided and multiplied by `spread`. What is known at the given
    radius is known at all: where a shorter reach finds no mine to tell owners apart, the given one's holds.
    """
    radii = (radius_km, radius_km / spread, radius_km * spread)
    pairs = [_bounds(places, mines, radius, tracker_short) for radius in radii]
    base = pairs[0]
    layers = {}
    for i, number in enumerate((1, 0, 2)):
        for j in range(len(RULES)):
            low, high = (
                part.fillna(known).where(known.notna())
                for part, known in zip(pairs[number][j], base[j], strict=True)
            )
            layers[i, j] = low, high
    return layers


def _bounds(
    places: pd.DataFrame, mines: pd.DataFrame, radius_km: float, tracker_short: tuple[float, float]
) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """Low and high of the indicators at one radius, by suppression rule."""
    table = dependence(places, mines, radius_km=radius_km, tracker_short=tracker_short)
    high = pd.DataFrame(
        {
            "mining_share": table["mining_share_high"],
            "miners_per_1000": table["miners_per_1000"],
            "owner_hhi": table["owner_hhi"],
            "wage_gap_pct": table["wage_gap_pct"],
            "population_fall_pct": places["population_fall_pct"],
        }
    )
    return [(high.assign(mining_share=table[low]), high) for low in ("mining_share_low", "tight_low")]


def coverage(places: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """How many places have each column: `known`, `of` (places) and `share`, one row per column.

    Examples
    --------
    >>> coverage(pd.DataFrame({"a": [1.0, None]}), ["a"]).loc["a"].tolist()
    [1.0, 2.0, 0.5]
    """
    known = places[columns].notna().sum()
    return pd.DataFrame({"known": known, "of": len(places), "share": known / max(len(places), 1)})
