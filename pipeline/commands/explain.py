"""`explain`: the chain from a reported number to its figures, their sources and corrections, and the parameters.

Nothing is computed anew: numbers are those of reports/tables, and beside them stands what they rest on.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.axes import COUNTED_GROUPS
from pipeline.documents.fault_words import nearest, shown
from pipeline.domain import Catalogue, Figure, Plan
from pipeline.errors import Fault, InputError
from pipeline.inputs.catalogue import load_catalogue
from pipeline.inputs.ratings import load_ratings
from pipeline.inputs.raw_tables import load_table
from pipeline.results.view import ViewChoices, seen
from pipeline.settings import Settings, load_settings
from pipeline.settings.manual import keys
from pipeline.vocabulary import CENTRAL, RESOURCES

TABLES = Path("reports/tables")
PROJECTED_WITH = ("seed", "draws", "last_year", "projection", "forecast", "priors", "counts")
NEEDED_WITH = ("seed", "need")

CHOSEN_FROM = {
    "definition": ("data/raw/disability_prevalence.csv", "definition"),
    "settings": ("data/raw/care_settings.csv", "scheme"),
    "staffing": ("data/raw/staffing.csv", "staffing"),
}
"""First part of an id in `figure_id`, and the table and column where what follows it is found."""

EXPECTED = (
    "the id of a figure (xuchang.population_60plus.projection.2025), of a national measure "
    "(norm.institution_beds.2024), or a result: REGION/RESOURCE, REGION/RESOURCE/YARDSTICK/YEAR, "
    "REGION/AGE_GROUP/YEAR, REGION/need/YEAR"
)


@dataclass
class Node:
    """One statement, and below it what it rests on."""

    text: str
    below: "list[Node]" = field(default_factory=list)

    def lines(self, indent: int = 0) -> list[str]:
        """The statements as indented text."""
        return [" " * indent + self.text, *(line for node in self.below for line in node.lines(indent + 2))]


class Explanation:
    """The reported tables of one scenario and the inputs they were made from, each read when it is asked for."""

    def __init__(self, root: Path, scenario: str) -> None:
        self.root, self.scenario = root, scenario
        self.settings: Settings = load_settings(root, scenario)
        self.catalogue: Catalogue = load_catalogue(root)
        self.figures: dict[str, tuple[Plan, Figure]] = {
            figure.id: (plan, figure) for plan in self.catalogue.plans.values() for figure in plan.figures
        }
        self.ratings = load_ratings(root)
        self._read: dict[str, pd.DataFrame] = {}

    def of(self, name: str) -> Node:
        """The chain behind a figure's id or a result's path. Raises InputError where nothing is called that."""
        if "/" in name:
            return self._result(*name.split("/"))
        node = self.ground(name)
        if node is None:
            raise InputError(
                [Fault("explain", "", f"nothing called {shown(name)}", EXPECTED + nearest(name, self.figures))]
            )
        node.below.append(Node("used in", [Node(used) for used in self._uses(name)] or [Node("no reported result")]))
        return node

    def ground(self, name: str) -> Node | None:
        """What stands behind one id of the column `figure_id`; None for an unknown one."""
        if name in self.figures:
            return self._figure(*self.figures[name])
        kind, _, rest = name.partition(".")
        if kind in CHOSEN_FROM:
            file, column = CHOSEN_FROM[kind]
            table = load_table(self.root, file, self.catalogue.corrections)
            return self._rows(f"{name}: {file}", table[table[column] == rest])
        if kind in ("norm", "goal") and rest.count(".") == 1:
            quantity, year = rest.split(".")
            norms = self._table("norms")
            wanted = {"norm": "outcome", "goal": "goal"}[kind]
            # A goal is listed as it was stated, which may be per 1,000 people.
            stated = norms["quantity"].isin((quantity, f"{quantity}_per_1000_60plus"))
            here = norms[stated & (norms["kind"] == wanted) & (norms["year"].astype(str) == year)]
            node = self._rows(f"{name}: the nation's {wanted} (reports/tables/norms.csv)", here)
            if node is not None and kind == "norm":
                node.below += self._observations("china", quantity, year)
            return node
        if kind == "supply" and rest.count(".") == 2:
            region, quantity, date = rest.split(".")
            observed = self._observations(region, quantity, date.replace("_", "-"))
            return Node(f"{name}: observed (reports/tables/supply.csv)", observed) if observed else None
        if name in self.catalogue.sources:
            return self._source(name)
        return None

    def _figure(self, plan: Plan, figure: Figure) -> Node:
        item = self.catalogue.indicators[figure.indicator]
        comparator = "" if figure.comparator == "=" else f"{figure.comparator} "
        value = "left blank by the plan" if figure.value is None else f"{comparator}{_number(figure.value)}"
        upper = "" if figure.upper is None else f" to {_number(figure.upper)}"
        ratio = f" = {item.numerator} ÷ {item.denominator} × {item.scale or 1:g}" if item.denominator else ""
        inferred = figure.basis_inferred
        basis = figure.basis if inferred is None else f"{figure.basis}; inferred {inferred.value}: {inferred.reason}"
        node = Node(f"{figure.id}: {value}{upper} {figure.unit}, {figure.kind} {figure.year or 'undated'}")
        node.below = [
            Node(f"indicator: {figure.indicator}{ratio} ({item.unit}): {item.name.en}, {item.name.zh}"),
            Node(f"population basis: {basis}"),
            Node(f"plan: {plan.title.en} ({plan.title.zh}), {figure.section}", [self._source(plan.source)]),
            *([Node(f"how it was read: {figure.note}")] if figure.note else []),
            Node(f"row: data/plans/{plan.id}.yaml, id {figure.id}"),
        ]
        audit = self._table("plan_audit")
        for _, row in audit[_mentions(audit["figure_ids"], figure.id)].iterrows():
            node.below.append(Node(f"audit, {row['severity']}: {row['explanation_en']}"))
        return node

    def _observations(self, region: str, quantity: str, year: str = "") -> list[Node]:
        supply = self._table("supply")
        here = supply[(supply["region"] == region) & (supply["quantity"] == quantity)]
        node = self._rows("", here[here["date"].astype(str).str.startswith(year)])
        return [] if node is None else node.below

    def _source(self, name: str) -> Node:
        source = self.catalogue.sources[name]
        return Node(f"source {name}: {source.citation} [{source.table_or_section}]")

    def _rows(self, what: str, rows: pd.DataFrame) -> Node | None:
        """The rows of a table below `what`, each with its source; None where there is none."""
        nodes = []
        for index, row in rows.iterrows():
            cells = ", ".join(f"{key} {row[key]}" for key in rows.columns if key != "source" and not pd.isna(row[key]))
            nodes.append(Node(f"row {int(str(index)) + 2}: {cells}", self._cited(row)))
        return Node(what, nodes) if nodes else None

    def _uses(self, name: str) -> Iterator[str]:
        """The results that rest on an id."""
        for table, columns in (("headline", ["region", "resource"]), ("gap", ["region", "resource", "yardstick"])):
            frame = self._table(table)
            rows = frame[_mentions(frame["figure_id"], name)]
            for cells in rows[columns].dropna().drop_duplicates().to_numpy():
                yield f"{'/'.join(cells)} (reports/tables/{table}.csv)"

    # Results.

    def _result(self, region: str, what: str, *rest: str) -> Node:
        self._known("region", region, self.catalogue.regions)
        self._known("result", what, [*RESOURCES, *COUNTED_GROUPS, "need"])
        if what in COUNTED_GROUPS:
            return self._population(region, what, rest[0] if rest else str(self.settings.last_year))
        if what == "need":
            return self._need(region, rest[0] if rest else "2030")
        headline = self._table("headline")
        stated = headline[(headline["region"] == region) & (headline["resource"] == what)]
        if not rest:
            if stated.empty:
                raise self._no_row("headline", f"{region}/{what}", sorted(set(headline["region"])))
            return self._headline(stated.iloc[0])
        return self._gap(region, what, rest[0], rest[1] if len(rest) > 1 else str(self.settings.last_year))

    def _headline(self, row: pd.Series) -> Node:
        verdict = "no verdict" if pd.isna(row["verdict"]) else row["verdict"]
        node = Node(f"{row['region']}/{row['resource']}: {verdict}, grade {row['grade']}, as of {row['as_of']}")
        target = "several rules" if pd.isna(row["target"]) else f"{_number(row['target'])} {row['target_unit']}"
        node.below = [Node(f"target by {row['yardstick']}: {target}, {row['target_year']}")]
        for name in ("required", "existing", "gap"):
            node.below.append(Node(f"{name}: {_interval(row, name, f'{name}_q10', f'{name}_q90')} {row['unit']}"))
        if not pd.isna(row["stock_value"]):
            stock = f"{_number(row['stock_value'])} {row['stock_unit']} on {row['stock_date']}"
            node.below.append(Node(f"observed: {stock}, carried by {row['carried_by']}"))
        for name in ("marks", "unknown", "settled_by"):
            if not pd.isna(row[name]):
                node.below.append(Node(f"{name}: {str(row[name]).replace(';', ', ')}"))
        node.below.append(Node("row: reports/tables/headline.csv"))
        return self._grounded(node, str(row["figure_id"]))

    def _gap(self, region: str, resource: str, yardstick: str, year: str) -> Node:
        gap = self._table("gap")
        rows = gap[(gap["scenario"] == self.scenario) & (gap["region"] == region) & (gap["resource"] == resource)]
        self._known("yardstick", yardstick, sorted(set(rows["yardstick"].dropna())))
        # What exists has no yardstick of its own and stands below each.
        rows = rows[rows["yardstick"].eq(yardstick) | (rows["measure"] == "existing")]
        here = rows[rows["year"].astype(str) == year]
        if here.empty:
            raise self._no_row("gap", f"{region}/{resource}/{yardstick}/{year}", sorted(set(rows["year"].astype(str))))
        node = Node(f"{region}/{resource}/{yardstick}/{year}, scenario {self.scenario} (reports/tables/gap.csv)")
        for _, row in here.iterrows():
            path = "" if pd.isna(row["supply_path"]) else f", path {row['supply_path']}"
            unknown = "" if pd.isna(row["unknown"]) else f"; missing: {row['unknown']}"
            kept = ", the plan's last target kept as a ratio" if row["carried"] else ""
            text = f"{row['measure']}{path}: {_interval(row, 'shown', 'q10', 'q90')} {row['unit']}{kept}{unknown}"
            # A gap rests on the requirement and the stock, which say below themselves what they rest on.
            ids = "" if row["measure"] == "gap" else str(row["figure_id"])
            node.below.append(self._grounded(Node(text), ids))
        return node

    def _need(self, region: str, year: str) -> Node:
        need = self._table("need")
        rows = need[(need["scenario"] == self.scenario) & (need["region"] == region)]
        here = rows[rows["year"].astype(str) == year]
        if here.empty:
            raise self._no_row("need", f"{region}/need/{year}", sorted(set(rows["year"].astype(str))))
        node = Node(f"{region}/need/{year}, scenario {self.scenario}, national rates applied (reports/tables/need.csv)")
        for _, row in here.iterrows():
            parts = [str(row[name]) for name in ("definition", "severity", "setting") if not pd.isna(row[name])]
            which = f" ({', '.join(parts)})" if parts else ""
            node.below.append(Node(f"{row['measure']}{which}: {_interval(row, 'shown', 'q10', 'q90')}"))
        node = self._grounded(node, f"definition.{self.settings.need.headline}")
        node.below.append(self._parameters(NEEDED_WITH))
        return node

    def _population(self, region: str, group: str, year: str) -> Node:
        population = self._table("population")
        # A scenario that changes care alone has the people of the central one and no rows of its own.
        own = self.scenario if (population["scenario"] == self.scenario).any() else CENTRAL
        rows = population[(population["scenario"] == own) & (population["region"] == region)]
        rows = rows[rows["age_group"] == group]
        here = rows[rows["year"].astype(str) == year]
        if here.empty:
            raise self._no_row("population", f"{region}/{group}/{year}", sorted(set(rows["year"].astype(str))))
        values = here.set_index("output_type_id")["value"].add_prefix("")
        values.index = [f"{float(level):g}" for level in values.index]
        text = _interval(values, "0.5", "0.1", "0.9")
        node = Node(f"residents {group} on {here['date'].iloc[0]}: {text} persons (reports/tables/population.csv)")
        steps = "survival, births and net migration by single age and sex, year by year from the census"
        node.below.append(Node(f"formula: {steps} (pipeline/README.md, How the projection works)"))
        if (self.root / TABLES / "counts.csv").is_file():
            counts = self._table("counts")
            node.below += [
                Node(f"counted {row['year']}: {_number(row['value'])} persons", self._cited(row))
                for _, row in counts[(counts["region"] == region) & (counts["age_group"] == group)].iterrows()
            ]
        census = self.catalogue.regions[region]
        node.below.append(Node(f"census: {census.census}", [Node(f"note: {note}") for note in census.basis_notes]))
        for number, change in enumerate(self.catalogue.corrections, start=1):
            if change.file == census.census or change.key.get("region") == region:
                text = f"{change.column} {change.expected} → {change.value}: {change.reason}"
                node.below.append(Node(f"correction {number} of {change.file}: {text}"))
        node.below.append(self._parameters(PROJECTED_WITH))
        return node

    def _cited(self, row: pd.Series) -> list[Node]:
        source = row.get("source")
        return [self._source(source)] if isinstance(source, str) and source in self.catalogue.sources else []

    def _grounded(self, node: Node, ids: str) -> Node:
        """The node with what stands behind the ids, which a semicolon divides, below it."""
        node.below += [found for found in map(self.ground, ids.split(";")) if found is not None]
        return node

    def _parameters(self, sections: Collection[str]) -> Node:
        """The parameters under the given key paths, with the values of the scenario."""
        values = self.settings.model_dump(mode="json")
        nodes = []
        for path, described in keys(Settings):
            value: Any = values
            for part in path:
                value = value[part]
            dotted = ".".join(path)
            if any(dotted == name or dotted.startswith(f"{name}.") for name in sections):
                rated = [
                    Node(f"evidence {rating.quality}, impact {rating.impact}: {rating.reason}")
                    for name, rating in self.ratings.items()
                    if dotted == name or dotted.startswith(f"{name}.")
                ]
                nodes.append(Node(f"{dotted} = {_cell(value)}: {described.description}", rated))
        return Node(f"parameters of scenario {self.scenario} (params.yaml)", nodes)

    # Faults.

    def _known(self, kind: str, found: str, known: Collection[str]) -> None:
        if found not in known:
            listed = "an id of data/regions" if kind == "region" else f"one of {', '.join(known)}"
            raise InputError([Fault("explain", kind, shown(found), listed + nearest(found, known))])

    def _no_row(self, table: str, wanted: str, known: Iterable[str]) -> InputError:
        return InputError([Fault(f"explain {wanted}", f"{TABLES}/{table}.csv", "no row", f"one of {', '.join(known)}")])

    def _table(self, name: str) -> pd.DataFrame:
        """The rows of a reported table that are explained. Raises InputError where no run has written it."""
        if name not in self._read:
            path = self.root / TABLES / f"{name}.csv"
            if not path.is_file():
                raise InputError([Fault(f"{TABLES}/{name}.csv", "", "no such file", "what `make repro` writes")])
            rows = pd.read_csv(path, low_memory=False, dtype={"date": str, "part": str})
            self._read[name] = seen(rows, name, "explain", ViewChoices({}))
        return self._read[name]


def as_tree(node: Node) -> Any:
    """The chain as a rich tree."""
    from rich.text import Text
    from rich.tree import Tree

    def grown(tree: Tree, nodes: Iterable[Node]) -> Tree:
        for inner in nodes:
            grown(tree.add(Text(inner.text)), inner.below)
        return tree

    return grown(Tree(Text(node.text, style="bold")), node.below)


def _mentions(ids: pd.Series, name: str) -> pd.Series:
    return ids.fillna("").str.split(";").map(lambda parts: name in parts)


def _interval(row: pd.Series, middle: str, low: str, high: str) -> str:
    """What is shown and its 80 % interval, where there is one."""
    if middle not in row.index or pd.isna(row[middle]):
        return "blank"
    first, last = row.get(low, np.nan), row.get(high, np.nan)
    if pd.isna(first) or pd.isna(last) or first == last:
        return _number(row[middle])
    return f"{_number(row[middle])} ({_number(first)} to {_number(last)}, 80 %)"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 or float(value).is_integer() else f"{value:,.4g}"


def _cell(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_cell(inner)}" for name, inner in value.items()) + "}"
    return f"[{', '.join(map(_cell, value))}]" if isinstance(value, list) else str(value)
