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
# # The targets of a next plan, step by step
#
# From today's stock to numbers for 2030: what stands still, what the nation aims at, what people need, what to add a
# year, what it costs, and how sure it is. Needs a run (`make repro`).

# %%
import os
import sys
from pathlib import Path

ROOT = Path.cwd() if Path("params.yaml").exists() else Path.cwd().parent
os.chdir(ROOT)
sys.path.insert(0, str(ROOT))

# %%
import numpy as np

from pipeline.api import explored
from pipeline.model.plans import plan_targets
from pipeline.shortfall.choices import Choices

REGION, YEAR = "xuchang", 2030
BEDS = "institution_beds"

# %% [markdown]
# ## 1. Who will need help
#
# The sample holds, in every draw, the people of the region and those of them who are disabled, by severity.

# %%
sample = explored(ROOT, REGION)
for severity in ("mild", "moderate", "severe", "dementia"):
    people = sample.known(sample.lines["people", severity], YEAR)
    low, middle, high = np.quantile(people, [0.1, 0.5, 0.9])
    print(f"{severity}: {middle:,.0f} ({low:,.0f} to {high:,.0f})")

# %% [markdown]
# ## 2. What each option asks for
#
# Standing still, the national level, and enough for need with a certainty of 50 and of 80 %. A blank is not known.

# %%
options = plan_targets(ROOT, REGION, YEAR)
numbers = options[(options["measure"] == "number") & (options["year"] == YEAR)]
numbers.pivot_table(index="resource", columns="option", values="shown", sort=False)

# %% [markdown]
# ## 3. What that means a year
#
# Additions a year from now on, closures replaced, beside what was added a year so far.

# %%
yearly = options[options["measure"].isin(("additions_per_year", "record_per_year"))]
yearly.pivot_table(index=["resource", "option"], columns="measure", values="shown", sort=False)

# %% [markdown]
# ## 4. How sure it is, and what if care were given otherwise
#
# The chance that a number of beds is enough for need, and what it becomes when more of the severely disabled live in
# institutions, or beds are better used. The sample has 200 draws: its numbers lie a few percent from those above.

# %%
for label, choices in {
    "with nothing changed": Choices(),
    "three in ten of the severely disabled in institutions": Choices(institution={"severe": 0.3}),
    "beds nine tenths full": Choices(occupancy=0.9),
}.items():
    needed = sample.outcome(BEDS, "need", YEAR, choices).required
    print(f"{label}: {np.quantile(needed, 0.5):,.0f} beds, with 80 % certainty {np.quantile(needed, 0.8):,.0f}")

# %% [markdown]
# ## 5. What it costs
#
# Ranges only: prices come from elsewhere unless the region published its own. The public subsidy is part of the whole
# investment; the two are never added.

# %%
found = sample.outcome(BEDS, "need", YEAR)
for kind, yuan in found.cost.items():
    low, high = np.quantile(yuan, [0.1, 0.9]) / 1e6
    print(f"{kind}: {low:,.0f} to {high:,.0f} million yuan")

# %% [markdown]
# ## 6. A plan file of it
#
# `python -m pipeline plan-targets xuchang --year 2030 --certainty 0.8 --yaml` writes these targets as a plan of its own,
# marked as a proposal of nobody's; the next run measures it like any other plan.
