"""The one typeface of the reports: where its file is, what it can write, and subsets of it for web pages."""

import base64
import io
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

FAMILY = "Noto Sans SC"
PACKAGE = "zhplot"
FILE = "NotoSansSC-Regular.ttf"

LAYOUT_TABLES = {"BASE", "GDEF", "GPOS", "GSUB", "STAT", "vhea", "vmtx"}
"""Tables that plain horizontal text does without; reading them would take most of the time of a subset."""

GRID = 4
"""Units of 1,000 an em that outlines in pages are rounded to: a fifteenth of a pixel in text of 16 pixels."""


class MissingGlyph(ValueError):  # noqa: N818 - what is missing, beside MissingMessage and MissingResult
    """Text holds characters that the typeface cannot write."""


def font_folder() -> Path:
    """Folder of the font file within the package that carries it (which is not imported); FileNotFoundError."""
    spec = find_spec(PACKAGE)
    for folder in (spec and spec.submodule_search_locations) or ():
        if (Path(folder) / "fonts" / FILE).is_file():
            return Path(folder) / "fonts"
    raise FileNotFoundError(f"{FILE} is not installed; it comes with the package {PACKAGE}")


def _opened() -> TTFont:
    """The font file, its glyphs called by their index: to name 30,000 of them takes longer than to subset the font."""
    font = TTFont(font_folder() / FILE, lazy=True, recalcTimestamp=False)
    font.setGlyphOrder([f"glyph{index:05d}" for index in range(font["maxp"].numGlyphs)])
    return font


@cache
def characters() -> frozenset[int]:
    """Code points that the typeface can write."""
    with _opened() as font:
        return frozenset(font.getBestCmap())


def check_glyphs(text: str, where: str) -> None:
    """Raise MissingGlyph naming the characters of `text` that the typeface lacks, and where they stand."""
    if lacking := sorted({character for character in text if ord(character) >= 32} - set(map(chr, characters()))):
        names = ", ".join(f"{character} (U+{ord(character):04X})" for character in lacking)
        raise MissingGlyph(f"{where}: no glyph for {names} in {FAMILY}")


def _coarser(font: TTFont) -> None:
    """Move the points of every outline to a grid of `GRID` units: a seventh less to embed, and no eye can tell."""
    outlines = font["glyf"]
    for name in outlines.keys():  # noqa: SIM118 - the table is no mapping
        outline = outlines[name]
        if outline.numberOfContours > 0:
            for index, (x, y) in enumerate(outline.coordinates):
                outline.coordinates[index] = (round(x / GRID) * GRID, round(y / GRID) * GRID)


def web_font(texts: Iterable[str]) -> str:
    """The characters of `texts` as a WOFF font in base64, the same bytes each time."""
    options = Options(flavor="woff", layout_features=[], hinting=False, notdef_outline=True, recalc_timestamp=False)
    with _opened() as font:
        for table in LAYOUT_TABLES & set(font.keys()):
            del font[table]
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=sorted({ord(sign) for text in texts for sign in text if ord(sign) >= 32}))
        subsetter.subset(font)
        _coarser(font)
        font.flavor = "woff"
        buffer = io.BytesIO()
        font.save(buffer)
    return base64.b64encode(buffer.getvalue()).decode("ascii")
