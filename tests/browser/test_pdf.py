"""Every PDF of the reports as a reader's program shows it: each page drawn, its type embedded, no letter missing."""

import shutil
import subprocess

import pytest
from conftest import REPORTS

from pipeline.report.sections.brief_section import CARDS
from pipeline.report.wording import Words

pytestmark = pytest.mark.browser


def poppler(program, *arguments):
    """Run a program of poppler; skips where it is not installed."""
    if shutil.which(program) is None:
        pytest.skip(f"no {program} on PATH (Debian: apt-get install poppler-utils)")
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=True)


@pytest.fixture(params=sorted(REPORTS.rglob("*.pdf")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def path(request):
    found = request.param
    return found


def test_every_page_is_drawn_and_nothing_is_complained_of(path, tmp_path):
    drawn = poppler("pdftoppm", "-r", "20", "-gray", path, tmp_path / "page")
    assert drawn.stderr == ""
    pages = sorted(tmp_path.iterdir())
    assert 3 < len(pages) <= (99 if path.parent.name == "annex" else 12)
    assert all(len(set(page.read_bytes()[20:])) > 2 for page in pages)


def test_the_first_screen_of_a_plan_is_one_sheet(path):
    if path.parent.name == "annex":
        return
    words = Words("zh" if path.stem == "zh" else "en")
    sheet, following = (poppler("pdftotext", "-f", number, "-l", number, path, "-").stdout for number in ("1", "2"))
    wanted = [words("brief.do"), words("brief.unknown"), *(words(f"resource.{name}") for name in CARDS)]
    assert [text for text in wanted if text not in sheet] == []
    assert words("section.people") in following.splitlines()


def test_its_type_is_embedded_and_every_letter_can_be_read(path):
    _, _, *fonts = poppler("pdffonts", path).stdout.splitlines()
    assert fonts
    assert all("NotoSansSC" in font.replace(" ", "") or "Math" in font for font in fonts)
    assert all(" yes yes yes " in font for font in fonts), "embedded, subset, with characters"
    text = poppler("pdftotext", path, "-").stdout
    assert len(text) > 5000
    assert "\ufffd" not in text
    assert not {character for character in text if "\ue000" <= character <= "\uf8ff"}
