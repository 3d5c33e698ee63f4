"""What the project knows by name: sources, regions, indicators and plans, as typed models of their YAML files.

`pipeline.inputs.catalogue` reads and cross-checks them; nothing downstream opens these files again.
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from pipeline.schemas import OBSERVED_DATE
from pipeline.vocabulary import CensusForm, Comparator, Confidence, FigureKind, Level, Rank, StatedBasis

WRITTEN_BY_HAND = "written by hand"
"""Context of validation for what somebody wrote, where null may not stand for a key left out."""


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("text, not spaces alone")
    return text


def _when(published: str | datetime.date) -> str | datetime.date:
    if isinstance(published, str) and not re.fullmatch(r"\d{4}(-\d{2}){0,2}|\d{4} to \d{4}", published):
        raise ValueError("a year, month, date or span such as 2021, 2021-04, 2021-04-02 or 2015 to 2021")
    return published


def _given[Value](value: Value, info: ValidationInfo) -> Value:
    if value is None and info.context == WRITTEN_BY_HAND:
        raise ValueError("a value, or the key left out")
    return value


Given = BeforeValidator(_given)
"""Of a key that may be left out: null would say neither that there is a value nor that there is none."""

AsList = Field(strict=False)
"""A tuple here is a list in YAML and JSON."""

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
"""What becomes the name of a file or folder too."""

Text = Annotated[str, Field(min_length=1), AfterValidator(_not_blank)]
Short = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_not_blank)]
Year = Annotated[int, Field(ge=1980, le=2100)]
Cell = str | int | float
Served = Literal["institution", "community", "urban_community", "rural_community", "all"]
CountedPeople = Literal["population_total", "population_60plus", "population_65plus", "population_80plus"]
CountedShare = Literal["share_60plus", "share_65plus", "share_80plus"]
Resource = Literal["beds", "nursing_beds", "dementia_beds", "caregivers", "social_workers", "population", "other"]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


class Names(_Strict):
    """A name in Chinese and in English."""

    zh: Short
    en: Short


class Source(_Strict):
    """A publication that rows of the tables point to."""

    producer: Text
    title: Names
    published: Annotated[Text | datetime.date, AfterValidator(_when)]
    licence: Text
    citation: Text
    table_or_section: Text
    notes: str = ""


class Count(_Strict):
    """People of a region counted since the census, as in a bulletin; see `inputs.population_counts`."""

    year: Annotated[int, Field(ge=2021, le=2060)]
    indicator: Literal[CountedPeople, CountedShare]
    value: Annotated[float, Field(gt=0)]
    unit: Literal["persons", "percent"]
    basis: Literal["resident", "hukou"]
    source: Identifier
    census_base: Annotated[int, Field(ge=2020, le=2060)] = 2020
    sampling: Literal["annual_survey", "one_percent_survey", "register"] = "annual_survey"
    series_break: bool = False
    reviewed: Annotated[Text | None, Given] = None

    @model_validator(mode="after")
    def _unit_fits(self) -> Self:
        unit = "percent" if self.indicator.startswith("share_") else "persons"
        if self.unit != unit:
            raise ValueError(f"unit {unit} for {self.indicator}")
        if unit == "percent" and not 0.1 <= self.value <= 100:
            raise ValueError("a share from 0.1 to 100")
        return self


class Observed(_Strict):
    """A dated observation of what exists, as rows of data/raw/supply.csv: a stock, or a ratio or share of one.

    `definition` names another way of counting than the indicator's own; such observations stand apart.
    """

    indicator: Identifier
    date: Annotated[str, Field(pattern=f"^{OBSERVED_DATE}$")]
    value: Annotated[float, Field(ge=0)]
    comparator: Comparator = "="
    basis: StatedBasis = "not_applicable"
    definition: Annotated[Identifier | None, Given] = None
    confidence: Confidence = "published"
    note: str = ""
    source: Identifier


class Region(_Strict):
    """A nation, province or city, with the file of its census table, what was counted since, and its own sources.

    `census_form` says what that table holds: ages by sex at every census, in 2020 alone, or the margins of a bulletin;
    where nothing is said, what stands in it counts. `supply` are observations in no plan and no shared table.
    """

    id: Identifier
    gb_code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    level: Level
    parent: Identifier | None
    name: Names
    census: Annotated[str, Field(pattern=r"^data/raw/census/(provinces|cities)/[a-z][a-z0-9_]*\.csv$")]
    census_form: Annotated[CensusForm | None, Given] = None
    basis_notes: Annotated[tuple[Text, ...], AsList] = ()
    counts: Annotated[tuple[Count, ...], AsList] = ()
    sources: dict[Identifier, Source] = {}
    supply: Annotated[tuple[Observed, ...], AsList] = ()

    @property
    def file(self) -> str:
        """Its YAML file."""
        return f"data/regions/{'cities' if self.level == 'city' else 'provinces'}/{self.id}.yaml"


class Indicator(_Strict):
    """What a figure measures: value = numerator ÷ denominator × scale where it is a ratio.

    `serves` says whom a staffing ratio is for, `subset_of` and `part_of` the larger quantity this one lies in,
    `gap_of` and `increase_of` the quantity whose gap or change (over `period` years) this one is.
    """

    name: Names
    unit: Identifier
    numerator: Identifier | None
    denominator: Identifier | None
    scale: Annotated[float, Field(gt=0)] | None
    resource: Resource
    range: Annotated[tuple[float, float], AsList]
    note: str
    serves: Annotated[Served | None, Given] = None
    subset_of: Annotated[Identifier | None, Given] = None
    part_of: Annotated[Identifier | None, Given] = None
    disjoint_from: Annotated[tuple[Identifier, ...], AsList] = ()
    gap_of: Annotated[Identifier | None, Given] = None
    increase_of: Annotated[Identifier | None, Given] = None
    period: Annotated[Annotated[int, Field(ge=1, le=20)] | None, Given] = None


class BasisInferred(_Strict):
    """The population basis that another stated figure supports, where the plan states none."""

    value: Literal["resident", "hukou"]
    reason: Text


class Figure(_Strict):
    """One quantified figure of a plan; no value where the plan leaves it blank."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\.[a-z]+(\.[a-z0-9_]+)*$")]
    indicator: Identifier
    kind: FigureKind
    year: Year | None
    value: float | None
    unit: Identifier
    comparator: Comparator
    basis: StatedBasis
    section: Text
    note: str = ""
    upper: Annotated[float | None, Given] = None
    basis_inferred: Annotated[BasisInferred | None, Given] = None


