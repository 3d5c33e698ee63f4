"""People who need help."""

from __future__ import annotations

from pipeline.results.tables.fields import OUTPUT_TYPE, OUTPUT_TYPE_ID, REGION, SCENARIO, SEVERITY, YEAR_END_OR_CENSUS
from pipeline.schemas import Table, number, text

NEED = Table(
    "need",
    "People who need help: disabled by definition and severity, and with dementia.",
    (
        SCENARIO,
        REGION,
        YEAR_END_OR_CENSUS,
        text("measure", "who is counted", ("disabled", "dementia")),
        text("definition", "definition of disability; blank for dementia", nullable=True),
        SEVERITY,
        OUTPUT_TYPE,
        OUTPUT_TYPE_ID,
        number("value", "people", "persons", low=0, decimals=0),
    ),
    ("scenario", "region", "year", "measure", "definition", "severity", "output_type", "output_type_id"),
)
