"""People who need help, and what their care takes."""

from pipeline.results.tables.shared_columns import SCENARIO, SEVERITY, YEAR_END_OR_CENSUS
from pipeline.schemas import IDENTIFIER, REGION, Table, number, text
from pipeline.vocabulary import BASES, SETTINGS_OF_CARE

NEED = Table(
    "need",
    "People who need help, and the beds and staff that their care takes, by the national rates that need rests on. "
    "`shown` is the median; parts by severity and setting sum to what is shown of the whole.",
    (
        SCENARIO,
        REGION,
        YEAR_END_OR_CENSUS,
        text(
            "measure",
            "all people aged 60 and over; the disabled; people with dementia; the disabled who would live in "
            "institutions (residents); beds for them, of these nursing beds, and of these places for people with "
            "dementia; caregivers of institutions and community facilities",
            (
                "population_60plus",
                "disabled",
                "dementia",
                "residents",
                "beds",
                "nursing_beds",
                "dementia_beds",
                "caregivers",
            ),
        ),
        text(
            "definition",
            "definition of disability; local_count where the region itself published a count; blank for all people "
            "and for dementia",
            nullable=True,
            pattern=IDENTIFIER,
        ),
        SEVERITY,
        text(
            "setting",
            "where caregivers work; blank for all, which is institutions and community facilities; home stands beside",
            SETTINGS_OF_CARE,
            nullable=True,
        ),
        number("shown", "what is shown: the median, or its part", "persons or beds", low=0, decimals=0),
        number("q10", "0.1 quantile of the draws; blank for a count", "persons or beds", nullable=True, decimals=0),
        number("q90", "0.9 quantile of the draws; blank for a count", "persons or beds", nullable=True, decimals=0),
        text("basis", "population basis", BASES),
        text("figure_id", "source of a count; blank for what is worked out", nullable=True),
    ),
    ("scenario", "region", "year", "measure", "definition", "severity", "setting"),
)
