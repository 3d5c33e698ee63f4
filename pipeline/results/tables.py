"""The result tables as tables.yaml declares them: the contract that readers of the results can rely on."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from pipeline import schemas
from pipeline.axes import COUNTED_GROUPS

SHARE = "share_60plus"
DISABLED = ("disabled_mild", "disabled_moderate", "disabled_severe")
NORMS = {"norm_beds": "institution_beds", "norm_all_beds": "elderly_care_beds", "norm_social_workers": "social_workers"}
"""Measures of the atlas that the national norm asks for, and the quantity it is of."""

STATUS_QUO = {
    "status_quo_beds": "institution_beds",
    "status_quo_all_beds": "elderly_care_beds",
    "status_quo_caregivers": "certified_caregivers",
}
"""Measures of today's own provision held, and the stock they are of: only where the place's own is published."""

ADDED = {f"added_{name}": name for name in ("need_beds", "need_caregivers", "norm_beds", "status_quo_beds")}
"""Additions of the next plan: what is asked for at the end of its last year beyond the end of the year `as_of`."""

MEASURES = (*COUNTED_GROUPS, SHARE, *DISABLED, "dementia", "need_beds", "need_caregivers", *NORMS, *STATUS_QUO, *ADDED)
"""Of the atlas."""

FIGURE_ID = r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+"
CONSTANTS: Mapping[str, Any] = {
    **schemas.CONSTANTS,
    "MEASURES": MEASURES,
    "DATE": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "FIGURE_ID": FIGURE_ID,
    "FIGURE_IDS": rf"{FIGURE_ID}(;{FIGURE_ID})*",
}

TABLES = schemas.declared_tables(files(__package__).joinpath("tables.yaml").read_bytes(), CONSTANTS)
"""By name, in the order of the dictionary."""