class Horizon(_Strict):
    """First and last year of a plan."""

    start: Year
    end: Year


class MainRule(_Strict):
    """Which indicator heads where a plan sets several rules for one resource, and what the others are.

    `others`: "check" (they are shown beside it) or "add" (they are for other people, and all add up).
    """

    main: Identifier
    others: Literal["check", "add"]
    reason: Text


class Plan(_Strict):
    """A local plan and every figure it states on the care of older people; no base year where it states none.

    `source` is an id of data/sources.yaml or of the plan's own `sources`. `rules` by resource.
    """

    id: Identifier
    title: Names
    document_number: Text | None
    issuer: Names
    date: datetime.date | None
    status: Literal["issued", "draft"]
    region: Identifier
    base_year: Year | None
    horizon: Horizon
    source: Identifier
    notes: Annotated[tuple[Text, ...], AsList] = ()
    notes_zh: Annotated[tuple[Text, ...], AsList] = ()
    sources: dict[Identifier, Source] = {}
    rules: dict[Resource, MainRule] = {}
    figures: Annotated[tuple[Figure, ...], Field(strict=False, min_length=1)]

    @property
    def file(self) -> str:
        """Its YAML file."""
        return f"data/plans/{self.id}.yaml"


STOCKS = (
    *("elderly_care_beds", "institution_beds", "community_beds", "nursing_beds", "dementia_beds", "family_care_beds"),
    *("rural_mutual_aid_beds", "certified_caregivers", "caregivers", "social_workers", "childcare_places"),
)
"""Indicators that count what exists; observations of supply are of these, or of ratios and shares of them."""


def in_years(date: str) -> float:
    """A year, month or day as a number of years, whole at a year's end; a year or month alone is its end."""
    month, day = int(date[5:7] or 12), int(date[8:10] or 31)
    return int(date[:4]) - 1 + (month - 1 + min(day, 30) / 30) / 12


class Observation(Observed):
    """What exists in `region`, or in its `part` (a prefecture's code).

    `origin` is the id of the plan's figure that states it, "supply" for the shared table, or
    `<region>.supply` for its own file.
    """

    region: str
    part: str | None = None
    origin: str

    @property
    def year(self) -> int:
        return int(self.date[:4])

    @property
    def when(self) -> float:
        """The date in years, a whole number at a year's end: 2018.75 is the end of September 2019."""
        return in_years(self.date)

    @property
    def exact(self) -> bool:
        """Whether the value is meant as such, not as a bound."""
        return self.comparator in ("=", "about")


class Kept(_Strict):
    """A value that another publication gives, recorded beside the one in use."""

    value: Cell
    source: str


class Rating(_Strict):
    """How good the evidence for a parameter is, and how far the parameter moves the results."""

    quality: Rank
    impact: Rank
    reason: Text


class Correction(_Strict):
    """Put `value` for `expected` in `column` of the `rows` rows of `file` that match `key`.

    The rows' source becomes `source` too, unless the column is the source itself.
    """

    file: Annotated[str, Field(pattern=r"^data/raw/[a-z0-9_/]+\.csv$")]
    key: Annotated[dict[str, Cell], Field(min_length=1)]
    column: str
    expected: Cell
    value: Cell
    reason: Annotated[str, Field(min_length=10)]
    source: str
    rows: Annotated[int, Field(ge=1)] = 1
    kept: Annotated[tuple[Kept, ...], AsList] = ()


@dataclass(frozen=True)
class Catalogue:
    """Everything under data/ that is not a table, by id (a plan's figures stay in the plan)."""

    sources: Mapping[str, Source]
    regions: Mapping[str, Region]
    indicators: Mapping[str, Indicator]
    plans: Mapping[str, Plan]
    corrections: tuple[Correction, ...]
