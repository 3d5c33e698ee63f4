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
# # Data and audit
#
# What goes in, how it is checked, and what in the plans does not add up. Needs the tables of a run (`make repro`).

# %%
import os
import sys
from pathlib import Path

ROOT = Path.cwd() if Path("params.yaml").exists() else Path.cwd().parent
os.chdir(ROOT)
sys.path.insert(0, str(ROOT))

# %%
import pandas as pd

from pipeline.inputs.catalogue import load_catalogue
from pipeline.inputs.raw_tables import RawTables

pd.set_option("display.max_colwidth", 100)
pd.set_option("display.float_format", "{:,.2f}".format)

# %% [markdown]
# ## The censuses
#
# One long table of all regions: residents on 1 November. Corrections of the published tables are made on reading, each
# with its reason in `data/corrections.yaml`; a table with a fault is not read at all.

# %%
catalogue = load_catalogue(ROOT)
census = RawTables(ROOT, catalogue.corrections).census(catalogue.regions.values())
first_age = census["age"].str.extract(r"^(\d+)", expand=False).astype(int)
people = census.groupby(["region", "year"])["population"].sum()
old = census[first_age >= 60].groupby(["region", "year"])["population"].sum()
shares = (100 * old / people).unstack().round(2)
planned = [plan.region for plan in catalogue.plans.values()]
shares.loc[["china", *planned]]

# %% [markdown]
# ## What the plans state
#
# Each figure has an id; `explain` and the reports lead from there to the section of the plan.

# %%
figures = pd.read_csv("reports/tables/plan_figures.csv")
figures.pivot_table(index="plan", columns="kind", values="figure_id", aggfunc="count", fill_value=0)

# %% [markdown]
# ## What in them does not add up
#
# `expected` follows from other figures of the plan, from the census, or from the cohorts the census counted.

# %%
audit = pd.read_csv("reports/tables/plan_audit.csv")
worst = audit[audit["severity"] == "contradiction"]
worst[["plan", "check", "stated", "expected", "difference", "explanation_en"]].head(10)

# %%
audit.pivot_table(index="plan", columns="severity", values="check", aggfunc="count", fill_value=0)
