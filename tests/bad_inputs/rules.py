"""What is done to a sound input: its bytes, its rows and cells, its lines."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

Break = Callable[[Path], None]
"""Breaks the file at a path."""

GIANT = 200 * 1024 * 1024


@dataclass(frozen=True)
class Variant:
    """A broken `file`: one of its messages must match `told`; a slip that is only doubted is told as a warning.

    `alone`: that one message is all that is told of it. `beside`: the file by itself is sound, other files show it.
    """

    file: str
    name: str
    rule: Break
    told: str
    doubted: bool = False
    alone: bool = False
    beside: bool = False

    def __str__(self):
        return f"{self.file}: {self.name}"


def of_bytes(change):
    def rule(path):
        old = path.read_bytes()
        new = change(old)
        if new == old:
            raise AssertionError("the rule changes nothing")
        path.write_bytes(new)

    return rule


def of_text(change):
    return of_bytes(lambda content: change(content.decode()).encode())


def swap(old, new, after=""):
    """The first `old`, or the first after another text, becomes `new`."""

    def change(text):
        if after + old not in text:
            raise AssertionError(f"no {after + old!r}")
        return text.replace(after + old, after + new, 1)

    return of_text(change)


def swap_all(*pairs):
    """Every first text of a pair becomes its second, pair by pair."""

    def change(text):
        for old, new in pairs:
            text = text.replace(old, new)
        return text

    return of_text(change)


def added(text):
    return of_text(lambda content: content + text)


def of_rows(change):
    """`change` works in place on the records, the header being number 0."""

    def rewritten(text):
        rows = list(csv.reader(io.StringIO(text, newline="")))
        change(rows)
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        return out.getvalue()

    return of_text(rewritten)


def of_cells(change, at=None, row=None, *, beside=False):
    """What `change` makes of a record in its place, or `beside` it; of all that hold `at`, or of record `row` alone."""

    def edit(rows):
        header, records = rows[0], list(rows[1:])
        del rows[1:]
        for number, record in enumerate(records, start=2):
            cells = dict(zip(header, record, strict=True))
            chosen = number == row if row else (at or {}).items() <= cells.items()
            if beside or not chosen:
                rows.append(record)
            if chosen and (made := change(cells)) is not None:
                rows.append([made[name] for name in header])

    return of_rows(edit)


def put(row, column, value):
    """`value` in a cell; row 2 is the first after the header."""
    return of_cells(lambda cells: cells | {column: value}, row=row)


def scaled(text, factor):
    """A number times `factor`, whole where it was."""
    value = float(text) * factor
    return str(int(value)) if text.isdigit() else f"{value:g}"


def written(rule):
    """A rule as it stands in variants.yaml."""
    match rule:
        case {"old": old, "new": new}:
            return swap(old, new, rule.get("after", ""))
        case {"added": text}:
            return added(text)
        case {"put": values}:
            return of_cells(lambda cells: cells | values, rule.get("at"), rule.get("row"))
        case {"copy": values}:
            return of_cells(lambda cells: cells | values, rule.get("at"), beside=True)
        case {"scale": {**factors}}:
            ((name, factor),) = factors.items()
            return of_cells(lambda cells: cells | {name: scaled(cells[name], factor)}, rule.get("at"))
        case {"drop": at}:
            return of_cells(lambda cells: None, at)
        case {"exchange": [first, second]}:
            return of_columns(exchange, first, second, header=False)
    raise AssertionError(f"no such rule: {rule}")


def of_yaml(name, *, beside=False):
    """The variants that stand in a YAML file of this folder."""
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    for file, slips in yaml.safe_load(text).items():
        for name, rule in slips.items():
            yield Variant(file, name, written(rule), rule["told"], rule.get("doubted", False), beside=beside)


def of_columns(change, *names, header=True):
    """`change` works in place on each row, or on those below the `header`, given the places of the columns."""

    def edit(rows):
        places = [rows[0].index(name) for name in names]
        for row in rows if header else rows[1:]:
            change(row, *places)

    return of_rows(edit)


def exchange(row, first, second):
    row[first], row[second] = row[second], row[first]


def row_edit(row, change):
    """The record `row` replaced by what `change` makes of it."""

    def edit(rows):
        rows[row - 1 : row] = change(rows[row - 1])

    return of_rows(edit)


def line_edit(row, change):
    """One line of text replaced; line 1 is the first."""

    def edit(text):
        lines = text.split("\n")
        lines[row - 1] = change(lines[row - 1])
        return "\n".join(lines)

    return of_text(edit)


def gone(path):
    path.unlink()


def giant(path):
    """200 MB, of which nothing is on the disk."""
    with path.open("r+b") as file:
        file.truncate(GIANT)


def folder(path):
    path.unlink()
    path.mkdir()


def link_out(path):
    outside = path.parents[len(path.parts) - 2] / "etc/hostname"
    path.unlink()
    path.symlink_to(outside)


def of_any_file(file, sign=b",", *, thorough=True):
    """What can befall the bytes of any text file, or half of it; `sign` stands somewhere in the file."""
    rules: tuple[tuple[str, Break, str], ...] = (
        ("missing", gone, "found no such file, expected a text file"),
        ("a folder", folder, "found something that is not a file, expected a text file"),
        ("a link out of the project", link_out, "found a path that leaves the project, expected a file inside"),
        ("empty", of_bytes(lambda _: b""), "found an empty file, expected a file with content"),
        ("blank lines", of_bytes(lambda _: b"\n \n\n"), "found an empty file"),
        ("200 MB", giant, r"found 200.0 MiB, expected at most \d+ MiB"),
        ("byte-order mark", of_bytes(lambda c: b"\xef\xbb\xbf" + c), "row 1: found a byte-order mark, expected UTF-8"),
        ("CRLF", of_bytes(lambda c: c.replace(b"\n", b"\r\n")), "row 1: found a carriage return"),
        ("UTF-16", of_text_as("utf-16"), "row 1: found UTF-16 text, expected UTF-8"),
        ("UTF-16 without a mark", of_text_as("utf-16-le"), "row 1: found UTF-16 text"),
        ("GBK", of_bytes(lambda c: gbk(c, sign)), "found text that looks like GBK, expected UTF-8"),
        ("a stray byte", of_bytes(lambda c: c.replace(sign, b"\xff" + sign, 1)), "row .*found bytes that are no UTF-8"),
        ("a NUL byte", of_bytes(lambda c: c.replace(sign, b"\0" + sign, 1)), "row .*found a NUL byte, expected plain"),
    )
    for name, rule, told in rules if thorough else rules[::2]:
        yield Variant(file, name, rule, told)


def of_text_as(encoding):
    return of_bytes(lambda content: content.decode().encode(encoding))


def gbk(content, sign):
    """The text in GBK, with a few Chinese characters in it."""
    text = content.decode().replace(sign.decode(), f"许昌市养老服务{sign.decode()}", 1)
    return text.encode("gb18030")
