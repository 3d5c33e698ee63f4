"""Commands of the pipeline beside its stages: `python -m pipeline --help`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.errors import InputError

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Elderly care: what plans ask for and what is missing."
)


@app.callback()
def main() -> None:
    """Elderly care: what plans ask for and what is missing."""


@app.command()
def compare(
    a: Annotated[str, typer.Argument(help="A scenario of params.yaml, or a results folder.")],
    b: Annotated[str, typer.Argument(help="The scenario or folder to set beside it.")],
    year: Annotated[int | None, typer.Option(help="Year to compare; the last of both where none is given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON in place of a table.")] = False,
) -> None:
    """What moved in need between two runs, attributed to the inputs that differ."""
    from pipeline.runs import as_text, compared

    try:
        table = compared(Path(), a, b, year)
    except InputError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from None
    print(json.dumps(table.to_dict("records"), ensure_ascii=False) if as_json else as_text(table))


if __name__ == "__main__":
    app()
