"""What the project knows by name: sources, regions, indicators and plans, as typed models of their YAML files.

`pipeline.inputs.catalogue` reads and cross-checks them; nothing downstream opens these files again.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("text, not spaces alone")
    return text


def _when(published: str | datetime.date) -> str | datetime.date:
    if isinstance(published, str) and not re.fullmatch(r"\d{4}(-\d{2}){0,2}|\d{4} to \d{4}", published):
        raise ValueError("a year, month, date or span such as 2021, 2021-04, 2021-04-02 or 2015 to 2021")
    return published


Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
"""What becomes the name of a file or folder too."""

Text = Annotated[str, Field(min_length=1), AfterValidator(_not_blank)]
Short = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_not_blank)]
Year = Annotated[int, Field(ge=1980, le=2100)]
Kind = Literal["baseline", "target", "projection", "norm"]
Comparator = Literal[">=", "<=", "=", "about"]
StatedBasis = Literal["resident", "hukou", "unspecified", "not_applicable"]
Level = Literal["nation", "province", "city"]
CensusForm = Literal["full", "full_2020", "margins"]
Cell = str | int | float
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


class Region(_Strict):
    """A nation, province or city, with the file of its census table; `sources` are those no other file needs.

    `census_form` says what that table holds: ages by sex at every census, in 2020 alone, or the margins of a bulletin;
    where nothing is said, what stands in it counts.
    """

    id: Identifier
    gb_code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    level: Level
    parent: Identifier | None
    name: Names
    census: Annotated[str, Field(pattern=r"^data/raw/census/(provinces|cities)/[a-z][a-z0-9_]*\.csv$")]
    census_form: CensusForm | None = None
    basis_notes: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    sources: dict[Identifier, Source] = {}


class Norm(_Strict):
    """A documented yardstick for an indicator where a plan sets no target."""

    value: float
    low: float
    high: float
    source: Identifier
    reason: Text


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
    range: Annotated[tuple[float, float], Field(strict=False)]
    note: str
    serves: Literal["institution", "community", "urban_community", "rural_community", "all"] | None = None
    subset_of: Identifier | None = None
    part_of: Identifier | None = None
    disjoint_from: Annotated[tuple[Identifier, ...], Field(strict=False)] = ()
    gap_of: Identifier | None = None
    increase_of: Identifier | None = None
    period: Annotated[int, Field(ge=1, le=20)] | None = None
    norm: Norm | None = None


class BasisInferred(_Strict):
    """The population basis that another stated figure supports, where the plan states none."""

    value: Literal["resident", "hukou"]
    reason: Text


class Figure(_Strict):
    """One quantified figure of a plan; no value where the plan leaves it blank."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\.[a-z]+(\.[a-z0-9_]+)*$")]
    indicator: Identifier
    kind: Kind
    year: Year | None
    value: float | None
    unit: Identifier
    comparator: Comparator
    basis: StatedBasis
    section: Text
    note: str = ""
    upper: float | None = None
    basis_inferred: BasisInferred | None = None


class Horizon(_Strict):
    """First and last year of a plan."""

    start: Year
    end: Year


class Plan(_Strict):
    """A local plan and every figure it states on the care of older people; no base year where it states none.

    `source` is an id of data/sources.yaml or of the plan's own `sources`.
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
    notes: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    sources: dict[Identifier, Source] = {}
    figures: Annotated[tuple[Figure, ...], Field(strict=False, min_length=1)]


class Kept(_Strict):
    """A value that another publication gives, recorded beside the one in use."""

    value: Cell
    source: str


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
    kept: Annotated[tuple[Kept, ...], Field(strict=False)] = ()


@dataclass(frozen=True)
class Catalogue:
    """Everything under data/ that is not a table, by id (a plan's figures stay in the plan)."""

    sources: Mapping[str, Source]
    regions: Mapping[str, Region]
    indicators: Mapping[str, Indicator]
    plans: Mapping[str, Plan]
    corrections: tuple[Correction, ...]
