"""Commands of the pipeline beside its stages: `python -m pipeline --help`.

Exit codes: 0 done, 1 a fault in an input, a parameter or a run (each on one line of the error output), 2 a call
that is not understood. Each command imports what it needs when it is called.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import click
import typer

from pipeline.errors import InputError, print_anywhere

CODES = "Exit codes: 0 done; 1 faults, one a line on the error output; 2 a call that is not understood."

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Elderly care: what plans ask for and what is missing.",
    epilog=CODES,
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SCENARIO_HELP = "A scenario of params.yaml."


class ProfileName(StrEnum):
    """Profiles of params.yaml."""

    SMOKE = "smoke"
    FULL = "full"


class LevelName(StrEnum):
    """Levels a new region may have."""

    CITY = "city"
    PROVINCE = "province"


@contextmanager
def faults_shown() -> Iterator[None]:
    """Print the faults of an InputError, one a line, and exit with 1."""
    try:
        yield
    except InputError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from None


def say(written: list[str]) -> None:
    """Name the files that were written, one a line."""
    print("\n".join(f"written: {file}" for file in written))


@app.callback()
def main() -> None:
    """Elderly care: what plans ask for and what is missing."""
    print_anywhere()


@app.command(epilog=CODES)
def check(as_json: Json = False) -> None:
    """Look at all parameters, tables and plans, and name every fault at once. Nothing is run or written."""
    from pipeline.commands.check import check as found

    findings = found(Path())
    if not as_json:
        for warning in findings.warnings:
            print(warning, file=sys.stderr)
    if as_json:
        print(json.dumps(findings.as_json(), ensure_ascii=False))
    elif findings.faults:
        print(InputError(findings.faults), file=sys.stderr)
        print(f"{len(findings.faults)} faults.", file=sys.stderr)
    else:
        print(f"No faults: {findings.summary()}.")
    if findings.faults:
        raise typer.Exit(1)


@app.command(epilog=CODES)
def repro(
    arguments: Annotated[list[str] | None, typer.Argument(help="Stages, or options of `dvc repro`.")] = None,
    refit: Annotated[bool, typer.Option("--refit", help="Sample and score every model anew.")] = False,
) -> None:
    """Run whatever changed, a line a stage, and say how the numbers compare with those before the run."""
    from pipeline.commands import repro as pipeline_run
    from pipeline.commands.dvc import StageError

    with faults_shown():
        try:
            pipeline_run.refit(Path()) if refit else pipeline_run.repro(Path(), arguments or ())
        except StageError as error:
            print(error, file=sys.stderr)
            print("The run failed; what was published before it is as it was.", file=sys.stderr)
            raise typer.Exit(1) from None


@app.command(epilog=CODES)
def run(
    scenario: Annotated[
        str | None, typer.Option(help=f"{SCENARIO_HELP} Only its results and those of central are made.")
    ] = None,
    profile: Annotated[ProfileName | None, typer.Option(help="The profile to run under.")] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A parameter to change, such as need.trend=falling."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Folder under runs/; else named after what is changed.")] = None,
) -> None:
    """Run the pipeline under other parameters in runs/NAME; params.yaml, dvc.lock and reports/ stay as they are."""
    from pipeline.commands import run as overlay
    from pipeline.commands.dvc import StageError, reproduced
    from pipeline.commands.repro import print_steps

    assignments = changes or []
    wanted = profile.value if profile else None
    try:
        parsed = [overlay.parsed(assignment) for assignment in assignments]
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--set") from None
    called = name or overlay.run_name(scenario, wanted, assignments)
    if overlay.run_name(called, None, []) != called:
        raise typer.BadParameter(f"found {called!r}, expected letters, digits and _.=-", param_hint="--name")
    folder = overlay.RUNS_FOLDER / called
    target = "measure_gap" if scenario else None
    with faults_shown():
        text = overlay.overlay_text(Path(), scenario, wanted, parsed)
        overlay.prepared(Path(), folder, text)
        try:
            print_steps(reproduced(folder, *([target] if target else [])))
        except StageError as error:
            print(error, file=sys.stderr)
            print(f"The run in {folder} failed; what was there before it is as it was.", file=sys.stderr)
            raise typer.Exit(1) from None
    results = folder / "data/results"
    print(f"Results: {results / scenario if scenario else results}")
    if not scenario:
        print(f"Reports: {folder / 'reports'}")
    chosen = scenario or "central"
    print(f"Compare: python -m pipeline compare {chosen} {results / chosen}")


@app.command(epilog=CODES)
def compare(
    a: Annotated[str, typer.Argument(help="A scenario of params.yaml, a results folder, or a folder of tables.")],
    b: Annotated[str, typer.Argument(help="The scenario or folder to set beside it.")],
    year: Annotated[int | None, typer.Option(help="Year to compare; the last of both where none is given.")] = None,
    as_json: Json = False,
) -> None:
    """What moved in need between two runs, attributed to the inputs that differ; of two folders of tables, how many
    numbers are equal, and which are not and by how much."""
    if all(any(Path(folder).glob("*.csv")) for folder in (a, b)):
        from pipeline.commands.repro import compared as numbers

        with faults_shown():
            print("\n".join(numbers(Path(), Path(a), Path(b))))
        return
    from pipeline.model.runs import as_text, compared

    with faults_shown():
        table = compared(Path(), a, b, year)
    print(json.dumps(table.to_dict("records"), ensure_ascii=False) if as_json else as_text(table))


@app.command(epilog=CODES)
def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="FIGURE_OR_RESULT",
            help="A figure (xuchang.institution_beds.baseline.2021), a norm (norm.beds_per_1000_60plus), or a "
            "result: xuchang/beds, xuchang/beds/plan/2025, wuhan/60+/2030, wuhan/disabled/2025.",
        ),
    ],
    scenario: Annotated[str, typer.Option(help=SCENARIO_HELP)] = "central",
) -> None:
    """The chain from a reported number to its formula, source rows, corrections and parameters."""
    from pipeline.commands.explain import Explanation, as_tree

    with faults_shown():
        node = Explanation(Path(), scenario).of(name)
    if sys.stdout.isatty():
        from rich.console import Console

        Console(highlight=False).print(as_tree(node))
    else:
        print("\n".join(node.lines()))


@app.command("plan-targets", epilog=CODES)
def plan_targets(
    region: Annotated[str, typer.Argument(metavar="REGION", help="A region with a plan, such as xuchang.")],
    year: Annotated[int | None, typer.Option(help="Last year of the next plan; next_plan.year of params.yaml.")] = None,
    certainty: Annotated[
        float | None, typer.Option(help="How certain a number is to be enough for need, such as 0.8.")
    ] = None,
    as_yaml: Annotated[
        bool, typer.Option("--yaml", help="Write a plan file marked PROPOSAL, to be measured like any plan.")
    ] = False,
    as_json: Json = False,
) -> None:
    """What the next plan may aim at: standing still, the nation's measure, enough for need; with additions and cost."""
    from pipeline.commands import plan_targets as found
    from pipeline.model import next_steps
    from pipeline.settings import load_settings

    with faults_shown():
        rows = next_steps.plan_targets(Path(), region, year, certainty)
        if as_yaml:
            settings = next_steps.chosen(load_settings(Path()), year, certainty)
            chosen = certainty if certainty is not None else settings.next_plan.certainty[-1]
            plan = f"{region}_{settings.next_plan.year}_proposal"
            say([found.write_proposal(Path(), found.proposal(rows, region, settings, chosen), plan)])
            return
    print(rows.to_json(orient="records", force_ascii=False) if as_json else found.as_text(rows))


