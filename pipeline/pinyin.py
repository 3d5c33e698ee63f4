"""Names of places in pinyin, as people type them."""

from __future__ import annotations

ENDINGS = ("自治区", "自治州", "自治县", "自治旗", "地区", "省", "市", "县", "区", "旗", "盟")


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
