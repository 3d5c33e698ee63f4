"""What the builders of sections share: facts, words, references to figures, and the pictures drawn so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.domain import Catalogue, Figure, Plan
from pipeline.report.document import Block, Inline, Paragraph, Part, Picture, Row, Span, Table, line
from pipeline.report.facts import RESOURCES, Estimate, Gap, MissingResult, PlanFacts, RegionFacts, Resource, Tables
from pipeline.report.words import Words, significant
from pipeline.settings import Settings

RESOURCE_ORDER = ("beds", "nursing_beds", "dementia_beds", "caregivers", "social_workers", "population", "other")
OTHER_REFERENCES = {
    "definition": "#need",
    "dementia": "#need",
    "settings": "#need",
    "staffing": "#need",
    "rate": "#assumptions",
    "growth": "#assumptions",
    "trend": "#assumption-no_new_policy",
}
"""What a number may rest on beside figures and norms, and where a report speaks of it."""

KIND_ORDER = ("baseline", "target", "projection", "norm")


@dataclass(frozen=True)
class Shared:
    """What every report of a run speaks of, in any language; `gaps` are by region."""

    catalogue: Catalogue
    settings: Mapping[str, Settings]
    tables: Tables
    plans: Mapping[str, PlanFacts]
    regions: Mapping[str, RegionFacts]
    gaps: Mapping[str, Gap]

    @property
    def central(self) -> Settings:
        """The settings of the central scenario."""
        return self.settings["central"]


@dataclass
class Context:
    """One report in one language; `facts` is None in the overview. Pictures drawn are kept by name."""

    shared: Shared
    words: Words
    facts: PlanFacts | None = None
    pictures: dict[str, str] = field(default_factory=dict)

    @property
    def plan(self) -> PlanFacts:
        """The facts of the report's plan; raises MissingResult in the overview, which has none."""
        if self.facts is None:
            raise MissingResult("the overview has no plan of its own")
        return self.facts

    def name(self, region: str) -> str:
        """A region's name."""
        names = self.shared.catalogue.regions[region].name
        return self.words.either(names.zh, names.en)

    def indicator(self, name: str) -> str:
        """An indicator's name."""
        names = self.shared.catalogue.indicators[name].name
        return self.words.either(names.zh, names.en)

    def scenario(self, name: str) -> str:
        """A scenario's name; one the catalogue of messages does not know keeps its own."""
        key = f"scenario.{name}"
        return self.words(key) if self.words.has(key) else name

    def estimate(self, value: Estimate | None, *, signed: bool = False) -> str:
        """A cell: median, with the 80 % interval in brackets where there is one; a dash where nothing is known.

        The level is named by the table's caption: see `caption`.
        """
        if value is None:
            return self.words("blank")
        write = self.words.signed if signed else self.words.number
        if value.certain:
            return write(value.median)
        text = write(significant(value.median))
        return self.words("interval.cell", value=text, range=self.words.span(value.low80, value.high80))

    def caption(self, text: str) -> str:
        """A caption that says what the brackets of `estimate` hold, unless the run has no intervals."""
        certain = self.facts.certain if self.facts is not None else all(p.certain for p in self.shared.plans.values())
        return text if certain else self.words("interval.caption", text=text)

    def amount(self, value: Estimate) -> str:
        """An amount without its sign: exact where all draws agree, else as an estimate is written."""
        size = abs(value.median)
        return self.words.number(size if value.certain else significant(size))

    def people(self, value: Estimate) -> str:
        """A number of people in a sentence, with its interval."""
        number = self.words("people.number", value=self.words.rounded(value.median))
        return number + self.interval(value)

    def interval(self, value: Estimate, key: str = "interval.80") -> str:
        """The 80 % interval in words, its level named; nothing where all draws agree."""
        if value.certain:
            return ""
        low, high = significant(value.low80), significant(value.high80)
        return self.words(key, low=self.words.rounded(low, high), high=self.words.rounded(high, low))

    def refs(self, figure_ids: Sequence[str]) -> Inline:
        """Links to the rows of the figures and norms a number rests on."""
        return tuple(
            Span(f"[{self._short(name)}]", to=self._address(name), mark="quiet") for name in figure_ids if name
        )

    def _short(self, name: str) -> str:
        head, _, rest = name.partition(".")
        if head == "norm":
            return self.words("ref.norm", number=str(list(_norms(self.shared.catalogue)).index(rest) + 1))
        if head in OTHER_REFERENCES:
            return self.words(f"ref.{head}")
        if head not in self.shared.catalogue.plans:
            raise MissingResult(f"nothing is known of {name}, on which a number rests")
        number = [figure.id for figure in ordered(self.shared.catalogue, head)].index(name) + 1
        return str(number)

    def _address(self, name: str) -> str:
        head, _, rest = name.partition(".")
        if head == "norm":
            return f"#norm-{rest}"
        if head in OTHER_REFERENCES:
            return OTHER_REFERENCES[head]
        local = self.facts is not None and self.facts.plan.id == head
        return f"#fig-{name}" if local else f"../{head}/{self.words.language}.html#fig-{name}"

    def assumed(self, codes: Sequence[str]) -> tuple[Span, ...]:
        """Marks for what is assumed."""
        return tuple(Span(self.words(f"assumed.{code}"), to=f"#assumption-{code}", mark="assumed") for code in codes)

    def picture(self, name: str, svg: str, caption: str, alt: str) -> Picture:
        """A figure of this report, kept for the files beside it."""
        self.pictures[name] = svg
        return Picture(name, svg, caption, alt)


