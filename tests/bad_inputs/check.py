"""All variants, and the way they take through the checks."""

import functools
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline.documents import yaml_file
from pipeline.errors import Fault, InputError
from pipeline.inputs import read
from pipeline.inputs.catalogue import check_catalogue
from pipeline.inputs.read import check_csv
from pipeline.model.ingest import check_inputs
from pipeline.settings import PARAMS_FILE, all_settings

from .documents import DOCUMENTS
from .rules import Variant, of_file
from .tables import KINDS, TABLES

VARIANTS = (*DOCUMENTS, *TABLES, *of_file(Path(__file__).with_name("variants.yaml")))

FORM = re.compile(
    r"(warning: )?(?P<file>[^,:]+)(, (?P<place>(row|line|column|year|period|sex|region|profile|scheme|staffing|model|"
    r"quantity|code|correction|transition|definition|[a-z]+[._\[\]a-z0-9]*)\b.*?))?: "
    r"found (?P<value>.+?), expected (?P<expected>.+)"
)
"""Of every message: the file, the place in it, what was found there, what was expected."""


@contextmanager
def broken(project: Path, variant: Variant) -> Iterator[None]:
    """The project with one file broken, and whole again afterwards."""
    path = project / variant.file
    whole = path.read_bytes()
    try:
        variant.rule(path)
        yield
    finally:
        if path.is_dir():
            path.rmdir()
        path.unlink(missing_ok=True)
        path.write_bytes(whole)


@contextmanager
def read_once() -> Iterator[None]:
    """The same text is parsed once: all files but one are sound, and reading them again would be most of the work."""
    parse_csv, parse_yaml = read.parse_csv, yaml_file.parse_yaml
    read.parse_csv, yaml_file.parse_yaml = functools.cache(parse_csv), functools.cache(parse_yaml)
    try:
        yield
    finally:
        read.parse_csv, yaml_file.parse_yaml = parse_csv, parse_yaml


def faults_alone(project: Path, file: str) -> Sequence[Fault]:
    """What is wrong with a file by itself: told before what files say of one another, and found much faster."""
    if file == PARAMS_FILE:
        try:
            all_settings(project)
        except InputError as error:
            return error.faults
        return ()
    if file in KINDS and (project / file).is_file():
        return check_csv(project, file, KINDS[file])[1]
    return check_catalogue(project)[1]


def told_of(project: Path, variant: Variant) -> list[str]:
    """What the checks say once the file of the variant was changed: where it cannot be read, of it alone."""
    if alone := faults_alone(project, variant.file):
        return list(map(str, alone))
    inputs = check_inputs(project)
    if variant.doubted:
        assert not inputs.faults
        return list(map(str, inputs.doubts))
    return list(map(str, inputs.faults))
