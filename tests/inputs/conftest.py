"""What tests of inputs share."""

import pytest
from defaults import ROOT

from pipeline.inputs.declarations import RAW_FILES
from pipeline.inputs.raw_tables import RawTables
from pipeline.inputs.reconcile import AllTables


@pytest.fixture(scope="session")
def tables(catalogue):
    """All raw tables, corrected. Read only."""
    raw = RawTables(ROOT, catalogue.corrections)
    shared = {table.name: raw.table(file) for file, table in RAW_FILES.items()}
    return AllTables(shared, raw.census(catalogue.regions.values()), [], catalogue.regions)


@pytest.fixture(scope="session")
def census(tables):
    """The censuses of every region. Read only."""
    return tables.census
