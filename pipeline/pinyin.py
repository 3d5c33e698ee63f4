"""Names of places in pinyin, as people type them."""

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

SIGNS = {"长": "chang", "朝": "chao", "都": "du", "什": "shi", "厂": "chang"}
"""Signs that are read otherwise in names of places than alone."""

NAMES = {
    "长子": "zhangzi", "单县": "shanxian", "洪洞": "hongtong", "珲春": "hunchun", "繁峙": "fanshi", "筠连": "junlian",
    "涡阳": "guoyang", "万柏林": "wanbailin", "浚县": "xunxian", "覃塘": "qintang", "宕昌": "tanchang",
    "荥经": "yingjing", "曾都": "zengdu", "南乐": "nanle", "民乐": "minle", "大城": "daicheng", "泊头": "botou",
    "婼羌": "ruoqiang", "伽师": "jiashi", "六合": "luhe", "闵行": "minhang",
}  # fmt: skip
"""Names whose reading a dictionary of words does not give, after the gazetteer of names of administrative areas."""


def stem_of(name: str) -> str:
    """A name without the word for its kind: 洛阳市 is 洛阳; what would leave one sign keeps it, as 陕县."""
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name[: -len(ending)]
    return name


def pinyin_of(name: str) -> str:
    """A name in pinyin without tones or the word for its kind: 洛阳市 is Luoyang."""
    from pypinyin import Style, lazy_pinyin

    stem = stem_of(name)
    if stem in NAMES:
        return NAMES[stem].capitalize()
    read = lazy_pinyin(stem, style=Style.NORMAL)
    if len(read) == len(stem):
        read = [SIGNS.get(sign, said) for sign, said in zip(stem, read, strict=True)]
    return "".join(read).capitalize()


def english_of(name: str) -> str:
    """A name as English texts have it: its own where that is not pinyin."""
    return OWN_NAMES.get(stem_of(name)) or pinyin_of(name)