@dataclass(frozen=True)
class Section:
    """One section of a report: its anchor, the message of its title, what builds it, and what that reads."""

    anchor: str
    build: Callable[[Context], Sequence[Block]]
    tables: tuple[str, ...] = ()
    on: bool = True

    def part(self, context: Context) -> Part:
        """The section in the context's language."""
        return Part(self.anchor, context.words(f"section.{self.anchor}"), self.build(context))


def ordered(catalogue: Catalogue, plan: str) -> list[Figure]:
    """A plan's figures in the order in which reports list and number them: by resource, indicator, kind, year."""
    indicators = list(catalogue.indicators)
    return sorted(
        catalogue.plans[plan].figures,
        key=lambda f: (
            RESOURCE_ORDER.index(catalogue.indicators[f.indicator].resource),
            indicators.index(f.indicator),
            KIND_ORDER.index(f.kind),
            f.year or 0,
            f.id,
        ),
    )


def _norms(catalogue: Catalogue) -> list[str]:
    return [name for name, indicator in catalogue.indicators.items() if indicator.norm is not None]


def norms(catalogue: Catalogue) -> list[str]:
    """Indicators with a documented norm, in the order in which reports number them."""
    return _norms(catalogue)


def text_row(cells: Sequence[str | Inline], anchor: str = "") -> Row:
    """A row whose cells are text or lines."""
    return Row([line(cell) if isinstance(cell, str) else cell for cell in cells], anchor)


def table(caption: str, heads: Sequence[str], aligns: str, rows: Sequence[Row], **options: object) -> Table:
    """A table; `aligns` has one letter a column: t for text, n for numbers."""
    kinds = ["number" if letter == "n" else "text" for letter in aligns]
    return Table(caption, heads, kinds, rows, **options)  # type: ignore[arg-type]


def note(text: str) -> Paragraph:
    """Small print below a figure or table."""
    return Paragraph(line(text), "note")


def plan_title(plan: Plan, words: Words) -> str:
    """A plan's title in the report's language."""
    return words.either(plan.title.zh, plan.title.en)


def resources_of(facts: PlanFacts) -> list[Resource]:
    """A plan's resources in their order."""
    return [facts.resources[name] for name in RESOURCES]
