import datetime

import pytest

from pipeline.documents.yaml_file import parse_yaml, read_yaml
from pipeline.errors import InputError


def faults(text):
    with pytest.raises(InputError) as caught:
        parse_yaml("f.yaml", text)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("y", "y"),
        ("12:30", "12:30"),
        ("1:30:00", "1:30:00"),
        ("True", True),
        ("FALSE", False),
        ("tRUE", "tRUE"),
        ("", None),
        ("~", None),
        ("Null", None),
        ("0", 0),
        ("-17", -17),
        ("+5", 5),
        ("1.50", 1.5),
        ("-.5", -0.5),
        ("1e3", 1000.0),
        ("1.5E-3", 0.0015),
        ("-.inf", float("-inf")),
        ("2021-04-02", datetime.date(2021, 4, 2)),
        ("0.1.2", "0.1.2"),
        ("1,000", "1,000"),
        ("'1'", "1"),
        ('"true"', "true"),
        (">-\n  a\n  b", "a b"),
        ("[1, no, ~]", [1, "no", None]),
        ("{b: 1, a: {}}", {"b": 1, "a": {}}),
    ],
)
def test_a_scalar_means_what_yaml_1_2_says(text, value):
    found = parse_yaml("f.yaml", f"a: {text}\n").data["a"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", ["010", "0o17", "0x1F", "0b11", "1_000", "1_0.5", "9" * 19, "1e999", "2021-02-30"])
def test_a_number_in_another_form_is_neither_taken_nor_read_as_text(text):
    (fault,) = faults(f"a:\n  b: {text}\n")
    assert fault.startswith(f"f.yaml, line 2, a.b: found '{text}', expected a ")
    assert parse_yaml("f.yaml", f"a: '{text}'\n").data["a"] == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("%YAML 1.1\n---\na: yes\n", "line 1: found a directive (%), expected plain YAML without directives"),
        ("a: 1\nb: !!str 1\n", "line 2: found the tag tag:yaml.org,2002:str, expected plain YAML without tags"),
        ("a: 1\nb: ! 1\n", "line 2: found the tag !, expected plain YAML without tags"),
        ("&x a: 1\n", "line 1: found the anchor &x, expected plain YAML without anchors"),
        ("a: &x {b: 1}\n", "line 1: found the anchor &x, expected plain YAML without anchors"),
        ("a: =\n", "line 1, a: found '=', expected text in quotes"),
        ("a:\tb\n", r"line 1: found '\t', expected text on one line, without line breaks and tabs"),
        ("a: 1\n# b\u2028c: 2\n", r"line 2: found '\u2028', expected visible characters"),
        ("a: 1\n# b\x85c: 2\n", r"line 2: found '\x85', expected visible characters"),
        ("a: 1\nb: 'c\x07'\n", r"line 2: found '\x07', expected visible characters"),
        ("a: {b: [1, {no: 2, no: 3}]}\n", "line 1, a.b[1].no: found the key no again (first in line 1)"),
        ("a: 1\n? [b, [c]]\n: {d: 1}\n", "line 2: found a list or mapping as a key, expected a key of plain text"),
        ("a: 1\nb: [1, 2\nc: 3\n", "line 3, column 2: found a YAML error ("),
        ("a: 1\n--- \nb: 1\n", "line 2, column 1: found a YAML error (another document)"),
    ],
)
def test_what_yaml_allows_and_is_not_wanted_is_refused_where_it_stands(text, told):
    (fault,) = faults(text)
    assert fault.startswith(f"f.yaml, {told}")


def test_an_alias_is_refused_beside_its_anchor_and_all_faults_are_told():
    assert [fault.split(", expected")[0] for fault in faults("a: &x 1\nb: *x\nc: 0x1\nc: 2\n")] == [
        "f.yaml, line 1: found the anchor &x",
        "f.yaml, line 2, column 4: found an alias (*)",
        "f.yaml, line 3, c: found '0x1'",
        "f.yaml, line 4, c: found the key c again (first in line 3)",
    ]


@pytest.mark.parametrize(
    "text", ["- " * 400_000, "[a, " * 200_000, "{a: " * 200_000, "".join(f"{' ' * n}a:\n" for n in range(1000))]
)
def test_a_file_made_to_be_deep_is_refused_at_once(text):
    (fault,) = faults(f"{text}\n")
    assert fault.endswith("found deeper nesting, expected at most 20 levels")


def test_every_key_has_its_line():
    text = "# first\na: 1\nb:\n  - c: 2\n    d: {e: 3}\n  - >-\n    text\n\nf: []\n"
    assert parse_yaml("f.yaml", text).lines == {
        (): 2,
        ("a",): 2,
        ("b",): 3,
        ("b", 0): 4,
        ("b", 0, "c"): 4,
        ("b", 0, "d"): 5,
        ("b", 0, "d", "e"): 5,
        ("b", 1): 6,
        ("f",): 9,
    }


def test_lines_are_told_of_keys_and_of_what_is_missing(tmp_path):
    (tmp_path / "a.yaml").write_text("# head\na:\n  - b: 1\n    c: {d: 2}\n")
    document = read_yaml(tmp_path, "a.yaml")
    assert document.place(("a", 0, "c", "d")) == "line 4, a[0].c.d"
    assert document.place(("a", 0, "missing")) == "line 3, a[0].missing"


def test_a_sign_of_another_width_hides_no_fault_before_it():
    assert faults("a: &x 1\nb：2\nc: 3\n") == [
        "f.yaml, line 1: found the anchor &x, expected plain YAML without anchors",
        "f.yaml, line 2: found '：', expected the plain signs and spaces of `key: value` and `{a: 1, b: 2}`",
    ]