@app.command(epilog=CODES)
def status(as_json: Json = False) -> None:
    """Which stages are stale and why, in words. To be stale is no fault: the exit code is 0."""
    from pipeline.commands import status as found

    with faults_shown():
        stages = found.status(Path())
    print(json.dumps(found.as_json(stages), ensure_ascii=False) if as_json else found.as_text(stages))


@app.command(epilog=CODES)
def place(
    name: Annotated[str, typer.Argument(metavar="PLACE", help="Name, pinyin or code: 洛阳, luoyang, 410300.")],
    as_json: Json = False,
) -> None:
    """What the atlas knows of a place: its people, their needs, its rank. A name that stands twice is asked about."""
    from pipeline.commands.place_text import as_text
    from pipeline.model import place as found

    with faults_shown():
        atlas = found.load_atlas(Path())
        several = found.candidates(atlas, name)
        if len(several) > 1 and sys.stdin.isatty() and not as_json:
            for number, each in enumerate(several, start=1):
                print(f"{number:>3}  {each.code}  {found.full_name(atlas, each)}")
            which = typer.prompt("Which", type=click.IntRange(1, len(several)))
            name = several[which - 1].code
        one = found.place_of(atlas, name)
        need = found.care(Path(), one)
    if as_json:
        content = {"code": one.code, "name_zh": one.name, "level": one.level, "province": one.province}
        rows = {"people": found.people(atlas, one), "care": need}
        print(json.dumps(content | {key: table.to_dict("records") for key, table in rows.items()}, ensure_ascii=False))
    else:
        print(as_text(atlas, one, need))


