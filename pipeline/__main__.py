"""Commands of the pipeline beside its stages: `python -m pipeline --help`.

Exit codes: 0 done, 1 a fault in an input, a parameter or a run (each on one line of the error output), 2 a call
that is not understood. Each command imports what it needs when it is called.
"""

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import Any, Literal

import click
import typer
from typer import Argument, Option

from pipeline.commands.dvc import StageError
from pipeline.errors import InputError, print_anywhere

CODES = "Exit codes: 0 done; 1 faults, one a line on the error output; 2 a call that is not understood."

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Elderly care: what plans ask for and what is missing.",
    epilog=CODES,
)
app.callback()(print_anywhere)

JSON = Option(False, "--json", help="Print JSON.")
SCENARIO_HELP = "A scenario of params.yaml."


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Make a command of a function: its name, its docstring as help; its faults are printed, one a line."""

    @wraps(function)
    def called(*arguments: Any, **options: Any) -> None:
        try:
            function(*arguments, **options)
        except (InputError, StageError) as error:
            print(error, file=sys.stderr)
            raise typer.Exit(1) from None

    return app.command(epilog=CODES)(called)


def show(as_json: bool, data: Any, text: str) -> None:
    """Print a finding as JSON or as text."""
    print(json.dumps(data, ensure_ascii=False) if as_json else text)


def name_written(files: Iterable[str]) -> None:
    """Name the files that were written, one a line."""
    print("\n".join(f"written: {file}" for file in files))


@command
def check(as_json: bool = JSON) -> None:
    """Look at all parameters, tables and plans, and name every fault at once. Nothing is run or written."""
    from pipeline.commands.check import check_project

    counts, faults, warnings = check_project(Path())
    if as_json:
        named = {"faults": [asdict(fault) for fault in faults], "warnings": [asdict(doubt) for doubt in warnings]}
        print(json.dumps({"ok": not faults, **counts, **named}, ensure_ascii=False))
    else:
        in_sum = [f"{len(faults)} faults."] if faults else []
        for line in (*warnings, *faults, *in_sum):
            print(line, file=sys.stderr)
        if not faults:
            looked_at = (
                "{scenarios} scenarios, {regions} regions, {plans} plans with {figures} figures, {tables} tables"
            )
            print(f"No faults: {looked_at.format(**counts)}.")
    if faults:
        raise typer.Exit(1)


@command
def repro(
    arguments: list[str] | None = Argument(None, help="Stages, or options of `dvc repro`."),
    refit: bool = Option(False, "--refit", help="Sample and score every model anew."),
) -> None:
    """Run whatever changed, a line a stage, and say how the numbers compare with those before the run."""
    from pipeline.commands.dvc import repro

    repro(Path(), arguments or (), refit=refit)


@command
def run(
    scenario: str | None = Option(None, help=f"{SCENARIO_HELP} Only its results and those of central are made."),
    profile: Literal["smoke", "full"] | None = Option(None, help="The profile to run under."),
    changes: list[str] | None = Option(
        None, "--set", metavar="KEY=VALUE", help="A parameter to change, such as need.trend=falling."
    ),
    name: str | None = Option(None, help="Folder under runs/; else named after what is changed."),
) -> None:
    """Run the pipeline under other parameters in runs/NAME; params.yaml, dvc.lock and reports/ stay as they are."""
    from pipeline.commands import run

    run.run(Path(), scenario, profile, changes or [], name)


@command
def compare(
    a: str = Argument(help="A scenario of params.yaml, a results folder, or a folder of tables."),
    b: str = Argument(help="The scenario or folder to set beside it."),
    year: int | None = Option(None, help="Year to compare; the last of both where none is given."),
    as_json: bool = JSON,
) -> None:
    """What moved in need between two runs, attributed to the inputs that differ; of two folders of tables, how many
    numbers are equal, and which are not and by how much."""
    if all(any(Path(folder).glob("*.csv")) for folder in (a, b)):
        from pipeline.commands.dvc import compare_numbers

        print("\n".join(compare_numbers(Path(), Path(a), Path(b))))
        return
    from pipeline.model import runs

    table = runs.compare_runs(Path(), a, b, year)
    show(as_json, table.to_dict("records"), runs.as_text(table))


@command
def explain(
    name: str = Argument(
        metavar="FIGURE_OR_RESULT",
        help="A figure (xuchang.institution_beds.baseline.2021), a norm (norm.institution_beds.2024), or a result: "
        "xuchang/beds, xuchang/beds/plan/2025, wuhan/60+/2030, wuhan/need/2025.",
    ),
    scenario: str = Option("central", help=SCENARIO_HELP),
) -> None:
    """The chain from a reported number to its formula, source rows, corrections and parameters."""
    from pipeline.commands.explain import Explanation

    print("\n".join(Explanation(Path(), scenario).of(name)))


@command
def plan_targets(
    region: str = Argument(metavar="REGION", help="A region with a plan, such as xuchang."),
    year: int | None = Option(None, help="Last year of the next plan; next_plan.year of params.yaml."),
    certainty: float | None = Option(None, help="How certain a number is to be enough for need, such as 0.8."),
    as_yaml: bool = Option(False, "--yaml", help="Write a plan file marked PROPOSAL, to be measured like any plan."),
    as_json: bool = JSON,
) -> None:
    """What the next plan may aim at: standing still, the nation's measure, enough for need; with additions and cost."""
    from pipeline.commands import plan_targets
    from pipeline.model import plans

    rows = plans.plan_targets(Path(), region, year, certainty)
    if as_yaml:
        name_written(plan_targets.write_proposal(Path(), rows, region, year, certainty))
    else:
        print(rows.to_json(orient="records", force_ascii=False) if as_json else plan_targets.as_text(rows))


