"""What the tests of the backtests share."""

import pytest

from pipeline.model.decades import load_decades


@pytest.fixture(scope="session")
def decades(inputs):
    """The censuses of nation and provinces, as every backtest begins with them."""
    return load_decades(inputs)