@app.command("new-region", epilog=CODES)
def new_region(
    name: Annotated[str, typer.Argument(metavar="ID", help="Id of the region, such as luoyang.")],
    parent: Annotated[
        str, typer.Option(help="Id of the province of a city; china for a province. A place brings its own.")
    ] = "",
    level: Annotated[LevelName, typer.Option(help="What it is.")] = LevelName.CITY,
    margins: Annotated[
        bool, typer.Option("--margins", help="A city of which only the margins of a bulletin are known.")
    ] = False,
    place: Annotated[
        str, typer.Option(help="A place of the atlas it is: its code, names and census table are filled in.")
    ] = "",
) -> None:
    """Write the files of a new region, every field explained, to be filled in. Nothing is overwritten."""
    from pipeline.commands.scaffold import new_region as scaffold

    with faults_shown():
        say(scaffold(Path(), name, level.value, parent, margins=margins, place=place))
    listed = ", its id to `cities` in params.yaml" if level == LevelName.CITY else ""
    print(f"Fill in what is blank, add its source to data/sources.yaml{listed}, then: python -m pipeline check")


@app.command("new-plan", epilog=CODES)
def new_plan(
    name: Annotated[str, typer.Argument(metavar="ID", help="Id of the plan, such as luoyang.")],
    region: Annotated[str, typer.Option(help="Id of the region the plan is for.")],
) -> None:
    """Write the file of a new plan, every field explained, to be filled in. Nothing is overwritten."""
    from pipeline.commands.scaffold import new_plan as scaffold

    with faults_shown():
        say(scaffold(Path(), name, region))
    print("Fill in what is blank, add the plan to data/sources.yaml, then: python -m pipeline check")


@app.command(epilog=CODES)
def defaults(
    reset: Annotated[
        bool, typer.Option("--reset", help="Put the defaults into params.yaml whatever it holds.")
    ] = False,
) -> None:
    """Renew the comments of params.yaml, add new keys, write its JSON schema and its table from pipeline/settings.

    Values, scenarios and profiles stay as they are.
    """
    from pipeline.commands.defaults import write_defaults

    with faults_shown():
        say(write_defaults(Path(), reset=reset))


@app.command(epilog=CODES)
def stages() -> None:
    """Write the code that every stage depends on into dvc.yaml, from what its module imports."""
    from pipeline.commands.code import write_code

    with faults_shown():
        say(write_code(Path()))


if __name__ == "__main__":
    app()
