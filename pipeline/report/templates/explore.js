const regions = new Map(data.regions.map((region) => [region.id, region]));
const samples = {};
const sample = ({ region, scenario }) => (samples[`${scenario}/${region}`] ??= sampleOf(scenario, region));
window.explored = ({ region, scenario, quantity, yardstick, year, ...set }) => {
  const { cost, ...result } = sample({ region, scenario }).outcome(quantity, yardstick, year, set);
  return { ...result, ...cost };
};
const defaults = () => ({
  lang: "zh", region: data.regions[0].id, scenario: data.scenarios[0], with: "", view: "care",
  quantity: data.order[0], yardstick: "need", year: data.planYear,
});
const choices = {
  lang: Object.keys(data.texts), region: [...regions.keys()], scenario: data.scenarios, with: "any", view: ["care", "people"],
  quantity: data.order, yardstick: data.yardsticks, year: data.years,
};

// Numbers: whole, four digits of them where they are estimates.
const known = (value) => value !== undefined && value !== null;
const digits = (value, most = 0) => value.toLocaleString("en", { maximumFractionDigits: most, signDisplay: "negative" }).replace("-", "−");
const number = (value) => digits(Math.abs(value) >= 10000 ? Number(value.toPrecision(4)) : value);
const percent = (value) => `${digits(value * 100, 1)}%`;
const chance = ([value]) => (value < 0.01 ? text("explore.below", { value: "1%" })
  : value > 0.99 ? text("explore.above", { value: "99%" }) : `${digits(value * 100)}%`);
const money = (yuan) => digits(Number((yuan / either(1e8, 1e6)).toPrecision(2)), 4);
// Three values, a middle and the ends of its range, as words; of money the range alone.
const interval = (values, say = number) => {
  if (!values) return text("explore.unknown");
  const [value, low, high] = values.map((entry) => (known(entry) ? say(entry) : entry));
  return !known(low) || low === high ? value : text("explore.interval", { value, low, high });
};
const moneyRange = ([, low, high]) => (high === 0 ? "0" : text("explore.range", { low: money(low), high: money(high) }));

const regionName = (region) => regions.get(region).name[state.lang];
const quantityName = () => text(`quantity.${state.quantity}`);
const yardstickName = (yardstick, region = state.region) => text(`yardstick.${yardstick}${yardstick === "plan" && regions.get(region).ended ? "_ended" : ""}`);
const sideName = ({ region, scenario }) => text("explore.side", { region: regionName(region), scenario: text(`scenario.${scenario}`) });
const rowName = (key) => text(`explore.row.${key}`, { unit: text("explore.money") });

const sampled = ({ region, scenario }) => Boolean(data.index[scenario]?.[region]);
// The two sides of the page: the region and scenario chosen, and the one to compare with.
const sides = () => {
  const { region, scenario } = state, other = state.with.slice(2);
  const second = state.with[0] === "r" ? { region: other, scenario } : { region, scenario: other };
  return other ? [{ region, scenario }, second] : [{ region, scenario }];
};
const exists = (yardstick) => {
  if (yardstick === "ratio") return true;
  if (yardstick === "need") return ["institution_beds", "nursing_beds", "dementia_beds", "caregivers"].includes(state.quantity);
  return known(sample(state).line(yardstick, state.quantity));
};
// Put right what the choices cannot be together; the words that say so, if a yardstick had to change.
const settle = () => {
  if (!sampled(state)) state.scenario = "central";
  const [, second] = sides();
  if (second && (!sampled(second) || (second.region === state.region && second.scenario === state.scenario))) state.with = "";
  const chosen = state.yardstick;
  if (state.view === "care" && !exists(chosen)) state.yardstick = ["need", ...data.yardsticks].find(exists);
  for (const [name, value] of Object.entries(moved())) {
    const [least, most] = SLIDERS[name].range();
    state[name] = Math.min(Math.max(value, least), most);
  }
  return chosen === state.yardstick ? "" : text("explore.no_yardstick", {
    region: regionName(state.region), quantity: quantityName(), asked: yardstickName(chosen), used: yardstickName(state.yardstick),
  });
};

