"""What the tests of the backtests share."""

from pathlib import Path

import pytest

from pipeline.model.decades import load_decades
from pipeline.models.backtest.folds import Decades


@pytest.fixture(scope="session")
def decades(inputs: Path) -> Decades:
    """The censuses of nation and provinces, as every backtest begins with them."""
    return load_decades(inputs)
