import re

import pytest

from pipeline.report import style
from pipeline.report.document import Pictures
from pipeline.report.fonts import MissingGlyph, check_glyphs, web_font


def test_letters_of_figures_are_text_and_figures_fit_a_phone(spoken):
    blocks = [block for found in spoken.values() for section in found.values() for block in section]
    drawn = [picture for block in blocks if isinstance(block, Pictures) for picture in block.pictures]
    assert len(drawn) > 50
    for picture in drawn:
        assert style.written(picture.svg), picture.name
        (width,) = re.findall(r'viewBox="0 0 ([\d.]+)', picture.svg)
        assert float(width) <= style.WIDTH * 72 + 0.1


def test_a_character_without_a_glyph_stops_the_report():
    with pytest.raises(MissingGlyph, match=r"report: no glyph for 😀 \(U\+1F600\)"):
        check_glyphs("养老😀", "report")
    with pytest.raises(UserWarning, match=r"Glyph .* missing"), style.drawing(2.0) as plot:
        plot.axis.set_title("\U0001f600")


def test_a_web_font_holds_what_the_page_says_and_little_more():
    assert web_font(["养老"]) == web_font(["老养"])
    assert len(web_font(["养老"])) < 8000