// Sliders: when each matters, where it stands until it is moved, how far it goes (with its step), and its value in words.
const middle = (values) => values && quantile(values, 0.5);
const now = (series, item) => middle(sample(state).at(series, item, state.year));
const byNeed = () => state.yardstick === "need";
const stock = () => sample(state).line("existing", state.quantity);
// The share of a severity in a setting, `otherwise` where the region has no such share.
const share = (setting, severity, otherwise = 0) => {
  const { line, certain } = sample(state);
  return line("share", `${setting}.${severity}`) ? certain("share", `${setting}.${severity}`) : otherwise;
};
const SLIDERS = {
  ratio: {
    shown: () => state.yardstick === "ratio",
    usual: () => {
      const { at, outcome } = sample(state);
      const required = ["plan", "norm", "need"].map((yardstick) => middle(outcome(state.quantity, yardstick, state.year, {}).required)).find(known);
      const people = now("people", "population_60plus");
      const base = required ?? middle(stock() && at("existing", state.quantity, data.asOf)) ?? people / 100;
      return Number((1000 * base / people).toPrecision(2));
    },
    range: () => {
      const start = SLIDERS.ratio.usual();
      return [0, Math.max(4 * start, 1), start >= 10 ? 0.5 : start >= 1 ? 0.1 : 0.01];
    },
    say: (value) => digits(value, 2),
  },
  occupancy: {
    shown: () => byNeed() && state.quantity.endsWith("beds"),
    usual: () => now("bed_use", "target_occupancy"),
    range: () => [0.5, 1, 0.01],
    say: percent,
  },
  ...Object.fromEntries(SEVERITIES.map((severity) => [severity, {
    shown: () => byNeed() && known(share("institution", severity, null)),
    usual: () => share("institution", severity),
    range: () => [0, 1 - share("community", severity), 0.01],
    say: percent,
  }])),
  users: {
    shown: () => byNeed() && state.quantity === "caregivers",
    usual: () => 1,
    range: () => [0.5, 2, 0.05],
    say: (value) => {
      const [mild, moderate, severe] = SEVERITIES.map((severity) => digits(value * sample(state).certain("users_per_carer", `institution.${severity}`), 1));
      return text("explore.users_are", { factor: digits(value, 2), mild, moderate, severe });
    },
  },
  additions: {
    shown: () => known(stock()),
    usual: () => Math.max(0, now("record", state.quantity) ?? 0),
    range: () => {
      const { toAdd } = sample(state).outcome(state.quantity, state.yardstick, data.planYear, { ratio: SLIDERS.ratio.usual() });
      const need = Math.max(SLIDERS.additions.usual(), quantile(toAdd || [0], 0.9), 10);
      const step = 10 ** Math.max(0, Math.floor(Math.log10(need)) - 1);
      return [0, Math.ceil(2 * need / step) * step, step];
    },
    say: number,
  },
  closing: {
    shown: () => known(stock()),
    usual: () => (stock() ? 1 - now("kept", state.quantity) : 0),
    range: () => [0, Math.max(0.15, Math.ceil(30 * SLIDERS.closing.usual()) / 10), 0.005],
    say: percent,
  },
};
const shown = () => Object.keys(SLIDERS).filter((name) => state.view === "care" && SLIDERS[name].shown());
const moved = () => Object.fromEntries(shown().filter((name) => known(state[name])).map((name) => [name, state[name]]));
const slide = (slider, { usual, range, say }) => {
  const { id } = slider, set = known(state[id]), value = state[id] ?? usual(), [min, max, step] = range();
  Object.assign(slider, { min, max, step });
  slider.value = value;
  const words = set || id === "ratio" ? say(value) : id === "additions" ? text("explore.trend") : text("explore.published_value", { value: say(value) });
  Object.assign(element(`${id}-shown`), { textContent: words, className: set ? "" : "kept" });
  slider.setAttribute("aria-valuetext", words);
};

