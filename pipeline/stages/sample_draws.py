"""Stage `sample_draws`: a stratified sample of the draws of every scenario, for the explorer."""

from pathlib import Path

from pipeline.model.result_files import SAMPLE_FILE
from pipeline.model.sample import sampled
from pipeline.results.tables import TABLES
from pipeline.results.write import write_parquet
from pipeline.settings import all_settings
from pipeline.stages.common import run

DIGITS = 4
"""Significant digits that are kept."""


def sample_draws(root: Path) -> None:
    write_parquet(sampled(root, all_settings(root)), root / SAMPLE_FILE, TABLES["sample"], DIGITS)


if __name__ == "__main__":
    run(sample_draws)