@command
def status(as_json: bool = JSON) -> None:
    """Which stages are stale and why, in words. To be stale is no fault: the exit code is 0."""
    from pipeline.commands import dvc

    stages = dvc.status(Path())
    show(as_json, {"up_to_date": not stages, "stages": stages}, dvc.status_text(stages))


@command
def place(
    name: str = Argument(metavar="PLACE", help="Name, pinyin or code: 洛阳, luoyang, 410300."), as_json: bool = JSON
) -> None:
    """What the atlas knows of a place: its people, their needs, its rank. A name that stands twice is asked about."""
    from pipeline.commands import place
    from pipeline.settings import load_settings

    atlas = place.load_atlas(Path())
    several = place.candidates(atlas, name)
    if len(several) > 1 and sys.stdin.isatty() and not as_json:
        for number, each in enumerate(several, start=1):
            print(f"{number:>3}  {each.code}  {place.full_name(atlas, each)}")
        name = several[typer.prompt("Which", type=click.IntRange(1, len(several))) - 1].code
    one = place.place_of(atlas, name)
    need = place.care(Path(), one)
    people = place.people(atlas, one).to_dict("records")
    data = {**one._asdict(), "people": people, "care": need.to_dict("records")}
    show(as_json, data, place.as_text(atlas, one, need, load_settings(Path()).next_plan.year))


@command
def new_region(
    name: str = Argument(metavar="ID", help="Id of the region, such as luoyang."),
    parent: str = Option("", help="Id of the province of a city; china for a province. A place brings its own."),
    level: Literal["city", "province"] = Option("city", help="What it is."),
    margins: bool = Option(False, "--margins", help="A city of which only the margins of a bulletin are known."),
    place: str = Option("", help="A place of the atlas it is: its code, names and census table are filled in."),
) -> None:
    """Write the files of a new region, every field explained, to be filled in. Nothing is overwritten."""
    from pipeline.commands import scaffold

    name_written(scaffold.new_region(Path(), name, level, parent, margins=margins, place=place))
    listed = ", its id to `cities` in params.yaml" if level == "city" else ""
    print(f"Fill in what is blank, add its source to data/sources.yaml{listed}, then: python -m pipeline check")


@command
def new_plan(
    name: str = Argument(metavar="ID", help="Id of the plan, such as luoyang."),
    region: str = Option(help="Id of the region the plan is for."),
) -> None:
    """Write the file of a new plan, every field explained, to be filled in. Nothing is overwritten."""
    from pipeline.commands import scaffold

    name_written(scaffold.new_plan(Path(), name, region))
    print("Fill in what is blank, add the plan to data/sources.yaml, then: python -m pipeline check")


@command
def defaults(
    reset: bool = Option(False, "--reset", help="Put the defaults into params.yaml whatever it holds."),
) -> None:
    """Renew the comments of params.yaml, add new keys, write its JSON schema and its table from pipeline/settings.

    Values, scenarios and profiles stay as they are.
    """
    from pipeline.commands.scaffold import write_defaults

    name_written(write_defaults(Path(), reset=reset))


@command
def stages() -> None:
    """Write the code that every stage depends on into dvc.yaml, from what its module imports."""
    from pipeline.commands.code import write_code

    name_written(write_code(Path()))


if __name__ == "__main__":
    app()
