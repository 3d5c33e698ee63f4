"""What the builders of sections share: facts, words, and references to figures."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import pandas as pd

from pipeline.domain import Catalogue, Figure, Plan, Resource
from pipeline.report.document import (
    Block,
    Bullets,
    Cell,
    DocumentPart,
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
from pipeline.report.facts import MissingResult, PlanFacts, SharedFacts
from pipeline.report.wording import Words
from pipeline.vocabulary import FIGURE_KINDS

RESOURCE_ORDER = get_args(Resource)


@dataclass(frozen=True)
class Context:
    """One report in one language; `facts` is None in the annex, which speaks of no single plan."""

    shared: SharedFacts
    words: Words
    facts: PlanFacts | None = None

    @property
    def plan(self) -> PlanFacts:
        """The facts of the report's plan; raises MissingResult in the annex, which has none."""
        if self.facts is None:
            raise MissingResult("the annex has no plan of its own")
        return self.facts

    @property
    def last(self) -> int:
        """The last year of the projection."""
        return self.shared.last_year

    @property
    def today(self) -> int:
        """The year at whose end additions begin to count."""
        return int(str(self.shared.as_of)[:4])

    @property
    def goal_year(self) -> int:
        """The year that the next plan aims at."""
        return self.shared.central.next_plan.year

    @property
    def region(self) -> str:
        """The name of the plan's region."""
        return self.name(self.plan.region)

    def name(self, region: str) -> str:
        """A region's name; a place that the catalogue does not know keeps what it is called."""
        if region not in self.shared.catalogue.regions:
            return region
        return self.words.named(self.shared.catalogue.regions[region].name)

    def indicator(self, name: str) -> str:
        """An indicator's name."""
        if name not in self.shared.catalogue.indicators:
            return self.words.code("quantity", name)
        return self.words.named(self.shared.catalogue.indicators[name].name)

    def title(self, plan: Plan) -> str:
        """A plan's title."""
        return self.words.named(plan.title)

    def refs(self, ids: object) -> Inline:
        """Links to the figures of this plan among `ids` (separated by semicolons) that a number rests on."""
        if not isinstance(ids, str) or self.facts is None:
            return ()
        numbers = {
            figure.id: place for place, figure in enumerate(ordered(self.shared.catalogue, self.plan.plan.id), 1)
        }
        found = [name for name in ids.split(";") if name in numbers]
        return tuple(TextSpan(f"[{numbers[name]}]", to=f"#fig-{name}", mark="quiet") for name in found)

    def grade(self, grade: object) -> TextSpan:
        """The grade of evidence as a label, linked to what it means."""
        return TextSpan(self.words("grade.label", grade=str(grade)), to="#grades", mark="tag")

    def table(
        self,
        caption: str,
        rows: Iterable[Any] | pd.DataFrame,
        *columns: ReportColumn,
        anchor: Callable[[Any], str] = lambda _: "",
        small: bool = False,
    ) -> ReportTable:
        """A table in this report's language, of any rows or those of a frame: see `document.table`."""
        rows = rows_of(rows) if isinstance(rows, pd.DataFrame) else rows
        return table(self.words, caption, rows, columns, anchor=anchor, small=small)

    def column(
        self,
        head: str,
        cell: Callable[..., Cell],
        width: float = 10,
        *,
        exact: bool = False,
        decimals: int | None = None,
        number: bool | None = None,
        **values: str | int,
    ) -> ReportColumn:
        """A column under a message `head` with its `values`: see `document.ReportColumn`."""
        return ReportColumn(self.words(head, **values), cell, width, exact, decimals, number)

    def text(self, key: str, **values: str | int) -> Paragraph:
        """A paragraph of one message."""
        return Paragraph(line(self.words(key, **values)))

    def note(self, key: str, **values: str | int) -> Paragraph:
        """Small print of one message."""
        return Paragraph(line(self.words(key, **values)), "note")


@dataclass(frozen=True)
class ReportSection:
    """One section of a report: its anchor (also the message of its title), what builds it, and what that reads.

    `tables` must be there; without all of `wanted` the section is left out; `also` is read where it is there.
    """

    anchor: str
    build: Callable[[Context], Sequence[Block]]
    tables: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    def part(self, context: Context) -> DocumentPart | None:
        """The section in the context's language; None where there is nothing to say."""
        if not all(context.shared.tables.has(name) for name in self.wanted):
            return None
        blocks = [block for block in self.build(context) if not _empty(block)]
        return DocumentPart(self.anchor, context.words(f"section.{self.anchor}"), blocks) if blocks else None


def rows_of(frame: pd.DataFrame) -> list[pd.Series]:
    """The rows of a frame, one by one."""
    return [row for _, row in frame.iterrows()]


def _empty(block: Block) -> bool:
    match block:
        case Bullets(items=found) | ReportTable(rows=found) | Pictures(pictures=found):
            return not found
    return False


def pictures(*found: Picture | None) -> Pictures:
    """Those figures that could be drawn, side by side."""
    return Pictures([picture for picture in found if picture is not None])


def stated_basis(figure: Figure) -> str:
    """Whom a figure counts, inferred where the plan does not say."""
    return figure.basis_inferred.value if figure.basis_inferred is not None else figure.basis


def ordered(catalogue: Catalogue, plan: str) -> list[Figure]:
    """A plan's figures in the order in which reports list and number them: by resource, indicator, kind, year."""
    indicators = list(catalogue.indicators)
    return sorted(
        catalogue.plans[plan].figures,
        key=lambda f: (
            RESOURCE_ORDER.index(catalogue.indicators[f.indicator].resource),
            indicators.index(f.indicator),
            FIGURE_KINDS.index(f.kind),
            f.year or 0,
            f.id,
        ),
    )
