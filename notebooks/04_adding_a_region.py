# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: -all
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
# ---

# %% [markdown]
# # Adding a region
#
# [docs/bring_your_own.md](../docs/bring_your_own.md) adds a city and a plan step by step. Here is what happens inside when a
# city is known by its bulletin alone: its ages are drawn, and held against a city whose ages are known. Needs a run
# (`make repro`) for what was learned about cities, `models/posterior/margins.npz`.

# %%
import os
import sys
from pathlib import Path

ROOT = Path.cwd() if Path("params.yaml").exists() else Path.cwd().parent
os.chdir(ROOT)
sys.path.insert(0, str(ROOT))

# %%
import numpy as np
import pandas as pd

from pipeline.inputs.raw_tables import load_table
from pipeline.model.fits import MARGINS_FILE, load_posterior
from pipeline.models.margins import CENSUS_GROUPS, known_cities, margins_of, reconstruct, walks_of
from pipeline.models.sampling import posterior_arrays
from pipeline.random import stream

# %% [markdown]
# ## What a bulletin says
#
# Every prefecture of 2020 is in one table, with its province beside it.

# %%
labels, cities, provinces = known_cities(load_table(ROOT, "data/raw/prefectures.csv"), 2020)
row = labels.index[labels["name"] == "开封市"][0]
bulletin = margins_of(cities[row], ("0-14", "15-59", "60+", "65+"))
bulletin

# %% [markdown]
# ## What follows from it
#
# Every draw keeps the bulletin exactly; within its bands the ages are uncertain. `counted` is the census table, which the
# draws have not seen (but 开封 is one of the 334 cities from which the pattern was learned).

# %%
walks = walks_of(posterior_arrays(load_posterior(ROOT / MARGINS_FILE)))
draws = reconstruct(bulletin, provinces[row], walks, stream(1, "notebook")).sum(axis=1)
low, middle, high = np.quantile(draws, [0.1, 0.5, 0.9], axis=0)
table = pd.DataFrame({"low": low, "median": middle, "high": high, "counted": cities[row].sum(axis=0)}, index=list(CENSUS_GROUPS))
table["within"] = (table["low"] <= table["counted"]) & (table["counted"] <= table["high"])
table.round().tail(9)

# %%
kept = draws[:, CENSUS_GROUPS.index("60-64") :].sum(axis=1)
assert np.allclose(kept, bulletin.bands["60+"])
print(f"60+ in every draw: {kept.min():,.0f} to {kept.max():,.0f}; ages within 80 % intervals: {table['within'].mean():.0%}")

# %% [markdown]
# ## In the pipeline
#
# Two files and a name in a list (`python -m pipeline new-region ID --level city --parent henan` writes them for you to fill
# in), then `make repro`. The fit of the provinces and the other cities stay as they are.
