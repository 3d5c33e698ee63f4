"""What tests of inputs share."""

import pandas as pd
import pytest
from defaults import ROOT

from pipeline.domain import Catalogue
from pipeline.inputs.raw_tables import RawTables


@pytest.fixture(scope="session")
def census(catalogue: Catalogue) -> pd.DataFrame:
    """The censuses of every region. Read only."""
    return RawTables(ROOT, catalogue.corrections).census(catalogue.regions.values())
