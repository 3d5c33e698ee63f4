"""Commands as a user gives them, and what they leave in a folder."""

from pathlib import Path

from typer.testing import CliRunner

from pipeline.__main__ import app


def called(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    found = CliRunner().invoke(app, arguments)
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found.exit_code, found.stdout, found.stderr


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
