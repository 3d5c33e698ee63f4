"""What pytest is told beside pyproject.toml."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--ranks", metavar="FOLDER", help="draw the rank histograms of the tests of calibration there")


@pytest.fixture
def rank_folder(request: pytest.FixtureRequest) -> Path | None:
    """Where rank histograms are wanted."""
    folder = request.config.getoption("--ranks")
    return None if folder is None else Path(folder)
