"""The words that tables, files and reports share, each list once and in the order readers see; imports nothing."""

from typing import Final, Literal, get_args

NATION: Final = "china"
CENTRAL: Final = "central"
"""The scenario that reports show."""

UNCOUNTED: Final = "census_only"
"""The scenario beside the central one of which all provinces are projected together: without counts."""

Level = Literal["nation", "province", "city"]
COUNTY_KINDS: Final = ("county", "county_city", "district")

CensusForm = Literal["full", "full_2020", "margins"]

FigureKind = Literal["baseline", "target", "projection", "norm"]
FIGURE_KINDS: Final[tuple[FigureKind, ...]] = get_args(FigureKind)

Comparator = Literal[">=", "<=", "=", "about"]
COMPARATORS: Final[tuple[Comparator, ...]] = get_args(Comparator)

StatedBasis = Literal["resident", "hukou", "unspecified", "not_applicable"]
BASES: Final[tuple[StatedBasis, ...]] = get_args(StatedBasis)

Confidence = Literal["published", "derived", "weak"]
CONFIDENCES: Final[tuple[Confidence, ...]] = get_args(Confidence)

Rank = Literal["low", "medium", "high"]
"""Of evidence and of what hangs on it."""

POPULATIONS: Final = {
    "population_total": "total",
    "population_60plus": "60+",
    "population_65plus": "65+",
    "population_80plus": "80+",
}
"""Indicators of people and their age groups, widest first."""

FIRST_AGES: Final = {"total": 0, "60+": 60, "65+": 65, "80+": 80}
"""The age from which each of these groups counts."""

SEVERITIES: Final = ("mild", "moderate", "severe")
"""Of disability."""

SETTINGS_OF_CARE: Final = ("institution", "community", "home")

RESOURCES: Final = (
    "beds",
    "nursing_share",
    "nursing_beds",
    "dementia_beds",
    "caregivers",
    "social_workers",
    "home_beds",
    "mutual_aid_beds",
)
YARDSTICKS: Final = ("plan", "status_quo", "norm", "need")
"""What sets a requirement."""

SUPPLY_PATHS: Final = ("trend", "plan_delivered", "held")
"""How what exists goes on."""

Grade = Literal["A", "B", "C", "D"]
GRADES: Final[tuple[Grade, ...]] = get_args(Grade)
"""Evidence of supply, the best first."""

CarriedBy = Literal["observed", "own", "nation", "held"]
CARRIED_BY: Final[tuple[CarriedBy, ...]] = get_args(CarriedBy)

ADDITION_PARTS: Final = ("shortfall", "ageing", "closures")
COST_KINDS: Final = ("capital_subsidy", "capital_investment", "running_subsidy", "pay")

AuditSeverity = Literal["contradiction", "basis", "borderline", "rounding", "consistent"]
AUDIT_SEVERITIES: Final[tuple[AuditSeverity, ...]] = get_args(AuditSeverity)
"""How far the two sides of a comparison in an audit are apart, the worst first."""

COHORT_MODEL: Final = "cohort_model"
"""The project's own forecast among the methods of a backtest."""
