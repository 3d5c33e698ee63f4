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
# # A scenario lab
#
# `pipeline.api.measured` measures one plan again under other parameters, in seconds: the stored draws of the run, your
# values in the place of those in `params.yaml`, no file touched. Needs a run (`make repro`). What proves its worth goes
# into `params.yaml` as a scenario.

# %%
import os
import sys
from pathlib import Path

ROOT = Path.cwd() if Path("params.yaml").exists() else Path.cwd().parent
os.chdir(ROOT)
sys.path.insert(0, str(ROOT))

# %%
import matplotlib.pyplot as plt

from pipeline.api import measured

PLAN = "xuchang"
BEDS = "quantity == 'institution_beds' and yardstick == 'need' and definition == 'li_2022' and measure == 'required'"

# %% [markdown]
# ## As it is
#
# Institution beds that the disabled people of Xuchang need: the median and the 80 % range.

# %%
central = measured(ROOT, PLAN)
central.query(BEDS).set_index("year")[["q10", "q50", "q90"]].round(-2).iloc[5::5]

# %% [markdown]
# ## Fewer people in institutions
#
# About half as many of the disabled live in institutions as in the published shares.

# %%
at_home = measured(ROOT, PLAN, {"need": {"institution_use": {"low": 0.3, "high": 0.8}}})
at_home.query(BEDS).set_index("year")[["q10", "q50", "q90"]].round(-2).iloc[5::5]

# %% [markdown]
# ## People live longer
#
# Two years more of life expectancy in the last year: the region is projected again.

# %%
longer = measured(ROOT, PLAN, {"projection": {"mortality": {"extra_e0": 2.0}}})
longer.query(BEDS).set_index("year")[["q10", "q50", "q90"]].round(-2).iloc[5::5]

# %%
figure, axes = plt.subplots(figsize=(7, 4))
for label, table in {"as it is": central, "fewer in institutions": at_home, "living longer": longer}.items():
    line = table.query(BEDS).set_index("year")
    axes.plot(line.index, line["q50"], label=label)
    axes.fill_between(line.index, line["q10"], line["q90"], alpha=0.15)
axes.set_ylabel("institution beds needed (80 % range)")
axes.legend(frameon=False);
# %% [markdown]
# ## A slip is named
#
# An override that `params.yaml` would not take is refused here too.

# %%
from pipeline.errors import InputError

try:
    measured(ROOT, PLAN, {"supply": {"leave": {"low": 0.5, "high": 0.2}}})
except InputError as error:
    print(error)
