"""What the builders of sections share: facts, words, tables, and the numbers that several sections speak of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, get_args

import pandas as pd

from pipeline.domain import Figure, Plan, Resource
from pipeline.pinyin import english_of
from pipeline.report.document import (
    CellOf,
    Inline,
    Paragraph,
    Picture,
    Pictures,
    ReportColumn,
    ReportTable,
    TextSpan,
    line,
    table,
)
from pipeline.report.facts import MissingResult, PopulationFacts, SharedFacts, one, value, where
from pipeline.report.wording import DASH, Unit, Value, Words
from pipeline.vocabulary import FIGURE_KINDS, NATION, RESOURCES

FIRM = ("A", "B")
"""Grades of evidence that carry a verdict."""

YUAN = {"zh": Unit(1e4, "万"), "en": Unit(1e6, " million")}
"""The unit of a column of money: the one that budgets are written in."""


@dataclass(frozen=True)
class Context:
    """One report in one language; `planned` is None in the annex, which speaks of no single plan."""

    shared: SharedFacts
    words: Words
    planned: Plan | None = None
    _own: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    @property
    def plan(self) -> Plan:
        """The report's plan; raises MissingResult in the annex, which has none."""
        if self.planned is None:
            raise MissingResult("the annex has no plan of its own")
        return self.planned

    @property
    def people(self) -> PopulationFacts:
        return self.shared.people[self.plan.region]

    @cached_property
    def headline(self) -> Mapping[str, pd.Series]:
        """The headline row of each resource that has one, in the order in which reports speak of resources."""
        rows = where(self.shared.tables["headline"], plan=self.plan.id)
        return {name: row for name in RESOURCES for _, row in where(rows, resource=name).iterrows()}

    def rows(self, name: str, **keys: object) -> pd.DataFrame:
        """The region's rows of a table with these values, in the central scenario; none where there is no such table.

        A resource is counted in one way: as the headline does, else by institution beds, else by the first. Zhejiang's
        beds are there as beds in institutions and as all elderly-care beds, which are never mixed.
        """
        if name not in self.shared.tables:
            return pd.DataFrame()
        if name not in self._own:
            rows = self.shared.tables.of(name, self.plan.region)
            if {"resource", "quantity"} <= set(rows):
                for resource, quantities in rows.dropna(subset="quantity").groupby("resource")["quantity"]:
                    known, headline = quantities.unique(), self.headline.get(str(resource))
                    wanted = ("" if headline is None else headline["quantity"], "institution_beds", known[0])
                    others = set(known) - {next(quantity for quantity in wanted if quantity in known)}
                    rows = rows[(rows["resource"] != resource) | ~rows["quantity"].isin(others)]
            self._own[name] = rows
        return where(self._own[name], **keys)

    def value(self, name: str, **keys: object) -> Value | None:
        """The value of the only row with these keys; None where there is none or it is blank."""
        row = one(self.rows(name), **keys)
        return None if row is None else value(row)

    @property
    def last(self) -> int:
        return self.shared.central.last_year

    @property
    def today(self) -> int:
        """The year at whose end additions begin to count."""
        return int(self.shared.central.as_of[:4])

    @property
    def goal_year(self) -> int:
        """The year that the next plan aims at."""
        return self.shared.central.next_plan.year

    @property
    def years(self) -> list[int]:
        """The years of which tables speak."""
        return sorted({self.today, self.goal_year, self.last})

    @property
    def region(self) -> str:
        return self.name(self.plan.region)

    def name(self, region: str) -> str:
        """A region's name; a place that the catalogue does not know keeps what it is called."""
        known = self.shared.catalogue.regions.get(region)
        return region if known is None else self.words.named(known.name)

    def place(self, code: str) -> str:
        """The name of a place of the atlas by its code; the code itself where the atlas was not made."""
        tables = self.shared.tables
        names = where(tables["atlas"], code=code)["name_zh"] if tables.has("atlas") else pd.Series()
        return self.words.either(names.iloc[0], english_of(names.iloc[0])) if len(names) else code

    def indicator(self, name: str) -> str:
        known = self.shared.catalogue.indicators.get(name)
        return self.words.code("quantity", name) if known is None else self.words.named(known.name)

    def refs(self, ids: object) -> Inline:
        """Links to the figures of this plan among `ids` (separated by semicolons) that a number rests on."""
        if not isinstance(ids, str) or self.planned is None:
            return ()
        numbers = {figure.id: number for number, figure in enumerate(self.figures, 1)}
        known = [name for name in ids.split(";") if name in numbers]
        return tuple(TextSpan(f"[{numbers[name]}]", to=f"#fig-{name}", mark="quiet") for name in known)

    @cached_property
    def figures(self) -> list[Figure]:
        """The plan's figures as all reports number them from 1: by resource, indicator, kind and year."""
        resources, indicators = get_args(Resource), self.shared.catalogue.indicators
        places = {name: (resources.index(known.resource), at) for at, (name, known) in enumerate(indicators.items())}

        def place(figure: Figure) -> tuple[object, ...]:
            return *places[figure.indicator], FIGURE_KINDS.index(figure.kind), figure.year or 0, figure.id

        return sorted(self.plan.figures, key=place)

    def grade(self, grade: object) -> TextSpan:
        """The grade of evidence as a label, linked to what it means."""
        return TextSpan(self.words("grade.label", grade=str(grade)), to="#grades", mark="tag")

    def table(
        self, caption: str, rows: Iterable[Any] | pd.DataFrame, *columns: ReportColumn, **options: Any
    ) -> ReportTable:
        """A table in this report's language, of any rows or those of a frame; `options` are `document.table`'s."""
        rows = rows_of(rows) if isinstance(rows, pd.DataFrame) else rows
        return table(self.words, caption, rows, columns, **options)

    def column(
        self,
        head: str,
        cell: CellOf,
        width: float = 10,
        *,
        decimals: int | None = None,
        number: bool | None = None,
        **values: str | int,
    ) -> ReportColumn:
        """A column under a message `head` with its `values`: see `document.ReportColumn`."""
        return ReportColumn(self.words(head, **values), cell, width, decimals, number)

    def year_columns(
        self, cell: CellOf, width: float, head: str = "head.end_of", years: Iterable[int] = (), **options: Any
    ) -> list[ReportColumn]:
        """A column a year, by default of those of which tables speak: `cell(row, year=year)`."""
        return [
            self.column(head, partial(cell, year=year), width, year=year, **options) for year in years or self.years
        ]

    def text(self, key: str, **values: str | int) -> Paragraph:
        return Paragraph(line(self.words(key, **values)))

    def note(self, key: str, **values: str | int) -> Paragraph:
        """Small print of one message."""
        return Paragraph(line(self.words(key, **values)), "note")

    def need(self, measure: str, year: int, severity: str | None = None, region: str = "") -> Value | None:
        """People in need or what their care takes, by the headline definition; dementia has one of its own."""
        definition = None if measure == "dementia" else self.shared.central.need.headline
        rows = self.shared.tables.of("need", region or self.plan.region)
        row = one(rows, measure=measure, severity=severity, setting=None, definition=definition, year=year)
        return None if row is None else value(row)

    def need_beside_nation(self, measure: str, severity: str | None = None, per: int = 100) -> str | None:
        """A need of the goal year for 100 or 1,000 people aged 60 and over, here and in the nation, by medians."""
        ratios = []
        for region in (self.plan.region, NATION):
            number = self.need(measure, self.goal_year, severity, region)
            if number is None:
                return None
            share = number.shown / self.shared.people[region].at("60+", self.goal_year).shown
            ratios.append(self.words.percent(share) if per == 100 else self.words.exact(share * per, 1))
        return self.words("brief.peer", here=ratios[0], nation=ratios[1])

    def next_plan_value(self, resource: str, option: str, measure: str = "number") -> Value | None:
        """What the next plan's table has for the goal year."""
        return self.value("next_plan", year=self.goal_year, option=option, resource=resource, measure=measure)

    def option_name(self, resource: str, option: str) -> str:
        """An option of the next plan: where the nation has no goal for the year its level of today stands in."""
        flagged = self.rows("next_plan", resource=resource, option=option, measure="no_national_goal")
        level = len(flagged) and resource in ("beds", "nursing_beds")
        return self.words(f"option.{'national_level' if level else option}")

    @property
    def periods(self) -> list[str]:
        """The periods of the additions, the next one first."""
        return sorted(self.shared.tables["additions"]["period"].unique())

    def period_name(self, period: str = "") -> str:
        """A period as a reader sees it, 2026—2030; the next one where none is named."""
        return (period or self.periods[0]).replace("-", DASH[self.words.language])

    def additions(self, resource: str, yardstick: str, part: str = "total") -> Value | None:
        """Units a year to add in the next period, or a part of them."""
        keys = {"resource": resource, "yardstick": yardstick, "part": part, "period": self.periods[0]}
        return self.value("additions", **keys)

    def firm_additions(self, resource: str, yardstick: str, part: str = "total") -> Value | None:
        """Units a year to add in the next period; None where the stock they start from carries no verdict."""
        firm = self.grade_of(resource, yardstick, part) in FIRM
        return self.additions(resource, yardstick, part) if firm else None

    def grade_of(self, resource: str, yardstick: str, part: str = "total") -> str:
        """The grade of the stock that additions of the next period start from; blank where there are none."""
        grades = self.rows("additions", resource=resource, yardstick=yardstick, part=part)["grade"]
        return next(iter(grades.head(1).dropna()), "")

    def past_additions(self, resource: str) -> float | None:
        """Units added a year in the past, whatever the yardstick; None where no two stocks are published."""
        return next(iter(self.rows("additions", resource=resource, part="record")["shown"].dropna()), None)

    def quantity_name(self, resource: str) -> str:
        """What the additions of a resource count: all elderly-care beds where a region publishes no others."""
        quantity = next(iter(self.rows("additions", resource=resource)["quantity"].dropna()), None)
        if quantity == "certified_caregivers" and resource == "caregivers":
            return self.words("planned.certified_caregivers")
        return self.indicator(quantity) if quantity and resource == "beds" else self.words(f"planned.{resource}")

    @property
    def plan_ended(self) -> bool:
        """Whether the plan's last year lies before the first additions, so that its ratio is no duty any more."""
        return self.plan.horizon.end < self.today

    def yardstick_name(self, yardstick: str) -> str:
        """A yardstick in words; a plan that has ended is called so."""
        return self.words(f"yardstick.{yardstick}" + "_ended" * (yardstick == "plan" and self.plan_ended))

    def money(self, low: float, high: float, *, column: bool = False) -> str:
        """An interval of yuan, given in millions, in one unit: that of its high end, or of a `column`'s head."""
        words = self.words
        unit = YUAN[words.language] if column else words.unit(high * 1e6)
        ends = (words.bare(end * 1e6, unit, high * 1e6) if end > 0 else "0" for end in (low, high))
        text = DASH[words.language].join(ends)
        return text if column else words("stated.yuan", value=text + unit.sign)


def rows_of(frame: pd.DataFrame) -> list[pd.Series]:
    return [row for _, row in frame.iterrows()]


def pictures(*found: Picture | None) -> Pictures:
    """Those figures that could be drawn, side by side."""
    return Pictures([picture for picture in found if picture is not None])


def unit_of_resource(resource: str) -> str:
    """What a resource is counted in: persons or beds."""
    return "persons" if resource in ("caregivers", "certified_caregivers", "social_workers") else "beds"


def stated_basis(figure: Figure) -> str:
    """Whom a figure counts, inferred where the plan does not say."""
    return figure.basis_inferred.value if figure.basis_inferred is not None else figure.basis