const controls = () => {
  const named = (names, kind) => ["", names.map((name) => [name, text(`${kind}.${name}`)])];
  const listed = (label, chosen, prefix = "") => [text(label), data.regions.filter(chosen).map(({ id }) => [prefix + id, regionName(id)])];
  const { region, scenario } = state;
  const others = data.scenarios.filter((name) => name !== scenario && sampled({ region, scenario: name }));
  fill("region", listed("explore.planned", ({ plan }) => plan), listed("explore.unplanned", ({ plan }) => !plan));
  fill("scenario", ["", data.scenarios.map((name) => [name, text(`scenario.${name}`), !sampled({ region, scenario: name })])]);
  fill("with", ["", [["", text("explore.alone")]]],
    [text("explore.with_scenario"), others.map((name) => [`s:${name}`, text(`scenario.${name}`)])],
    listed("explore.with_region", ({ id }) => id !== region && sampled({ region: id, scenario }), "r:"));
  fill("view", named(choices.view, "explore.view"));
  fill("quantity", named(data.order, "quantity"));
  fill("yardstick", ["", data.yardsticks.map((name) => [name, yardstickName(name), !exists(name)])]);
  fill("year", ["", data.years.map((year) => [year, year])]);
  for (const name of ["quantity", "yardstick"]) element(name).parentElement.hidden = state.view === "people";
  const sliders = shown();
  element("conditions").hidden = !sliders.length;
  for (const name of Object.keys(SLIDERS)) element(name).parentElement.hidden = !sliders.includes(name);
  for (const name of sliders) slide(element(name), SLIDERS[name]);
};

const published = ({ region, scenario }, ...names) => data.published[scenario]?.[region]?.[names.join("/")];
// Scenarios that do not move a stock have it from the central one.
const publishedStock = ({ region, scenario }, year) => {
  const place = (name) => data.index[name]?.[region]?.[`existing/${state.quantity}`];
  return published({ region, scenario: place(scenario) === place("central") ? "central" : scenario }, "existing", state.quantity, year);
};
const resultOf = (side, year = state.year) => {
  const set = moved();
  if (state.yardstick === "ratio") set.ratio ??= SLIDERS.ratio.usual();
  const { enough, cost, ...draws } = sample(side).outcome(state.quantity, state.yardstick, year, set);
  const [required, existing, gap, total] = [draws.required, draws.existing, draws.gap, draws.toAdd].map(summary);
  // The numbers shown close: the gap in the middle is the shown requirement less the shown stock.
  if (gap) gap[0] = Math.round(required[0]) - Math.round(existing[0]);
  return { required, existing, gap, total, enough, cost };
};
// People in need: the middle of a severity is its part of the whole, as means are, so that parts sum.
const inNeed = (side, item, year = state.year) => {
  const [values, whole] = [item, "disabled"].map((name) => sample(side).people(name, year));
  const sum = (numbers) => numbers.reduce((total, value) => total + value, 0);
  const [median, low, high] = summary(values);
  return [SEVERITIES.includes(item) ? quantile(whole, 0.5) * sum(values) / sum(whole) : median, low, high];
};
// Rows of a side's table: key, numbers of the reader's and the published result, and both in words.
const rowsOf = (side, year = state.year) => {
  const row = (key, values, before, say = interval) => ({ key, values, before, words: [say(values), before ? say(before) : "—"] });
  if (state.view === "people") return data.people.map((item) => row(item, inNeed(side, item, year), published(side, item, year)));
  const { required, existing, gap, total, enough, cost } = resultOf(side, year);
  const before = (measure) => published(side, measure, state.quantity, state.yardstick, year);
  return [
    row("required", required, before("required")), row("existing", existing, publishedStock(side, year)), row("gap", gap, before("gap")),
    ...(known(enough) ? [row("enough", [enough], null, chance)] : []),
    ...(total ? [row("total", total, before("total"))] : []),
    ...Object.entries(cost).map(([kind, values]) => row(kind, [null, ...summary(values).slice(1)], before(kind)?.map((value) => value * 1e6), moneyRange)),
  ];
};
const cell = (words) => {
  const [, value, range] = words.match(/^(.*?)\s?([（(].*[）)])$/) ?? [null, words];
  return make("td", {}, value, ...(range ? [make("small", {}, range)] : []));
};
const table = (heads, rows) => make("table", {}, ...tableOf(heads.map((head) => columnHead(head)),
  rows.map(([head, cells, chosen]) => rowOf(head, cells.map(cell), chosen ? { class: "chosen" } : {}))));

