"""All variants, and the way they take through the checks."""

import functools
import re
from contextlib import ExitStack, contextmanager

from pipeline.documents import yaml_file
from pipeline.errors import InputError
from pipeline.inputs import read
from pipeline.inputs.catalogue import check_catalogue
from pipeline.inputs.read import check_csv
from pipeline.model.ingest import check_inputs
from pipeline.settings import PARAMS_FILE, all_settings

from .documents import DOCUMENTS
from .rules import of_yaml
from .tables import KINDS, TABLES

VARIANTS = (*DOCUMENTS, *TABLES, *of_yaml("variants.yaml"), *of_yaml("disagreements.yaml", beside=True))

FORM = re.compile(
    r"(warning: )?(?P<file>[^,:]+)(, (?P<place>(row|line|column|year|period|sex|region|profile|scheme|staffing|model|"
    r"quantity|code|correction|transition|definition|[a-z]+[._\[\]a-z0-9]*)\b.*?))?: "
    r"found (?P<value>.+?), expected (?P<expected>.+)"
)
"""Of every message: the file, the place in it, what was found there, what was expected."""


@contextmanager
def broken(project, variant):
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
def read_once():
    """The same text is parsed once: all files but one are sound, and reading them again would be most of the work."""
    parse_csv, parse_yaml = read.parse_csv, yaml_file.parse_yaml
    read.parse_csv, yaml_file.parse_yaml = functools.cache(parse_csv), functools.cache(parse_yaml)
    try:
        yield
    finally:
        read.parse_csv, yaml_file.parse_yaml = parse_csv, parse_yaml


def faults_alone(project, file):
    """What is wrong with a file by itself: told before what files say of one another."""
    if file == PARAMS_FILE:
        try:
            all_settings(project)
        except InputError as error:
            return error.faults
        return ()
    if file in KINDS and (project / file).is_file():
        return check_csv(project, file, KINDS[file])[1]
    return check_catalogue(project)[1]


def told_beside(project, *variants):
    """What all checks say where several files are broken, each in one way: faults, or where there is none, doubts."""
    with ExitStack() as whole_again:
        for variant in variants:
            whole_again.enter_context(broken(project, variant))
        inputs = check_inputs(project)
    return list(map(str, inputs.faults or inputs.doubts))


def told_of(project, variant):
    """What the checks say of one broken file: of it alone, which is found much faster, or of it beside the others."""
    if variant.beside:
        return told_beside(project, variant)
    with broken(project, variant):
        return list(map(str, faults_alone(project, variant.file)))


def told_together(project, variants):
    """What is told of each variant, as many files as there are being broken at once, each in one way.

    Of those tried together the ones with a message of their own (it names their file, or fits no other) are mended,
    and the rest is tried again: some faults hide others. Where no message is one's own, one is tried alone.
    """
    told, left = {}, list(variants)
    while left:
        tried = list({variant.file: variant for variant in reversed(left)}.values())
        left = [variant for variant in left if variant not in tried]
        while tried:
            messages = told_beside(project, *tried)
            fits = [[variant for variant in tried if re.search(variant.told, message)] for message in messages]
            clear = {
                str(variant): messages
                for message, fitting in zip(messages, fits, strict=True)
                for variant in fitting
                if variant.file in message or len(fitting) == 1
            } or {str(tried[0]): told_beside(project, tried[0])}
            told |= clear
            tried = [variant for variant in tried if str(variant) not in clear]
    return told
