"""`explain`: the chain from a reported number to its formula, its source rows, their corrections and the parameters.

Nothing is computed anew: numbers are those of the reported tables, and beside them stands what they were made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.care.requirement import Rule, target_path
from pipeline.care.yardstick import SHARES, plan_rules
from pipeline.documents.words import nearest, shown
from pipeline.domain import Catalogue, Figure, Indicator, Plan
from pipeline.errors import Fault, InputError
from pipeline.inputs.catalogue import load_catalogue
from pipeline.inputs.raw_tables import load_census, load_table
from pipeline.results.tables.fields import DISABILITY_SEVERITIES, REPORT_AGES, RESOURCES, YARDSTICKS
from pipeline.settings import CENTRAL, Settings, load_settings
from pipeline.settings.manual import keys

TABLES = "reports/tables"
CENSUS_YEAR = 2020
OLD = {"population_60plus": "60+", "population_65plus": "65+", "population_80plus": "80+"}

PROJECTED_WITH = ("seed", "draws", "last_year", "projection", "forecast", "priors")
NEEDED_WITH = ("seed", "need")
CARRIED_WITH = ("seed", "supply.trend_from")
SUPPLY = "data/raw/supply.csv"
CHOSEN_FROM = {
    "definition": ("data/raw/disability_prevalence.csv", "definition"),
    "settings": ("data/raw/care_settings.csv", "scheme"),
    "staffing": ("data/raw/staffing.csv", "staffing"),
}
"""First part of an id in `figure_id`, and the table and column where what follows it is found."""

EXPECTED = (
    "the id of a figure (xuchang.population_60plus.projection.2025), of a norm (norm.institution_beds.2024), or a "
    "result: REGION/RESOURCE, REGION/RESOURCE/YARDSTICK/YEAR, REGION/AGE_GROUP/YEAR, REGION/disabled/YEAR"
)


@dataclass
class Node:
    """One statement, and below it what it rests on."""

    text: str
    below: list[Node] = field(default_factory=list)

    def lines(self, indent: int = 0) -> list[str]:
        """The statements as indented text."""
        return [" " * indent + self.text, *(line for node in self.below for line in node.lines(indent + 2))]


def explain(root: Path, name: str, scenario: str = CENTRAL) -> Node:
    """The chain behind `name`. Raises InputError where nothing reported is called that."""
    return Explanation(root, scenario).of(name)


class Explanation:
    """The reported tables of one scenario and the inputs they were made from, each read when it is asked for."""

    def __init__(self, root: Path, scenario: str) -> None:
        self.root, self.scenario = root, scenario
        self.settings: Settings = load_settings(root, scenario)
        self.catalogue: Catalogue = load_catalogue(root)
        self._read: dict[str, pd.DataFrame] = {}
        self.figures: dict[str, tuple[Plan, Figure]] = {
            figure.id: (plan, figure) for plan in self.catalogue.plans.values() for figure in plan.figures
        }

    def of(self, name: str) -> Node:
        """The chain behind a figure's id or a result's path."""
        if "/" in name:
            return self._result(name)
        if name in self.figures or name.split(".")[0] in ("norm", "goal", "supply", *CHOSEN_FROM):
            node = self.ground(name)
            if node is not None:
                node.below += self._uses(name)
                return node
        known = [*self.figures, *self._norms()]
        raise InputError([Fault("explain", "", f"nothing called {shown(name)}", EXPECTED + nearest(name, known))])

    # What a requirement or a supply rests on, by id.

    def ground(self, name: str) -> Node | None:
        """What stands behind one id of the column `figure_id`; None for an unknown one."""
        if name in self.figures:
            return self._figure(*self.figures[name])
        kind, _, rest = name.partition(".")
        if kind in ("norm", "goal") and rest.count(".") == 1:
            quantity, year = rest.split(".")
            if kind == "goal":
                return self._published(f"{name}: goal of the nation", "data/raw/national_goals.csv", year, quantity)
            return self._published(
                f"{name}: outcome of the nation ÷ its residents aged 60+", SUPPLY, year, quantity, "china"
            )
        if kind == "supply" and rest.count(".") == 2:
            region, indicator, date = rest.split(".")
            return self._published(f"{name}: observed", SUPPLY, date.replace("_", "-"), indicator, region)
        if kind in CHOSEN_FROM:
            file, column = CHOSEN_FROM[kind]
            table = self._raw(file)
            rows = table[table[column] == rest]
            return Node(f"{name}: {file}", self._rows(rows)) if len(rows) else None
        return None

    def _figure(self, plan: Plan, figure: Figure) -> Node:
        indicator = self.catalogue.indicators[figure.indicator]
        comparator = "" if figure.comparator == "=" else f"{figure.comparator} "
        value = "left blank by the plan" if figure.value is None else f"{comparator}{_number(figure.value)}"
        upper = "" if figure.upper is None else f" to {_number(figure.upper)}"
        node = Node(f"{figure.id}: {value}{upper} {figure.unit}, {figure.kind} {figure.year or 'undated'}")
        node.below.append(self._indicator(figure.indicator, indicator))
        node.below.append(Node(f"population basis: {_basis(figure)}"))
        section = f"plan: {plan.title.en} ({plan.title.zh}), {figure.section}"
        node.below.append(Node(section, [self._source(plan.source)]))
        if figure.note:
            node.below.append(Node(f"how it was read: {figure.note}"))
        node.below.append(Node(f"row: data/plans/{plan.id}.yaml, id {figure.id}"))
        audit = self._reported("plan_audit.csv")
        if audit is not None:
            for _, row in audit[_mentions(audit["figure_ids"], figure.id)].iterrows():
                node.below.append(Node(f"audit, {row['severity']}: {row['explanation_en']}"))
        return node

    def _norms(self) -> list[str]:
        """Ids of the norms and goals that the reported gaps rest on."""
        gap = self._reported("gap.csv")
        return [] if gap is None else sorted(set(gap.loc[gap["yardstick"] == "norm", "figure_id"].dropna()))

    def _indicator(self, name: str, item: Indicator) -> Node:
        formula = ""
        if item.numerator and item.denominator:
            formula = f" = {item.numerator} ÷ {item.denominator} × {item.scale or 1:g}"
        return Node(f"indicator: {name}{formula} ({item.unit}): {item.name.en}, {item.name.zh}")

    def _published(self, what: str, file: str, date: str, indicator: str, region: str | None = None) -> Node | None:
        """The row of a table of observations or goals; None where there is none."""
        table = self._raw(file)
        numerators = {name for name, item in self.catalogue.indicators.items() if item.numerator == indicator}
        when = table["date"] if "date" in table else table["year"].astype(str)
        rows = table[table["indicator"].isin({indicator, *numerators}) & (when == date)]
        if region is not None:
            rows = rows[(rows["region"] == region) & rows["part"].isna()]
        return Node(f"{what} ({file})", self._rows(rows)) if len(rows) else None

    def _rows(self, rows: pd.DataFrame) -> list[Node]:
        nodes = []
        for index, row in rows.iterrows():
            cells = {key: value for key, value in row.items() if key != "source" and not pd.isna(value)}
            text = ", ".join(f"{key} {_cell(value)}" for key, value in cells.items())
            nodes.append(Node(f"row {int(str(index)) + 2}: {text}", [self._source(str(row["source"]))]))
        return nodes

    def _source(self, name: str) -> Node:
        source = self.catalogue.sources[name]
        return Node(f"source {name}: {source.citation} [{source.table_or_section}]")

    def _uses(self, name: str) -> list[Node]:
        """The results that rest on an id."""
        nodes = []
        headline = self._reported("headline.csv")
        if headline is not None:
            for _, row in headline[_mentions(headline["figure_id"], name)].iterrows():
                nodes.append(Node(f"{row['region']}/{row['resource']}: {_standing(row)} (reports/tables/headline.csv)"))
        gap = self._reported("gap.csv")
        if gap is not None:
            rows = gap[_mentions(gap["figure_id"], name) & (gap["scenario"] == self.scenario)]
            for region, resource, yardstick in (
                rows[["region", "resource", "yardstick"]].dropna().drop_duplicates().values
            ):
                nodes.append(Node(f"{region}/{resource}/{yardstick} (reports/tables/gap.csv)"))
        return [Node("used in", nodes)] if nodes else [Node("used in no reported requirement or supply")]

    # Results.

    def _result(self, name: str) -> Node:
        region, what, *rest = name.split("/")
        if region not in self.catalogue.regions:
            raise self._unknown(name, "region", region, self.catalogue.regions)
        if what in REPORT_AGES or what == "disabled":
            year = self._year(name, rest[0] if rest else str(CENSUS_YEAR), rest[1:])
            return self._population(region, what, year) if what in REPORT_AGES else self._disabled(region, year)
        if what not in RESOURCES:
            raise self._unknown(name, "resource", what, [*RESOURCES, *REPORT_AGES, "disabled"])
        headline = self._table("headline.csv", "verdict grade as_of target marks unknown settled_by")
        stated = headline[(headline["region"] == region) & (headline["resource"] == what)]
        if not rest:
            if stated.empty:
                raise self._unknown(name, "region with a plan", region, sorted(set(headline["region"])))
            return self._headline(stated.iloc[0])
        yardstick = rest[0]
        if yardstick not in YARDSTICKS:
            raise self._unknown(name, "yardstick", yardstick, YARDSTICKS)
        last = str(int(stated.iloc[0]["target_year"])) if len(stated) else str(self.settings.last_year)
        return self._gap(name, region, what, yardstick, self._year(name, rest[1] if len(rest) > 1 else last, rest[2:]))

    def _unknown(self, name: str, kind: str, found: str, known: Iterable[str]) -> InputError:
        known = list(known)
        listed = f"one of {', '.join(known)}" if len(known) <= 12 else "an id of data/regions"
        return InputError([Fault(f"explain {name}", kind, shown(found), listed + nearest(found, known))])

    def _year(self, name: str, text: str, more: Sequence[str]) -> int:
        if more or not text.isascii() or not text.isdigit():
            raise InputError([Fault(f"explain {name}", "", shown("/".join([text, *more])), EXPECTED)])
        return int(text)

    def _headline(self, row: pd.Series) -> Node:
        blank = "unknown"
        target = blank if pd.isna(row["target"]) else f"{_number(row['target'])} {row['target_unit']}"
        year = int(row["target_year"])
        node = Node(f"{row['region']}/{row['resource']}: {_standing(row)} as of {row['as_of']}")
        node.below.append(Node(f"target by {row['yardstick']}: {target}, {year}"))
        for key in ("settled_by", "marks", "unknown"):
            if not pd.isna(row[key]):
                node.below.append(Node(f"{key}: {row[key]}"))
        node.below += [Node("row: reports/tables/headline.csv"), self._parameters(("as_of",))]
        when = min(max(year, CENSUS_YEAR), self.settings.last_year)
        key = f"{row['region']}/{row['resource']}/{row['yardstick']}/{when}"
        node.below.append(self._gap(key, str(row["region"]), str(row["resource"]), str(row["yardstick"]), when))
        return node

    def _gap(self, name: str, region: str, resource: str, yardstick: str, year: int) -> Node:
        gap = self._table("gap.csv", "quantity figure_id unknown supply_path measure shown grade")
        rows = gap[
            (gap["scenario"] == self.scenario)
            & (gap["region"] == region)
            & (gap["resource"] == resource)
            & (gap["yardstick"].isna() | (gap["yardstick"] == yardstick))
            & gap["severity"].isna()
            & gap["setting"].isna()
            & (gap["definition"].isna() | (gap["definition"] == self.settings.need.headline))
        ]
        here = rows[rows["year"] == year]
        asked = here[here["measure"] == "required"]
        if asked.empty:
            years = ", ".join(str(found) for found in sorted(set(rows.loc[rows["measure"] == "required", "year"])))
            known = f"one of the years {years}" if years else "a region, resource, yardstick and scenario of gap.csv"
            raise InputError([Fault(f"explain {name}", "reports/tables/gap.csv", "no row", known)])
        row = f"{region}/{resource}/{yardstick}/{year}, scenario {self.scenario}"
        node = Node(f"{row} (reports/tables/gap.csv; medians, 80 % intervals)")
        for _, line in asked.iterrows():
            node.below += self._quantity(region, line, here[here["quantity"] == line["quantity"]], year)
        return node

    def _quantity(self, region: str, asked: pd.Series, here: pd.DataFrame, year: int) -> list[Node]:
        """What is required of one quantity, what there is of it, and the gap."""
        required = Node(f"required: {asked['quantity']} {_shown(asked)}")
        if not pd.isna(asked["unknown"]):
            required.below.append(Node(f"cannot be worked out: nobody published {asked['unknown']}"))
        required.below += self._requirement(region, str(asked["quantity"]), str(asked["figure_id"]).split(";"), year)
        existing = here[(here["measure"] == "existing") & (here["supply_path"] == "trend")]
        if existing.empty:
            return [required, Node("there is: no observation; blank, not zero")]
        stock = existing.iloc[0]
        there = Node(f"there is: {_shown(stock)}, grade {stock['grade']}, from the last observation on")
        sources = [part for part in str(stock["figure_id"]).split(";") if part]
        there.below += [node for node in map(self.ground, sources) if node is not None]
        there.below.append(self._parameters(CARRIED_WITH))
        found = [required, there]
        for _, missing in here[(here["measure"] == "gap") & (here["supply_path"] == "trend")].iterrows():
            found.append(Node(f"gap = required − there is: {_shown(missing)}"))
        return found

    def _requirement(self, region: str, quantity: str, ids: Sequence[str], year: int) -> list[Node]:
        """The formula of each rule behind a requirement, what it rests on, and the people it is applied to."""
        nodes, people = [], set()
        # A share of a stock sets the share and the beds: the rule on what is asked for comes last, and counts.
        ordered = sorted(self._rules(region), key=lambda rule: (rule.quantity == quantity, rule.quantity not in SHARES))
        rules = {rule.targets[-1].figure_id: rule for rule in ordered}
        for name in ids:
            node = self.ground(name)
            if node is None:
                continue
            rule = rules.get(name)
            if rule is not None:
                node.below.insert(0, Node(f"formula: {_formula(rule, year)}"))
                people.add(OLD.get(rule.other or "", ""))
                if rule.baseline is not None:
                    before = self.ground(rule.baseline.figure_id)
                    node.below += [Node("in a straight line from", [before])] if before else []
                if rule.basis == "hukou":
                    node.below.append(self._parameters(("care.hukou_per_resident_60plus",)))
            nodes.append(node)
        if any(name.startswith("definition.") for name in ids):
            nodes.append(self._parameters(NEEDED_WITH))
            people.add("60+")
        nodes += [self._population(region, group, year) for group in sorted(people - {""})]
        return nodes

    def _rules(self, region: str) -> list[Rule]:
        indicators = self.catalogue.indicators
        plans = [plan for plan in self.catalogue.plans.values() if plan.region == region]
        return [rule for plan in plans for rule in plan_rules(plan, indicators, CENSUS_YEAR)]

    def _disabled(self, region: str, year: int) -> Node:
        need = self._table("need.csv", "measure definition severity")
        headline = self.settings.need.headline
        rows = need[
            (need["scenario"] == self.scenario)
            & (need["region"] == region)
            & (need["year"] == year)
            & (need["measure"] == "disabled")
            & (need["definition"] == headline)
            & ~need["severity"].isin(DISABILITY_SEVERITIES)
        ]
        if rows.empty:
            raise self._no_row(f"{region}/disabled/{year}", "need.csv")
        people, low, high = (f"{rows.iloc[0][name]:,.0f}" for name in ("shown", "q10", "q90"))
        node = Node(
            f"{region}/disabled/{year}: {people} ({low} to {high}) people by {headline} (reports/tables/need.csv)"
        )
        node.below.append(
            Node("formula: people by age and sex × disabled share at their age, set to the nation's total")
        )
        ground = self.ground(f"definition.{headline}")
        node.below += [ground] if ground else []
        node.below += [self._parameters(NEEDED_WITH), self._population(region, "60+", year)]
        return node

    def _population(self, region: str, group: str, year: int) -> Node:
        population = self._table("population.csv", "date sex age_group")
        # A scenario that changes care alone has the population of the central one and no rows of its own.
        own = self.scenario if (population["scenario"] == self.scenario).any() else CENTRAL
        rows = population[
            (population["scenario"] == own)
            & (population["region"] == region)
            & (population["year"] == year)
            & (population["sex"] == "both")
            & (population["age_group"] == group)
        ]
        if rows.empty:
            raise self._no_row(f"{region}/{group}/{year}", "population.csv")
        day = rows["date"].iloc[0]
        node = Node(f"residents {group} on {day}: {_interval(rows)} persons (reports/tables/population.csv)")
        if year > CENSUS_YEAR:
            steps = "survival, births and net migration by single age and sex, year by year from the census"
            node.below.append(Node(f"formula: {steps} (pipeline/README.md, How the projection works)"))
            node.below.append(self._parameters(PROJECTED_WITH))
        node.below.append(self._census(region, group))
        return node

    def _census(self, region: str, group: str) -> Node:
        known = self.catalogue.regions[region]
        census = load_census(self.root, [known], self.catalogue.corrections)
        if census.empty:
            return self._margins(known.census, group)
        rows = census[(census["year"] == CENSUS_YEAR) & census["age"].map(lambda age: _within(str(age), group))]
        total = int(rows["population"].sum())
        node = Node(
            f"census of 1 November {CENSUS_YEAR}: {known.census}, rows {int(rows.index[0]) + 2} to "
            f"{int(rows.index[-1]) + 2} of ages {group}, {len(rows)} in all, sum {total:,}"
        )
        node.below += [self._source(name) for name in dict.fromkeys(rows["source"])]
        node.below += [Node(f"note: {note}") for note in known.basis_notes]
        for number, correction in enumerate(self.catalogue.corrections, start=1):
            if correction.file == known.census or correction.key.get("region") == region:
                change = f"{correction.column} {correction.expected} → {correction.value}"
                node.below.append(Node(f"correction {number} of {correction.file}: {change}: {correction.reason}"))
        return node

    def _margins(self, file: str, group: str) -> Node:
        """The census of a city of which only margins are published."""
        rows = pd.read_csv(self.root / file, dtype={"age": str})
        stated = rows[rows["age"].isin([group, "total"]) & (rows["sex"] == "both")]
        how = "published" if (stated["age"] == group).any() else "reconstructed within the margins from the province"
        return Node(
            f"census of 1 November {CENSUS_YEAR}: {file}, margins alone; ages {group} {how}", self._rows(stated)
        )

    def _no_row(self, name: str, table: str) -> InputError:
        expected = f"a region with a plan (or china) and a year of reports/tables/{table}"
        return InputError([Fault(f"explain {name}", f"reports/tables/{table}", "no row", expected)])

    def _parameters(self, sections: Sequence[str]) -> Node:
        """The parameters under the given key paths, with the values of the scenario."""
        values = self.settings.model_dump(mode="json")
        nodes = []
        for path, described in keys(Settings):
            dotted = ".".join(path)
            if not any(dotted == name or dotted.startswith(f"{name}.") for name in sections):
                continue
            value: Any = values
            for part in path:
                value = value[part]
            nodes.append(Node(f"{dotted} = {_cell(value)}: {described.description}"))
        return Node(f"parameters of scenario {self.scenario} (params.yaml)", nodes)

    # Tables.

    def _raw(self, file: str) -> pd.DataFrame:
        if file not in self._read:
            self._read[file] = load_table(self.root, file, self.catalogue.corrections)
        return self._read[file]

    def _reported(self, name: str) -> pd.DataFrame | None:
        path = self.root / TABLES / name
        if name not in self._read and path.is_file():
            self._read[name] = pd.read_csv(path, low_memory=False)
        return self._read.get(name)

    def _table(self, name: str, columns: str) -> pd.DataFrame:
        """A reported table, which must have at least the `columns`."""
        table = self._reported(name)
        missing = sorted(set(columns.split()) - set([] if table is None else table.columns))
        if table is None or missing:
            found = "no such file" if table is None else f"no column {missing[0]}"
            raise InputError([Fault(f"{TABLES}/{name}", "", found, "what `make repro` writes")])
        return table


def as_tree(node: Node) -> Any:
    """The chain as a rich tree."""
    from rich.text import Text
    from rich.tree import Tree

    def grown(tree: Tree, nodes: Iterable[Node]) -> Tree:
        for inner in nodes:
            grown(tree.add(Text(inner.text)), inner.below)
        return tree

    return grown(Tree(Text(node.text, style="bold")), node.below)


def _formula(rule: Rule, year: int) -> str:
    """What a rule asks for in a year, with the value of its path."""
    values, carried = target_path(rule.baseline, rule.targets, [year])
    value = "no value yet" if values[0] != values[0] else _number(float(values[0]))
    held = f", the target of {rule.targets[-1].year} carried on" if carried[0] and not rule.standing else ""
    match rule.form:
        case "ratio":
            formula = f"{rule.quantity} = {value} ÷ {rule.scale:g} × {rule.other}"
        case "inverse":
            formula = f"{rule.quantity} = {rule.other} × {rule.scale:g} ÷ {value}"
        case _:
            formula = f"{rule.quantity} = {value}"
    return f"{formula} (in {year}{held})"


def _within(age: str, group: str) -> bool:
    """Whether a census age group lies in a reported one."""
    if group == "total":
        return True
    first = int(age.split("-")[0].removesuffix("+"))
    low, _, high = group.removesuffix("+").partition("-")
    return int(low) <= first <= (int(high) if high else 200)


def _mentions(ids: pd.Series, name: str) -> pd.Series:
    return ids.fillna("").str.split(";").map(lambda parts: name in parts)


def _interval(rows: pd.DataFrame) -> str:
    """Median and 80 % interval of rows that differ in the quantile alone."""
    values = rows[rows["output_type"] == "quantile"].set_index("output_type_id")["value"]
    if 0.5 not in values.index or pd.isna(values[0.5]):
        return "blank"
    middle = _number(values[0.5])
    ends = [float(values.get(level, values[0.5])) for level in (0.1, 0.9)]
    return middle if ends[0] == ends[1] else f"{middle} ({_number(ends[0])} to {_number(ends[1])})"


def _shown(row: pd.Series) -> str:
    """What is shown, with its 80 % interval, in its unit."""
    if pd.isna(row["shown"]):
        return "blank"
    ends = row["q10"], row["q90"]
    interval = "" if ends[0] == ends[1] else f" ({_number(ends[0])} to {_number(ends[1])})"
    return f"{_number(row['shown'])}{interval} {row['unit']}"


def _standing(row: pd.Series) -> str:
    """Verdict and grade of a target."""
    verdict = "no verdict" if pd.isna(row["verdict"]) else str(row["verdict"]).replace("_", " ")
    return f"{verdict}, grade {row['grade']}"


def _basis(figure: Figure) -> str:
    inferred = figure.basis_inferred
    return figure.basis if inferred is None else f"{figure.basis}; inferred {inferred.value}: {inferred.reason}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 or float(value).is_integer() else f"{value:,.4g}"


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_cell(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_cell, value)) + "]"
    return str(value)