// Bars by year, drawn at the width that there is so that words keep their size: severities stacked, or requirement and
// stock beside one another with their ranges.
const chart = (side, width) => {
  const stacked = state.view === "people";
  const series = stacked ? SEVERITIES : ["required", "existing"];
  const colours = stacked ? ["#7fb2d9", "#3a7ab0", "#12436d"] : ["#7fb2d9", "#e9a26b"];
  const values = data.years.map((year) => {
    const result = stacked ? {} : resultOf(side, year);
    return series.map((name) => (stacked ? inNeed(side, name, year) : result[name]));
  });
  const tops = values.map((row) => (stacked ? row.reduce((sum, [value]) => sum + value, 0) : Math.max(...row.map((item) => item?.[2] ?? 0))));
  const marks = ticks(Math.max(...tops, 1), 5), top = marks.at(-1);
  const left = Math.max(...[0, top].map((value) => digits(value).length)) * 7.5 + 10;
  const y = (value) => 10 + 210 * (1 - value / top);
  const band = (width - left) / data.years.length;
  const bar = Math.min(band * (stacked ? 0.5 : 0.34), 44);
  const parts = grid(marks, y, left, width, (value) => digits(value, 1));
  data.years.forEach((year, i) => {
    const centre = left + band * (i + 0.5);
    parts.push(make("text", { x: centre, y: 238, "text-anchor": "middle", "font-size": 13, fill: "#1d2733", "font-weight": year === state.year ? 600 : 400 }, year));
    let base = 0;
    values[i].forEach((item, s) => {
      if (!item) return;
      const [value, low, high] = item, from = stacked ? base : 0;
      const x = stacked ? centre - bar / 2 : centre + (s - 1) * (bar + 2);
      parts.push(make("rect", { x, y: y(from + value), width: bar, height: Math.max(y(from) - y(from + value), 0), fill: colours[s] }));
      base += value;
      if (!stacked && low !== high) parts.push(make("line", { x1: x + bar / 2, x2: x + bar / 2, y1: y(low), y2: y(high), stroke: "#1d2733", "stroke-width": 1.5 }));
    });
  });
  const unit = text(`explore.unit.${state.quantity.endsWith("beds") ? "beds" : "persons"}`);
  const caption = text(stacked ? "explore.chart_people" : "explore.chart_care", { side: sideName(side), unit });
  return make("figure", {}, make("figcaption", {}, caption),
    make("p", { class: "keys" }, ...series.map((name, s) => make("span", { style: `--key:${colours[s]}` }, text(`explore.row.${name}`)))),
    make("svg", { viewBox: `0 0 ${width} 244`, width, height: 244, role: "img", "aria-label": `${caption}. ${lead(side)}` }, ...parts));
};

// The grade of the stock as evidence: without a count of its own near the year, no gap heads the page.
const gradeOf = (side) => {
  const grade = sample(side).at("grade", state.quantity, state.year);
  return grade && "ABC"[grade[0] - 1];
};
const lead = (side) => {
  // Two scenarios of one region are told apart by their names.
  const region = state.with[0] === "s" ? sideName(side) : regionName(side.region);
  if (state.view === "people") {
    const [disabled, severe, dementia] = ["disabled", "severe", "dementia"].map((item) => interval(inNeed(side, item)));
    return text("explore.lead_people", { region, year: state.year, disabled, severe, dementia });
  }
  const { required, existing, gap } = resultOf(side), quantity = quantityName();
  return text(existing ? "explore.lead" : "explore.lead_unknown", {
    region, year: state.year, quantity: either(quantity, quantity[0].toLowerCase() + quantity.slice(1)),
    yardstick: yardstickName(state.yardstick, side.region), required: interval(required), existing: interval(existing),
    gap: !gap ? text("explore.gap_unknown") : gradeOf(side) === "C" ? text("explore.gap_weak")
      : text(gap[0] > 0 ? "explore.short" : "explore.enough", { value: number(Math.abs(gap[0])) }),
  });
};
// Conditions that differ from the published ones: a printed or exported view says what it rests on.
const conditions = () => shown().filter((name) => known(state[name]) || name === "ratio")
  .map((name) => text("explore.condition", { name: text(`explore.set.${name}`), value: SLIDERS[name].say(state[name] ?? SLIDERS[name].usual()) }))
  .join(either("；", "; "));
const notes = () => {
  const care = state.view === "care", both = sides(), results = care ? both.map((side) => resultOf(side)) : [];
  const priced = both.every((side) => sample(side).ownPrices) ? "explore.prices_own" : "explore.prices";
  const draws = String(sample(state).at("people", "population_60plus", data.asOf).length);
  return [
    conditions() && text("explore.chosen", { conditions: conditions() }),
    text("explore.sample", { draws }),
    (!care || byNeed()) && text("explore.national_rate"),
    results.some(({ existing }) => !existing) && text("explore.no_stock"),
    ...both.map((side) => care && gradeOf(side) && text(`explore.grade.${gradeOf(side)}`, { side: sideName(side) })),
    results.some(({ enough }) => known(enough)) && text("explore.conditional"),
    results.some(({ cost }) => Object.keys(cost).length) && text(priced),
  ].filter(Boolean);
};

