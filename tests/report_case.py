"""What tests of the reports share: facts from the frozen results, pages as a reader has them, text of blocks."""

import base64
import dataclasses
import gzip
import json
import re
from html.parser import HTMLParser

from frozen_results import frozen, shared_for

from pipeline.report.context import Context
from pipeline.report.facts import Tables, shared_facts
from pipeline.report.outline import PLAN_SECTIONS, parts
from pipeline.report.sections.brief_section import brief
from pipeline.report.stamp import Stamp
from pipeline.report.wording import Words

PLAN = "xuchang"
SCRIPT = "<script>alert(1)</script>"
STAMP = Stamp("0" * 12, "1" * 12, "2" * 12, {"python": "3.12", "numpy": "2"})
FORMULA = '=HYPERLINK("x") *bold* #panic("x") | a'
LATIN_SENTENCE = re.compile(r"(?:[A-Za-z][a-z]+[,;]? ){4,}[A-Za-z]+")
NUMBER_OF_PLANS = re.compile(
    r"[一二两三四五六七八九十\d](?:项|个|份)规划|唯一的?(?:一项)?规划"
    r"|(?i:\b(?:one|two|three|four|five|six|seven|eight|\d) plans?\b|the only (?:one|plan))"
)


def of_plan(shared, language="en"):
    """The report of Xuchang's plan."""
    return Context(shared, Words(language), shared.catalogue.plans[PLAN])


def marked():
    """Facts whose texts look like markup, under settings that let a bad fit through."""
    audit = frozen("plan_audit").assign(explanation_zh=f"甲 {SCRIPT}", explanation_en=f"“{SCRIPT}”")
    return shared_for(accept_bad_fit=True, title=SCRIPT, plan_audit=audit)


class Page(HTMLParser):
    """Ids, addresses, headings and tags of a page, and its text outside of styles."""

    def __init__(self, text):
        super().__init__()
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.headings: list[int] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.silent = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.append((tag, values))
        self.silent += tag in ("style", "title")
        if values.get("id"):
            self.ids.append(str(values["id"]))
        for key in ("href", "src"):
            if values.get(key):
                self.addresses.append(str(values[key]))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag):
        self.silent -= tag in ("style", "title")

    def handle_data(self, data):
        if not self.silent:
            self.said.append(data)


def pages(files):
    for name, content in files.items():
        if name.endswith(".html"):
            yield name, Page(content.decode())


def explored(page):
    """What the explorer's page draws from."""
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page)[1])
    return data | json.loads(gzip.decompress(base64.b64decode(data["packed"])))


def said(blocks):
    """All text of blocks, as one string."""
    return json.dumps([dataclasses.asdict(block) for block in blocks], ensure_ascii=False)


def every_block(shared, language):
    """Plan and section with the blocks of each section of each plan's report."""
    for name, plan in shared.catalogue.plans.items():
        context = Context(shared, Words(language), plan)
        yield f"{name}, brief", list(brief(context))
        for part in parts(context, PLAN_SECTIONS):
            yield f"{name}, {part.anchor}", list(part.blocks)


def changed(shared, name, frame):
    """The facts with another table in the place of one."""
    return shared_facts(shared.catalogue, shared.settings, Tables({**shared.tables, name: frame}), [PLAN])
