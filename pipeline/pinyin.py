"""Names of places in pinyin, as people type them."""

from __future__ import annotations

ENDINGS = ("自治区", "自治州", "自治县", "自治旗", "地区", "省", "市", "县", "区", "旗", "盟")


OWN_NAMES = {
    "呼和浩特": "Hohhot",
    "鄂尔多斯": "Ordos",
    "呼伦贝尔": "Hulunbuir",
    "巴彦淖尔": "Bayannur",
    "乌兰察布": "Ulanqab",
    "兴安": "Hinggan",
    "锡林郭勒": "Xilingol",
    "阿拉善": "Alxa",
}
"""Prefectures of Inner Mongolia, whose English names come from Mongolian and not from pinyin."""


def stem_of(name: str) -> str:
    """A name without the word for its kind: 洛阳市 is 洛阳; what would leave one sign keeps it, as 陕县."""
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name[: -len(ending)]
    return name


def pinyin_of(name: str) -> str:
    """A name in pinyin without tones or the word for its kind: 洛阳市 is Luoyang."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(stem_of(name), style=Style.NORMAL)).capitalize()


def english_of(name: str) -> str:
    """A name as English texts have it: its own where that is not pinyin."""
    return OWN_NAMES.get(stem_of(name)) or pinyin_of(name)
