"""Every place of the country: its old people, what they need, and how well places were foreseen."""

from pipeline.axes import COUNTED_GROUPS
from pipeline.models.counties.matching import LEVELS, REASONS
from pipeline.models.counties.model import AGES, METHODS, MIDDLE, SIZES
from pipeline.schemas import IDENTIFIER, Table, integer, number, text
from pipeline.vocabulary import COUNTY_KINDS

CODE = text("code", "GB/T 2260 code in 2020", pattern=r"\d{6}")
NAME = text("name_zh", "Chinese name as the census prints it")
LEVEL = text("level", "district: 市辖区, also a development zone with a code; county_city: 县级市", LEVELS)
PROVINCE = text("province", "region id of the province", pattern=IDENTIFIER)
YEAR = integer("year", "census day in 2020, else the end of the year", low=2020, high=2060)

SHARE = "share_60plus"
DISABLED = ("disabled_mild", "disabled_moderate", "disabled_severe")
NEED = (*DISABLED, "dementia", "need_beds", "need_caregivers")
NORMS = {"norm_beds": "institution_beds", "norm_all_beds": "elderly_care_beds", "norm_social_workers": "social_workers"}
"""Measures that the national norm asks for, and the quantity it is of."""

STATUS_QUO = {
    "status_quo_beds": "institution_beds",
    "status_quo_all_beds": "elderly_care_beds",
    "status_quo_caregivers": "certified_caregivers",
}
"""Measures of today's own provision held, and the stock they are of: only where the place's own is published."""

ADDED = {
    "added_need_beds": "need_beds",
    "added_need_caregivers": "need_caregivers",
    "added_norm_beds": "norm_beds",
    "added_status_quo_beds": "status_quo_beds",
}
"""Additions of the next plan: what is asked for at the end of its last year beyond the end of the year `as_of`."""

MEASURES = (*COUNTED_GROUPS, SHARE, *NEED, *NORMS, *STATUS_QUO, *ADDED)

ATLAS = Table(
    "atlas",
    "People of every province, prefecture, county, county-level city and district: residents, scenario central. "
    "Parts add up in every draw, so that medians of parts need not add up to the median of the whole.",
    (
        CODE,
        NAME,
        LEVEL,
        PROVINCE,
        YEAR,
        text("age_group", "age group", COUNTED_GROUPS),
        number("q10", "lower 80 % bound", "persons", low=0, decimals=0),
        number("median", "median of the draws", "persons", low=0, decimals=0),
        number("q90", "upper 80 % bound", "persons", low=0, decimals=0),
    ),
    ("code", "year", "age_group"),
)

ATLAS_PLACES = Table(
    "atlas_places",
    "Every place of the atlas in full: people by year, all else in the years of atlas.csv; numbers to four digits. "
    "A status quo stands only where the place's own stock of the last five years is published.",
    (
        CODE,
        NAME,
        LEVEL,
        PROVINCE,
        text("prefecture", "code of the prefecture; blank where there is none", nullable=True, pattern=r"(\d{6})?"),
        text(
            "measure",
            "60+, 65+, 80+ and total in persons; share_60plus of 1; disabled by severity and dementia in persons; "
            "need_, norm_ and status_quo_ (today's own provision for each person of 60 and over, held) in beds of "
            "institutions, beds of all kinds (all_beds) and workers; added_ what is asked for at the end of the "
            "next plan beyond the end of the year as_of",
            MEASURES,
        ),
        YEAR,
        number("q10", "lower 80 % bound", "as the measure"),
        number("median", "median of the draws", "as the measure"),
        number("q90", "upper 80 % bound", "as the measure"),
    ),
    ("code", "measure", "year"),
)

ATLAS_SCORES = Table(
    "atlas_scores",
    "People of 60 and over of 2020 in counties and prefectures of unchanged boundary, foreseen from 2010 with their "
    "province's change known and the model fitted to the other provinces.",
    (
        text("method", "like_province: every cohort changes as in the province", METHODS),
        text("kind", "counties: all but prefectures", ("counties", *COUNTY_KINDS, MIDDLE)),
        text("size", "people in 2010", ("all", *SIZES)),
        text("age_group", "age group", tuple(AGES)),
        integer("places", "places scored", low=1),
        number("mape", "mean absolute error of the median", "percent of the counted", low=0, decimals=1),
        number("bias", "mean error of the median", "percent of the counted", decimals=1),
        number("coverage_80", "places within the 80 % interval", "percent", nullable=True, low=0, high=100, decimals=0),
        number("half_width", "half the 80 % interval", "log percent", nullable=True, low=0, decimals=1),
    ),
    ("method", "kind", "size", "age_group"),
)

ATLAS_UNMATCHED = Table(
    "atlas_unmatched",
    "Places whose change from 2010 to 2020 cannot be measured, and why: they go with their prefecture's own change.",
    (
        integer("year", "census in which the place stands", low=2010, high=2020),
        text("code", "GB/T 2260 code; blank where the census gives none", nullable=True, pattern=r"\d{6}"),
        NAME,
        PROVINCE,
        text(
            "reason",
            "new_zone: a development zone that has a code since; new_or_merged: founded, merged or split; moved: "
            "its old changed as only a boundary changes them; blank: a cell is blank or empty; no_code: without a "
            "code, part of its prefecture's remainder; gone: no county of 2020 took it over whole",
            (*REASONS, "no_code", "gone"),
        ),
        number("people", "residents at that census", "persons", low=0, decimals=0),
    ),
    ("year", "province", "code", "name_zh"),
)