const draw = () => {
  translate("explore.title");
  for (const part of document.querySelectorAll("[data-language]")) part.hidden = part.dataset.language !== state.lang;
  element("notice").textContent = settle();
  controls();
  const { plan } = regions.get(state.region), link = element("to-report");
  link.parentElement.hidden = !plan;
  link.textContent = text("explore.report", { region: regionName(state.region) });
  link.href = plan ? `plans/${plan}/${state.lang}.html` : "index.html";
  const both = sides(), charts = element("charts");
  for (const id of ["results", "charts"]) element(id).classList.toggle("two", both.length > 1);
  element("lead").replaceChildren(...both.map((side) => make("p", { class: "lead" }, lead(side))));
  const heads = [text("explore.head_what", { year: state.year }), text("explore.head_yours"), text("explore.head_published")];
  element("results").replaceChildren(...both.map((side) => make("div", { class: "side" }, make("h3", {}, sideName(side)),
    table(heads, rowsOf(side).map(({ key, words }) => [rowName(key), words])))));
  element("notes").replaceChildren(...notes().map((note) => make("li", {}, note)));
  const room = Math.max(charts.clientWidth, 280);
  const beside = both.length > 1 && getComputedStyle(charts).gridTemplateColumns.split(" ").length > 1;
  charts.replaceChildren(...both.map((side) => chart(side, Math.floor(beside ? (room - 32) / 2 : Math.min(room, 720)))));
  const keys = state.view === "people" ? ["population_60plus", "disabled", "dementia"] : ["required", "existing", "gap"];
  element("table").replaceChildren(...both.flatMap((side) => [make("h3", {}, sideName(side)), table([text("explore.head_year"), ...keys.map(rowName)],
    data.years.map((year) => {
      const rows = rowsOf(side, year);
      return [String(year), keys.map((key) => rows.find((row) => row.key === key).words[0]), year === state.year];
    }))]));
  remember(state);
};

// The view as a table: every row of every year of both sides, with what was published.
const csv = () => {
  const heads = ["side", "what", "value", "low", "high", "published", "conditions"].map((name) => text(`explore.csv.${name}`));
  const rows = sides().flatMap((side) => data.years.flatMap((year) => rowsOf(side, year).map(({ key, values, before }) => {
    const factor = Object.values(KINDS).flat().includes(key) ? either(1e-8, 1e-6) : 1;
    const plain = (value) => (known(value) ? String(Number((value * factor).toPrecision(6))) : "");
    const subject = state.view === "people" ? [] : [quantityName(), yardstickName(state.yardstick, side.region)];
    return [String(year), sideName(side), [...subject, rowName(key)].join(" "), ...[0, 1, 2].map((end) => plain(values?.[end])), plain(before?.[0]), conditions()];
  })));
  return csvOf([[text("explore.head_year"), ...heads], ...rows]);
};
window.exploredCsv = csv;

const read = () => {
  state = fromAddress(defaults(), choices);
  for (const [name, value] of new URLSearchParams(location.hash.slice(1)))
    if (name in SLIDERS && value !== "" && Number.isFinite(Number(value))) state[name] = Number(value);
  draw();
};
const forget = (...names) => { for (const name of names) delete state[name]; };
onChoice("change", Object.keys(choices), (name, value) => {
  state[name] = value;
  if (["region", "quantity", "yardstick"].includes(name)) forget("ratio", "additions", "closing");
  draw();
});
onChoice("input", Object.keys(SLIDERS), (name, value) => { state[name] = Number(value); draw(); });
onClick({
  language: () => { state.lang = either("en", "zh"); draw(); },
  reset: () => { forget(...Object.keys(SLIDERS)); draw(); },
  csv: () => download(`${state.region}-${state.view}.csv`, csv()),
  copy: async () => {
    const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
    element("notice").textContent = text(copied ? "explore.copied" : "explore.address");
  },
});
await document.fonts.ready;
follow(read, draw);
