import ast
from collections import Counter

from defaults import ROOT

PACKAGE = ROOT / "pipeline"
MODULES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
LONGEST = 400


def twice(names):
    return sorted(name for name, times in Counter(names).items() if times > 1)


def classes(tree):
    return [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def assigned(tree):
    """Names that a module gives values at its top."""
    single = [node.target for node in tree.body if isinstance(node, ast.AnnAssign)]
    targets = [*single, *(target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def test_every_module_and_class_has_a_name_of_its_own():
    assert len(MODULES) > 100
    assert twice([path.stem for path in MODULES if path.name != "__init__.py"]) == []
    assert twice([name for tree in MODULES.values() for name in classes(tree)]) == []
    assert twice(["Rule", "Area", "Rule"]) == ["Rule"]


def test_files_stay_short():
    lines = {str(path.relative_to(PACKAGE)): path.read_text(encoding="utf-8").count("\n") for path in MODULES}
    assert [file for file, count in lines.items() if count > LONGEST] == []


def test_the_words_of_the_ground_floor_are_given_nowhere_else():
    ground = {name for file in ("axes.py", "vocabulary.py") for name in assigned(MODULES[PACKAGE / file])}
    assert {"Array", "SEXES", "YARDSTICKS"} <= ground
    above = [(path, name) for path, tree in MODULES.items() for name in assigned(tree) if name in ground]
    assert {path.name for path, _ in above} == {"axes.py", "vocabulary.py"}, above
