"""The netback identity, the duty tiers and their dates, taxes and tariffs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalface.models import margins

ONE_MONTH = pd.period_range("2024-01", periods=1, freq="M")
TIERS = margins.DutyTiers((0.0, 80.0, 85.0, 90.0, 95.0), (0.0, 4.0, 4.5, 5.5, 7.0))

# Worked by hand: 100 USD/t delivered, 8.50 USD/t freight, wagon 2,620 RUB a day for 28 days under 69 t, tax
# of 57 RUB/t and 1.2 % of a benchmark of 250 USD/t. Roubles and kopecks, rounded at the end of each line.
ROAD = {"rail_rub_t": 3005.07, "transshipment_rub_t": 787.19}
BY_HAND = [
    # rate, duty %, price, freight, duty, tax, netback
    (78.7183, 0.0, 7871.83, 669.11, 0.00, 293.15, 2054.12),
    (83.3170, 4.0, 8331.70, 708.19, 304.94, 306.95, 2156.17),
    (87.4029, 4.5, 8740.29, 742.92, 359.88, 319.21, 2462.83),
    (92.8884, 5.5, 9288.84, 789.55, 467.46, 335.67, 2840.71),
    (97.0400, 7.0, 9704.00, 824.84, 621.54, 348.12, 3054.05),
]


@pytest.mark.parametrize(("rate", "duty_pct", "price", "freight", "duty", "tax", "left"), BY_HAND)
def test_netback_agrees_with_a_hand_worked_case_to_the_kopeck_at_every_duty_tier(
    rate, duty_pct, price, freight, duty, tax, left
):
    assert TIERS.rate(rate) == duty_pct
    gondola = margins.gondola_rub_t(2620.0, turn_days=28.0, load_t=69.0)
    found = margins.netback(
        100.0,
        rate,
        freight_usd_t=8.5,
        gondola_rub_t=gondola,
        duty_pct=TIERS.rate(rate),
        extraction_tax_rub_t=margins.extraction_tax_rub_t(
            fixed_rub_t=57.0, share_pct=1.2, benchmark_usd_t=250.0, rub_per_usd=rate
        ),
        **ROAD,
    )
    assert gondola == pytest.approx(1063.19, abs=0.005)
    assert found.fob_rub_t == pytest.approx(price, abs=0.0051)
    assert found.freight_rub_t == pytest.approx(freight, abs=0.0051)
    assert found.duty_rub_t == pytest.approx(duty, abs=0.0051)
    assert found.extraction_tax_rub_t == pytest.approx(tax, abs=0.0051)
    assert found.netback_rub_t == pytest.approx(left, abs=0.0051)


@pytest.mark.parametrize(
    ("rate", "duty_pct"),
    [
        (79.9999, 0.0),
        (80.0, 4.0),
        (84.9999, 4.0),
        (85.0, 4.5),
        (90.0, 5.5),
        (94.9999, 5.5),
        (95.0, 7.0),
        (120.0, 7.0),
    ],
)
def test_an_edge_belongs_to_the_tier_above_it(rate, duty_pct):
    assert TIERS.rate(rate) == duty_pct


money = st.floats(0.0, 5e3)


@given(
    price=st.floats(20.0, 400.0), rate=st.floats(30.0, 150.0), rail=money, port=money, wagon=money, tax=money,
    duty=st.floats(0.0, 20.0), freight=st.floats(0.0, 15.0),
)  # fmt: skip
def test_netback_is_the_price_less_all_parts_in_both_currencies(
    price, rate, rail, port, wagon, tax, duty, freight
):
    found = margins.netback(
        price,
        rate,
        transshipment_rub_t=port,
        rail_rub_t=rail,
        gondola_rub_t=wagon,
        duty_pct=duty,
        extraction_tax_rub_t=tax,
        freight_usd_t=freight,
    )
    parts = sum(getattr(found, f"{name}_rub_t") for name in margins.Netback.PARTS)
    assert found.netback_rub_t + parts == pytest.approx(price * rate, rel=1e-12, abs=1e-6)
    assert found.netback_usd_t * rate == pytest.approx(float(found.netback_rub_t), rel=1e-12, abs=1e-6)


def test_duty_binds_only_on_the_days_of_its_spells():
    spells = pd.DataFrame(
        {
            "grade": ["thermal", "coking", "coking"],
            "start": ["2023-10-01", "2023-10-01", "2024-01-01"],
            "end": ["2023-12-31", "2023-12-31", "2024-02-29"],
            "chance": [1.0, 1.0, 0.5],
        }
    )
    months = pd.period_range("2023-09", "2024-03", freq="M")
    assert margins.duty_in_force(spells, months, "thermal").tolist() == [0, 1, 1, 1, 0, 0, 0]
    assert margins.duty_in_force(spells, months, "coking").tolist() == [0, 1, 1, 1, 0.5, 0.5, 0]


def test_tariff_steps_compound_in_both_directions_from_the_base_month():
    steps = pd.DataFrame({"date": ["2022-01-01", "2022-06-01", "2023-01-01"], "rise_pct": [6.8, 11.0, 10.09]})
    index = margins.tariff_index(steps, pd.period_range("2021-12", "2023-01", freq="M"), base="2022-05")
    assert index["2021-12"] == pytest.approx(1 / 1.068)
    assert index["2022-05"] == 1.0
    assert index["2023-01"] == pytest.approx(1.11 * 1.1009)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: margins.DutyTiers((0.0, 80.0), (0.0,)), "one rate per edge"),
        (lambda: margins.DutyTiers((10.0, 80.0), (0.0, 4.0)), "start at 0 and rise"),
        (lambda: margins.DutyTiers((0.0,), (-1.0,)), "cannot be negative"),
        (lambda: TIERS.rate(np.array([80.0, np.nan])), "must be positive"),
        (lambda: margins.netback(80.0, 0.0, gondola_rub_t=0.0, **ROAD), "must be positive"),
        (lambda: margins.duty_in_force(pd.DataFrame(), ONE_MONTH, "thermal"), "lacks"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_a_sentence(make, message):
    with pytest.raises(ValueError, match=message):
        make()
