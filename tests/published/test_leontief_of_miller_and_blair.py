"""The two-sector example of Miller and Blair.

Miller, R. E. and Blair, P. D. (2009), Input-Output Analysis: Foundations and Extensions, 2nd edition,
chapter 2 (tables 2.3 and 2.4 and the example after them). The figures were read in the test data of another
program which quotes these tables: konstantinstadler/pymrio, tests/test_math.py.
"""

import numpy as np
import pandas as pd

from coalface.models.steel import leontief_inverse

SECTORS = ["sector 1", "sector 2"]
FLOWS = np.array([[150.0, 500.0], [200.0, 100.0]])
OUTPUT = np.array([1000.0, 2000.0])
FINAL_DEMAND = np.array([350.0, 1700.0])
DIRECT = pd.DataFrame([[0.15, 0.25], [0.20, 0.05]], index=SECTORS, columns=SECTORS)


def test_direct_requirements_follow_from_the_flows():
    assert np.allclose(FLOWS / OUTPUT, DIRECT)


def test_the_inverse_is_the_published_one():
    published = [[1.25412541, 0.330033], [0.2640264, 1.12211221]]
    assert np.allclose(leontief_inverse(DIRECT), published, atol=5e-7)


def test_the_inverse_gives_back_the_output_of_the_base_year():
    assert np.allclose(leontief_inverse(DIRECT).to_numpy() @ FINAL_DEMAND, OUTPUT)


def test_the_changed_final_demand_gives_the_published_output():
    """The book's new output (1247.5 and 1841.6, one decimal) belongs to a final demand of 600 and 1500."""
    new_output = np.array([1247.5, 1841.6])
    new_demand = new_output - DIRECT.to_numpy() @ new_output
    assert np.allclose(new_demand, [600, 1500], atol=0.1)
    assert np.allclose(leontief_inverse(DIRECT).to_numpy() @ [600, 1500], new_output, atol=0.05)
