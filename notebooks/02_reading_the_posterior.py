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
# # Reading the posterior
#
# The provinces' cohort change is fitted once (`pipeline/models/old_age.py`). Its posterior is an ordinary
# `xarray.DataTree` that ArviZ reads. Needs a run (`make repro`).

# %%
import os
import sys
from pathlib import Path

ROOT = Path.cwd() if Path("params.yaml").exists() else Path.cwd().parent
os.chdir(ROOT)
sys.path.insert(0, str(ROOT))

# %%
import arviz as az
import numpy as np
import pandas as pd

from pipeline.model.fits import AREAS_FILE, load_diagnostics, load_posterior
from pipeline.models.sampling import faults

tree = load_posterior(Path("models/posterior/areas.npz"))
posterior = tree["posterior"].to_dataset()
sorted(str(name) for name in posterior.data_vars if not str(name).endswith("_z"))

# %% [markdown]
# ## May it be read?
#
# r̂ at most 1.01, at least 400 effective draws in bulk and tails, no divergence; a run stops at a fit beyond that. (The
# smoke profile of the tests is far beyond it: it samples a few draws only.)

# %%
measured = load_diagnostics(Path(), AREAS_FILE)
beyond = faults(measured, "models/posterior/areas.npz")
print(f"{len(beyond)} measures beyond their limit")
measured.groupby("measure")["value"].agg(["min", "max"])

# %% [markdown]
# ## What it says
#
# `rho` is the share of a province's excess of one decade that comes back in the next, by age (50-54 … 80-84, 85+).

# %%
az.summary(posterior, var_names=["rho"], kind="stats")

# %%
az.plot_forest(posterior, var_names=["rho"], backend="matplotlib");

# %% [markdown]
# ## What is carried on from it
#
# For each draw: the excess of every province in the coming decade, by sex and sixteen cohort groups. Here, the mean over the
# draws of men and women at 60-64, in percent of the people survival alone would leave, highest and lowest provinces.

# %%
with np.load("data/derived/shared_draws.npz") as file:
    future = pd.DataFrame(
        100 * np.expm1(file["future"][:, :, :, 10].mean(axis=2)), columns=[str(name) for name in file["provinces"]]
    )
future.quantile([0.1, 0.5, 0.9]).T.sort_values(0.5).round(1).iloc[[0, 1, 2, -3, -2, -1]]
