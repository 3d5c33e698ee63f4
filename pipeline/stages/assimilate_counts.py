"""Stage `assimilate_counts`: what the counts since the census move of the nation, the provinces and the cities."""

from pathlib import Path

import numpy as np

from pipeline.inputs.store import load_regions
from pipeline.model.areas import COUNTS_FOLDER, assimilate_areas, load_counts, load_nation, save_update
from pipeline.model.result_files import save_arrays
from pipeline.settings import load_settings
from pipeline.stages.common import run


def assimilate_counts(root: Path) -> None:
    regions = load_regions(root)
    updates = assimilate_areas(root, load_settings(root), regions, load_counts(root, regions), load_nation(root))
    for name, update in updates.items():
        save_update(root, name, update.only(*(part for part in update.gain if part != "bias")))
    save_arrays(root / COUNTS_FOLDER / "moved.npz", regions=np.array(sorted(updates), dtype="U"))


if __name__ == "__main__":
    run(assimilate_counts, owns=(COUNTS_FOLDER,))
