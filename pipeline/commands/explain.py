"""`explain`: the chain from a number of reports/tables to its figures, their sources, corrections and parameters."""

import json
from collections.abc import Collection, Iterable
from functools import cache, reduce
from operator import getitem
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.axes import COUNTED_GROUPS
from pipeline.domain import Figure, Plan
from pipeline.errors import Fault, InputError, nearest, shown
from pipeline.inputs.catalogue import load_catalogue, load_ratings
from pipeline.inputs.raw_tables import load_table
from pipeline.model.result_files import TABLES_FOLDER
from pipeline.results.view import ViewChoices, seen
from pipeline.settings import Settings, load_settings
from pipeline.settings.manual import keys
from pipeline.vocabulary import CENTRAL, NATION, RESOURCES

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


type Lines = list[str]
"""Statements, a line each, those below one indented by two more."""


def below(statement: str, lines: Iterable[str]) -> Lines:
    """A statement and, below it, what it rests on."""
    return [statement, *(f"  {line}" for line in lines)]


class Explanation:
    """The reported tables of one scenario and the inputs they were made from, each read when it is asked for."""

    def __init__(self, root: Path, scenario: str) -> None:
        self.root, self.scenario = root, scenario
        self.settings = load_settings(root, scenario)
        self.catalogue = load_catalogue(root)
        self.figures = {figure.id: (plan, figure) for plan in self.catalogue.plans.values() for figure in plan.figures}
        self.ratings = load_ratings(root)

    def of(self, name: str) -> Lines:
        """The chain behind a figure's id or a result's path. Raises InputError where nothing is called that."""
        if "/" in name:
            return self._result(*name.split("/"))
        lines = self.ground(name)
        if not lines:
            expected = EXPECTED + nearest(name, self.figures)
            raise InputError([Fault("explain", "", f"nothing called {shown(name)}", expected)])
        uses = []
        for table, columns in (("headline", ["region", "resource"]), ("gap", ["region", "resource", "yardstick"])):
            rows = reported(self.root, table)
            used = rows.loc[_mentions(rows["figure_id"], name), columns].dropna().drop_duplicates()
            uses += [f"{'/'.join(cells)} (reports/tables/{table}.csv)" for cells in used.to_numpy()]
        readers = below("used in", uses or ["no reported result"])
        return [*lines, *(f"  {line}" for line in readers)]

    # What numbers rest on.

    def ground(self, name: str) -> Lines:
        """What stands behind one id of the column `figure_id`; nothing for an unknown one."""
        if name in self.figures:
            return self._figure(*self.figures[name])
        if name in self.catalogue.sources:
            return self._source(name)
        title, rows = "", list[str]()
        match name.split("."):
            case [kind, chosen] if kind in CHOSEN_FROM:
                title, column = CHOSEN_FROM[kind]
                table = load_table(self.root, title, self.catalogue.corrections)
                rows = self._rows(table[table[column] == chosen])
            case ["norm" | "goal" as kind, quantity, year]:
                wanted = "outcome" if kind == "norm" else kind
                title = f"the nation's {wanted} (reports/tables/norms.csv)"
                norms = self._where("norms", kind=wanted)
                # A goal is listed as it was stated, which may be per 1,000 people.
                stated = norms["quantity"].isin((quantity, f"{quantity}_per_1000_60plus"))
                rows = self._rows(norms[stated & norms["year"].astype(str).eq(year)])
                if rows and kind == "norm":
                    rows += self._observations(NATION, quantity, year)
            case ["supply", region, quantity, date]:
                title = "observed (reports/tables/supply.csv)"
                rows = self._observations(region, quantity, date.replace("_", "-"))
        return below(f"{name}: {title}", rows) if rows else []

    def _figure(self, plan: Plan, figure: Figure) -> Lines:
        item = self.catalogue.indicators[figure.indicator]
        comparator = "" if figure.comparator == "=" else f"{figure.comparator} "
        value = "left blank by the plan" if figure.value is None else f"{comparator}{_number(figure.value)}"
        upper = "" if figure.upper is None else f" to {_number(figure.upper)}"
        ratio = f" = {item.numerator} ÷ {item.denominator} × {item.scale or 1:g}" if item.denominator else ""
        inferred = figure.basis_inferred
        basis = figure.basis if inferred is None else f"{figure.basis}; inferred {inferred.value}: {inferred.reason}"
        audit = reported(self.root, "plan_audit")
        audit = audit[_mentions(audit["figure_ids"], figure.id)]
        lines = [
            f"indicator: {figure.indicator}{ratio} ({item.unit}): {item.name.en}, {item.name.zh}",
            f"population basis: {basis}",
            *below(f"plan: {plan.title.en} ({plan.title.zh}), {figure.section}", self._source(plan.source)),
            *([f"how it was read: {figure.note}"] if figure.note else []),
            f"row: data/plans/{plan.id}.yaml, id {figure.id}",
            *(f"audit, {row.severity}: {row.explanation_en}" for row in audit.itertuples()),
        ]
        return below(f"{figure.id}: {value}{upper} {figure.unit}, {figure.kind} {figure.year or 'undated'}", lines)

    def _source(self, name: Any) -> Lines:
        """The source, where the catalogue has it: a table may be older than the catalogue."""
        if name not in self.catalogue.sources:
            return []
        source = self.catalogue.sources[name]
        return [f"source {name}: {source.citation} [{source.table_or_section}]"]

    def _observations(self, region: str, quantity: str, date: str) -> Lines:
        here = self._where("supply", region=region, quantity=quantity)
        return self._rows(here[here["date"].astype(str).str.startswith(date)])

    def _rows(self, rows: pd.DataFrame) -> Lines:
        """The rows of a table, by their numbers in its file, each with its source."""
        lines = []
        for number, row in zip(rows.index + 2, rows.to_dict("records"), strict=True):
            cells = ", ".join(f"{key} {cell}" for key, cell in row.items() if key != "source" and not pd.isna(cell))
            lines += below(f"row {number}: {cells}", self._source(row.get("source")))
        return lines

    def _behind(self, ids: str) -> Lines:
        """What stands behind the ids, which a semicolon divides."""
        return [line for name in ids.split(";") for line in self.ground(name)]

    def _parameters(self, sections: Collection[str]) -> Lines:
        """The parameters under the given key paths, with the values of the scenario."""
        values = self.settings.model_dump(mode="json")
        lines = []
        for path, described in keys(Settings):
            if path[0] in sections:
                name = ".".join(path)
                value = json.dumps(reduce(getitem, path, values), ensure_ascii=False).replace('"', "")
                rated = [
                    f"evidence {rating.quality}, impact {rating.impact}: {rating.reason}"
                    for section, rating in self.ratings.items()
                    if f"{name}.".startswith(f"{section}.")
                ]
                lines += below(f"{name} = {value}: {described.description}", rated)
        return below(f"parameters of scenario {self.scenario} (params.yaml)", lines)

    # Results.

    def _result(self, region: str, what: str, *rest: str) -> Lines:
        self._known("region", region, self.catalogue.regions)
        self._known("result", what, [*RESOURCES, *COUNTED_GROUPS, "need"])
        last = str(self.settings.last_year)
        if what in COUNTED_GROUPS:
            return self._population(region, what, rest[0] if rest else last)
        if what == "need":
            return self._need(region, rest[0] if rest else str(self.settings.next_plan.year))
        if rest:
            return self._gap(region, what, rest[0], rest[1] if len(rest) > 1 else last)
        return self._headline(region, what)

    def _headline(self, region: str, resource: str) -> Lines:
        what = f"{region}/{resource}"
        row = self._rows_of("headline", what, region=region, resource=resource).iloc[0]
        verdict = "no verdict" if pd.isna(row.verdict) else row.verdict
        target = "several rules" if pd.isna(row.target) else f"{_number(row.target)} {row.target_unit}"
        lines = [f"target by {row.yardstick}: {target}, {row.target_year}"]
        for name in ("required", "existing", "gap"):
            lines.append(f"{name}: {_interval(*row[[name, f'{name}_q10', f'{name}_q90']])} {row.unit}")
        if not pd.isna(row.stock_value):
            stock = f"{_number(row.stock_value)} {row.stock_unit} on {row.stock_date}"
            lines.append(f"observed: {stock}, carried by {row.carried_by}")
        marked = row[["marks", "unknown", "settled_by"]].dropna()
        lines += [f"{name}: {cell.replace(';', ', ')}" for name, cell in marked.items()]
        title = f"{what}: {verdict}, grade {row.grade}, as of {row.as_of}"
        return below(title, [*lines, "row: reports/tables/headline.csv", *self._behind(row.figure_id)])

    def _gap(self, region: str, resource: str, yardstick: str, year: str) -> Lines:
        what = f"{region}/{resource}/{yardstick}/{year}"
        place = {"scenario": self.scenario, "region": region, "resource": resource}
        self._known("yardstick", yardstick, sorted(set(self._rows_of("gap", what, **place)["yardstick"].dropna())))
        rows = self._rows_of("gap", what, **place, year=year)
        # What exists has no yardstick of its own and stands below each.
        rows = rows[rows["yardstick"].eq(yardstick) | (rows["measure"] == "existing")]
        lines = []
        for _, row in rows.iterrows():
            path = "" if pd.isna(row.supply_path) else f", path {row.supply_path}"
            unknown = "" if pd.isna(row.unknown) else f"; missing: {row.unknown}"
            kept = ", the plan's last target kept as a ratio" if row.carried else ""
            number = f"{_interval(row.shown, row.q10, row.q90)} {row.unit}"
            # A gap rests on the requirement and the stock, which say below themselves what they rest on.
            behind = [] if row.measure == "gap" else self._behind(str(row.figure_id))
            lines += below(f"{row.measure}{path}: {number}{kept}{unknown}", behind)
        return below(f"{what}, scenario {self.scenario} (reports/tables/gap.csv)", lines)

    def _need(self, region: str, year: str) -> Lines:
        what = f"{region}/need/{year}"
        rows = self._rows_of("need", what, scenario=self.scenario, region=region, year=year)
        lines = []
        for _, row in rows.iterrows():
            parts = [part for part in (row.definition, row.severity, row.setting) if not pd.isna(part)]
            which = f" ({', '.join(parts)})" if parts else ""
            lines.append(f"{row.measure}{which}: {_interval(row.shown, row.q10, row.q90)}")
        lines += [*self._behind(f"definition.{self.settings.need.headline}"), *self._parameters(NEEDED_WITH)]
        return below(f"{what}, scenario {self.scenario}, national rates applied (reports/tables/need.csv)", lines)

    def _population(self, region: str, group: str, year: str) -> Lines:
        # A scenario that changes care alone has the people of the central one and no rows of its own.
        own = self.scenario if (reported(self.root, "population")["scenario"] == self.scenario).any() else CENTRAL
        what = f"{region}/{group}/{year}"
        here = self._rows_of("population", what, scenario=own, region=region, age_group=group, year=year)
        quantiles = here.set_index("output_type_id")["value"]
        people = _interval(quantiles.get(0.5), quantiles.get(0.1), quantiles.get(0.9))
        steps = "survival, births and net migration by single age and sex, year by year from the census"
        lines = [f"formula: {steps} (pipeline/README.md, How the projection works)"]
        if (self.root / TABLES_FOLDER / "counts.csv").is_file():
            for row in self._where("counts", region=region, age_group=group).itertuples():
                lines += below(f"counted {row.year}: {_number(row.value)} persons", self._source(row.source))
        census = self.catalogue.regions[region]
        lines += below(f"census: {census.census}", [f"note: {note}" for note in census.basis_notes])
        for number, change in enumerate(self.catalogue.corrections, start=1):
            if change.file == census.census or change.key.get("region") == region:
                text = f"{change.column} {change.expected} → {change.value}: {change.reason}"
                lines.append(f"correction {number} of {change.file}: {text}")
        title = f"residents {group} on {here['date'].iloc[0]}: {people} persons (reports/tables/population.csv)"
        return below(title, [*lines, *self._parameters(PROJECTED_WITH)])

    # Tables.

    def _known(self, kind: str, name: str, known: Collection[str]) -> None:
        if name not in known:
            listed = "an id of data/regions" if kind == "region" else f"one of {', '.join(known)}"
            raise InputError([Fault("explain", kind, shown(name), listed + nearest(name, known))])

    def _where(self, table: str, **values: str) -> pd.DataFrame:
        rows = reported(self.root, table)
        return rows[(rows[list(values)] == pd.Series(values)).all(axis=1)]

    def _rows_of(self, table: str, what: str, **values: str) -> pd.DataFrame:
        """The rows of a table by its keys, one after the other. Raises InputError, naming those there are, of none."""
        rows = reported(self.root, table)
        for column, value in values.items():
            known = rows[column].astype(str)
            if value not in set(known):
                expected = f"one of {', '.join(sorted(set(known)))}"
                raise InputError([Fault(f"explain {what}", f"{TABLES_FOLDER}/{table}.csv", "no row", expected)])
            rows = rows[known == value]
        return rows


@cache
def reported(root: Path, name: str) -> pd.DataFrame:
    """The rows of a reported table that are explained. Raises InputError where no run has written it."""
    file = TABLES_FOLDER / f"{name}.csv"
    if not (root / file).is_file():
        raise InputError([Fault(str(file), "", "no such file", "what `make repro` writes")])
    rows = pd.read_csv(root / file, low_memory=False, dtype={"date": str, "part": str})
    return seen(rows, name, "explain", ViewChoices({}))


def _mentions(ids: pd.Series, name: str) -> pd.Series:
    return ids.fillna("").str.split(";").map(lambda parts: name in parts)


def _interval(middle: Any, low: Any, high: Any) -> str:
    """What is shown and its 80 % interval, where there is one."""
    if pd.isna(middle):
        return "blank"
    if pd.isna(low) or pd.isna(high) or low == high:
        return _number(middle)
    return f"{_number(middle)} ({_number(low)} to {_number(high)}, 80 %)"


def _number(value: Any) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 or float(value).is_integer() else f"{value:,.4g}"
