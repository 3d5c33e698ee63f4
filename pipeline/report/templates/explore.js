(async () => {
  if (!await unpack("explore.old")) return;
  const regions = new Map(data.regions.map((region) => [region.id, region]));
  const samples = new Map();
  const sample = ({ region, scenario }) => {
    const key = `${scenario}/${region}`;
    if (!samples.has(key)) samples.set(key, sampleOf(data, scenario, region));
    return samples.get(key);
  };
  window.explored = ({ region, scenario, quantity, yardstick, year, ...set }) => {
    const found = sample({ region, scenario }).outcome(quantity, yardstick, year, set);
    return Object.fromEntries(Object.entries({ ...found, ...found.cost }).filter(([name]) => name !== "cost"));
  };

  const COST = Object.values(KINDS).flat();
  const fresh = () => ({
    lang: "zh", region: data.regions[0].id, scenario: data.scenarios[0], with: "", view: "care",
    quantity: data.order[0], yardstick: "need", year: data.planYear,
  });

  // Numbers: whole, four digits of them where they are estimates.
  const digits = (value, most = 0) =>
    Math.abs(value).toLocaleString("en", { maximumFractionDigits: most }).replace(/^/, value < 0 && Math.abs(value) >= 0.5 * 10 ** -most ? "−" : "");
  const number = (value) => digits(Math.abs(value) >= 10000 ? Number(value.toPrecision(4)) : value);
  const percent = (value) => `${digits(value * 100, 1)}%`;
  const chance = (value) => (value < 0.01 ? text("explore.below", { value: "1%" })
    : value > 0.99 ? text("explore.above", { value: "99%" }) : `${digits(value * 100)}%`);
  const money = (yuan) => {
    const value = yuan / either(1e8, 1e6);
    return digits(Number(value.toPrecision(2)), 4);
  };
  const known = (value) => value !== undefined && value !== null;
  const unitOf = (quantity) => text(`explore.unit.${quantity.endsWith("beds") ? "beds" : "persons"}`);

  const choices = {
    lang: Object.keys(data.texts), region: [...regions.keys()], scenario: data.scenarios, with: "any", view: ["care", "people"],
    quantity: data.order, yardstick: data.yardsticks, year: data.years,
  };
  const read = () => {
    state = fromAddress(fresh(), choices);
    for (const [name, value] of new URLSearchParams(location.hash.slice(1)))
      if (name in SLIDERS && value !== "" && Number.isFinite(Number(value))) state[name] = Number(value);
  };
  const has = (region, scenario) => Boolean((data.index[scenario] || {})[region]);
  // What two sides are shown: the region and scenario chosen, and the one to compare with.
  const sides = () => {
    const { region, scenario } = state;
    const other = state.with.slice(2);
    if (!other) return [{ region, scenario }];
    return [{ region, scenario }, state.with[0] === "r" ? { region: other, scenario } : { region, scenario: other }];
  };
  const settle = () => {
    if (!has(state.region, state.scenario)) state.scenario = "central";
    const [, second] = sides();
    if (second && (!has(second.region, second.scenario) || (second.region === state.region && second.scenario === state.scenario))) state.with = "";
    const notice = yardstickThere();
    for (const [name, value] of Object.entries(moved())) {
      const [least, most] = SLIDERS[name].range();
      state[name] = Math.min(Math.max(value, least), most);
    }
    return notice;
  };
  const yardstickThere = () => {
    const asked = state.yardstick;
    const there = data.yardsticks.filter((yardstick) => exists(yardstick));
    if (there.includes(asked) || state.view === "people") return "";
    [state.yardstick] = there.includes("need") ? ["need"] : there;
    return text("explore.no_yardstick", {
      region: regions.get(state.region).name[state.lang], quantity: text(`quantity.${state.quantity}`),
      asked: yardstickName(asked), used: yardstickName(state.yardstick),
    });
  };
  const yardstickName = (yardstick, region = state.region) =>
    text(`yardstick.${yardstick}${yardstick === "plan" && regions.get(region).ended ? "_ended" : ""}`);
  const exists = (yardstick) => {
    if (yardstick === "ratio") return true;
    if (yardstick === "need") return ["institution_beds", "nursing_beds", "dementia_beds", "caregivers"].includes(state.quantity);
    return known(sample(state).line(yardstick, state.quantity));
  };
  const result = (side, year = state.year) => {
    const conditions = moved();
    if (state.yardstick === "ratio") conditions.ratio ??= SLIDERS.ratio.usual();
    return sample(side).outcome(state.quantity, state.yardstick, year, conditions);
  };

  // Sliders: when each matters, where it stands until it is moved, how far it goes (with its step), and how it is said.
  const middle = (values) => values && quantile(values, 0.5);
  const now = (series, item) => middle(sample(state).at(series, item, state.year));
  const byNeed = () => state.yardstick === "need";
  const stock = () => sample(state).line("existing", state.quantity);
  // The share of a severity in a setting, `otherwise` where the region has no such share.
  const share = (setting, severity, otherwise) => {
    const { line, certain } = sample(state);
    return line("share", `${setting}.${severity}`) ? certain("share", `${setting}.${severity}`) : otherwise;
  };
  const inside = (severity) => ({
    shown: () => byNeed() && known(share("institution", severity, null)),
    usual: () => share("institution", severity, 0),
    range: () => [0, 1 - share("community", severity, 0), 0.01],
    say: percent,
  });
  const SLIDERS = {
    ratio: {
      shown: () => state.yardstick === "ratio",
      usual: () => {
        const people = now("people", "population_60plus");
        const { at, outcome } = sample(state);
        const required = ["plan", "norm", "need"].map((yardstick) => middle(outcome(state.quantity, yardstick, state.year, {}).required)).find(known);
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
    ...Object.fromEntries(SEVERITIES.map((severity) => [severity, inside(severity)])),
    users: {
      shown: () => byNeed() && state.quantity === "caregivers",
      usual: () => 1,
      range: () => [0.5, 2, 0.05],
      say: (value) => {
        const [mild, moderate, severe] = SEVERITIES.map((s) => digits(value * sample(state).certain("users_per_carer", `institution.${s}`), 1));
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
  const shown = (name) => state.view === "care" && SLIDERS[name].shown();
  const moved = () => Object.fromEntries(Object.keys(SLIDERS).filter((name) => known(state[name]) && shown(name)).map((name) => [name, state[name]]));

  const controls = () => {
    const named = (kind) => (value) => [value, text(`${kind}.${value}`)];
    const region = ({ id, name }) => [id, name[state.lang]];
    const planned = (there) => data.regions.filter((found) => Boolean(found.plan) === there).map(region);
    const others = data.regions.filter(({ id }) => id !== state.region && has(id, state.scenario)).map(region);
    const scenarios = data.scenarios.filter((name) => name !== state.scenario && has(state.region, name));
    fill("region", [text("explore.planned"), planned(true)], [text("explore.unplanned"), planned(false)]);
    fill("scenario", ["", data.scenarios.map((name) => [name, text(`scenario.${name}`), !has(state.region, name)])]);
    fill("with", ["", [["", text("explore.alone")]]],
      [text("explore.with_scenario"), scenarios.map((name) => [`s:${name}`, text(`scenario.${name}`)])],
      [text("explore.with_region"), others.map(([id, name]) => [`r:${id}`, name])]);
    fill("view", ["", choices.view.map(named("explore.view"))]);
    fill("quantity", ["", data.order.map(named("quantity"))]);
    fill("yardstick", ["", data.yardsticks.map((name) => [name, yardstickName(name), !exists(name)])]);
    fill("year", ["", data.years.map((year) => [year, year])]);
    for (const name of ["quantity", "yardstick"]) element(name).parentElement.hidden = state.view === "people";
    element("conditions").hidden = !Object.keys(SLIDERS).some(shown);
    for (const [name, { usual, range, say }] of Object.entries(SLIDERS)) {
      const slider = element(name);
      slider.parentElement.hidden = !shown(name);
      if (!shown(name)) continue;
      const [min, max, step] = range();
      Object.assign(slider, { min, max, step });
      slider.value = state[name] ?? usual();
      const value = known(state[name]) ? say(state[name])
        : name === "additions" ? text("explore.trend") : name === "ratio" ? say(usual())
          : text("explore.published_value", { value: say(usual()) });
      element(`${name}-shown`).textContent = value;
      element(`${name}-shown`).className = known(state[name]) ? "" : "kept";
      slider.setAttribute("aria-valuetext", value);
    }
  };

  // A value of three, its middle and the ends of its range, as a cell.
  const ranged = (values, say = number) => {
    if (!values) return text("explore.unknown");
    const [value, low, high] = values.map((entry) => (known(entry) ? say(entry) : entry));
    return !known(low) || low === high ? value : text("explore.interval", { value, low, high });
  };
  const spread = (values) => (values && values[2] === 0 ? "0" : values ? text("explore.range", { low: money(values[1]), high: money(values[2]) }) : text("explore.unknown"));
  const label = ({ region, scenario }) => text("explore.side", { region: regions.get(region).name[state.lang], scenario: text(`scenario.${scenario}`) });
  const published = ({ region, scenario }, ...names) => ((data.published[scenario] || {})[region] || {})[names.join("/")];
  // Scenarios that do not move a stock have it from the central one.
  const publishedStock = (side, quantity, year) => {
    const place = (scenario) => ((data.index[scenario] || {})[side.region] || {})[`existing/${quantity}`];
    const scenario = place(side.scenario) === place("central") ? "central" : side.scenario;
    return published({ region: side.region, scenario }, "existing", quantity, year);
  };
  // What is shown closes: the gap in the middle is the shown requirement less the shown stock.
  const closed = (required, existing, gap) => gap && [Math.round(required[0]) - Math.round(existing[0]), gap[1], gap[2]];
  const told = (side, year = state.year) => {
    const found = result(side, year);
    const [required, existing, total] = [found.required, found.existing, found.toAdd].map(summary);
    const cost = Object.fromEntries(Object.entries(found.cost).map(([kind, values]) => [kind, summary(values)]));
    return { required, existing, gap: closed(required, existing, summary(found.gap)), total, enough: found.enough, cost };
  };
  // Rows of a side's table: key, what is said, what was published, and the numbers behind both.
  const rowsOf = (side, year = state.year) => {
    const row = (key, values, before, say = ranged) => ({ key, values, before, said: say(values), was: before ? say(before) : "—" });
    if (state.view === "people") return data.people.map((item) => row(item, inNeed(side, item, year), published(side, item, year)));
    const { quantity, yardstick } = state;
    const found = told(side, year);
    const rows = [
      row("required", found.required, published(side, "required", quantity, yardstick, year)),
      row("existing", found.existing, publishedStock(side, quantity, year)),
      row("gap", found.gap, published(side, "gap", quantity, yardstick, year)),
    ];
    if (known(found.enough)) rows.push(row("enough", [found.enough], null, ([value]) => chance(value)));
    if (found.total) rows.push(row("total", found.total, published(side, "total", quantity, yardstick, year)));
    for (const [kind, values] of Object.entries(found.cost)) {
      const before = published(side, kind, quantity, yardstick, year)?.map((value) => value * 1e6);
      rows.push(row(kind, [null, values[1], values[2]], before, spread));
    }
    return rows;
  };
  // People in need: the middle of a severity is its part of the whole, as means are, so that parts sum.
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const inNeed = (side, item, year) => {
    const { people } = sample(side);
    const [values, whole] = [people(item, year), people("disabled", year)];
    const [middle_, low, high] = summary(values);
    return [SEVERITIES.includes(item) ? quantile(whole, 0.5) * mean(values) / mean(whole) : middle_, low, high];
  };
  const rowLabel = (key) => text(`explore.row.${key}`, { unit: text("explore.money") });
  const cell = (words) => {
    const [, value, range] = words.match(/^(.*?)\s?([（(].*[）)])$/) ?? [null, words];
    return make("td", {}, value, ...(range ? [make("small", {}, range)] : []));
  };
  const table = (heads, rows) => make("table", {}, ...tableOf(
    heads.map((head) => make("th", { scope: "col" }, head)),
    rows.map(([head, cells, chosen = false]) => make("tr", chosen ? { class: "chosen" } : {}, make("th", { scope: "row" }, head), ...cells.map(cell))),
  ));

  const chart = (side, width) => {
    const people = state.view === "people";
    const series = people ? SEVERITIES : ["required", "existing"];
    const values = data.years.map((year) => {
      if (people) return SEVERITIES.map((item) => inNeed(side, item, year));
      const { required, existing } = told(side, year);
      return [required, existing];
    });
    const caption = text(people ? "explore.chart_people" : "explore.chart_care", { side: label(side), unit: unitOf(state.quantity) });
    const names = series.map((name) => text(`explore.row.${name}`));
    return bars({ values, names, caption, width, digits, stacked: people, chosen: state.year, label: `${caption}. ${lead(side)}` });
  };

  // What the stock is worth as evidence: without a count of its own near the year, no gap heads the page.
  const gradeOf = (side, year = state.year) => {
    const grade = sample(side).at("grade", state.quantity, year);
    return grade && "ABC"[grade[0] - 1];
  };
  const inSentence = (name) => either(name, name[0].toLowerCase() + name.slice(1));
  const lead = (side) => {
    // Two scenarios of one region are told apart by their names.
    const region = state.with[0] === "s" ? label(side) : regions.get(side.region).name[state.lang];
    if (state.view === "people") {
      const [disabled, severe, dementia] = ["disabled", "severe", "dementia"].map((item) => ranged(inNeed(side, item, state.year)));
      return text("explore.lead_people", { region, year: state.year, disabled, severe, dementia });
    }
    const found = told(side);
    const gap = !found.gap ? text("explore.gap_unknown") : gradeOf(side) === "C" ? text("explore.gap_weak")
      : text(found.gap[0] > 0 ? "explore.short" : "explore.enough", { value: number(Math.abs(found.gap[0])) });
    return text(found.existing ? "explore.lead" : "explore.lead_unknown", {
      region, year: state.year, quantity: inSentence(text(`quantity.${state.quantity}`)), yardstick: yardstickName(state.yardstick, side.region),
      required: ranged(found.required), existing: ranged(found.existing), gap,
    });
  };
  // Conditions that differ from the published ones: a printed or exported view says what it rests on.
  const conditions = () => Object.keys(SLIDERS).filter((name) => shown(name) && (known(state[name]) || name === "ratio"))
    .map((name) => text("explore.condition", { name: text(`explore.set.${name}`), value: SLIDERS[name].say(state[name] ?? SLIDERS[name].usual()) }))
    .join(either("；", "; "));
  const notes = () => {
    const set = conditions();
    const found = [...(set ? [text("explore.chosen", { conditions: set })] : []), text("explore.sample", { draws: String(sample(state).at("people", "population_60plus", data.asOf).length) })];
    if (state.view === "people" || state.yardstick === "need") found.push(text("explore.national_rate"));
    if (state.view === "people") return found;
    const all = sides().map((side) => result(side));
    if (all.some((one) => !one.existing)) found.push(text("explore.no_stock"));
    for (const side of sides()) {
      const grade = gradeOf(side);
      if (grade) found.push(text(`explore.grade.${grade}`, { side: label(side) }));
    }
    if (all.some((one) => known(one.enough))) found.push(text("explore.conditional"));
    if (all.some((one) => Object.keys(one.cost).length)) {
      found.push(text(sides().every((side) => sample(side).ownPrices) ? "explore.prices_own" : "explore.prices"));
    }
    return found;
  };

  const draw = () => {
    translate("explore.title");
    for (const part of document.querySelectorAll("[data-language]")) part.hidden = part.dataset.language !== state.lang;
    const notice = settle();
    controls();
    const region = regions.get(state.region);
    const link = element("to-report");
    link.parentElement.hidden = !region.plan;
    link.textContent = text("explore.report", { region: region.name[state.lang] });
    link.href = region.plan ? `plans/${region.plan}/${state.lang}.html` : "index.html";
    element("notice").textContent = notice;
    const both = sides();
    for (const id of ["results", "charts"]) element(id).classList.toggle("two", both.length > 1);
    element("lead").replaceChildren(...both.map((side) => make("p", { class: "lead" }, lead(side))));
    const heads = [text("explore.head_what", { year: state.year }), text("explore.head_yours"), text("explore.head_published")];
    element("results").replaceChildren(...both.map((side) => make("div", { class: "side" }, make("h3", {}, label(side)),
      table(heads, rowsOf(side).map(({ key, said, was }) => [rowLabel(key), [said, was]])))));
    element("notes").replaceChildren(...notes().map((note) => make("li", {}, note)));
    const room = Math.max(element("charts").clientWidth, 280);
    const two = both.length > 1 && getComputedStyle(element("charts")).gridTemplateColumns.split(" ").length > 1;
    element("charts").replaceChildren(...both.map((side) => chart(side, Math.floor(two ? (room - 32) / 2 : Math.min(room, 720)))));
    const keys = state.view === "people" ? ["population_60plus", "disabled", "dementia"] : ["required", "existing", "gap"];
    element("table").replaceChildren(...both.flatMap((side) => [make("h3", {}, label(side)), table([text("explore.head_year"), ...keys.map(rowLabel)],
      data.years.map((year) => {
        const rows = rowsOf(side, year);
        return [String(year), keys.map((key) => rows.find((row) => row.key === key).said), year === state.year];
      }))]));
    history.replaceState(null, "", `#${new URLSearchParams(state)}`);
    document.body.dataset.shown = String(Number(document.body.dataset.shown || 0) + 1);
  };

  // The view as a table: every row of every year of both sides, with what was published.
  const csv = () => {
    const plain = (value) => (known(value) ? String(Number(Number(value).toPrecision(6))) : "");
    const heads = ["side", "what", "value", "low", "high", "published", "conditions"].map((name) => text(`explore.csv.${name}`));
    const lines = [[text("explore.head_year"), ...heads]];
    for (const side of sides()) for (const year of data.years) for (const { key, values, before } of rowsOf(side, year)) {
      const factor = COST.includes(key) ? either(1e-8, 1e-6) : 1;
      const scaled = (value) => (known(value) ? value * factor : value);
      const what = state.view === "people" ? rowLabel(key) : `${text(`quantity.${state.quantity}`)} ${yardstickName(state.yardstick, side.region)} ${rowLabel(key)}`;
      lines.push([String(year), label(side), what, ...[0, 1, 2].map((end) => plain(scaled((values || [])[end]))), plain(scaled((before || [])[0])), conditions()]);
    }
    return csvOf(lines);
  };
  window.exploredCsv = csv;

  for (const name of ["region", "scenario", "with", "view", "quantity", "yardstick", "year"]) {
    onChange(name, (value) => {
      state[name] = value;
      if (["region", "quantity", "yardstick"].includes(name)) for (const slider of ["ratio", "additions", "closing"]) delete state[slider];
      draw();
    });
  }
  for (const name of Object.keys(SLIDERS)) element(name).addEventListener("input", () => { state[name] = Number(element(name).value); draw(); });
  onClick("language", () => { state.lang = either("en", "zh"); draw(); });
  onClick("reset", () => { for (const name of Object.keys(SLIDERS)) delete state[name]; draw(); });
  onClick("print", () => print());
  onClick("csv", () => download(`${state.region}-${state.view}.csv`, csv()));
  onClick("copy", async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      element("notice").textContent = text("explore.copied");
    } catch {
      element("notice").textContent = text("explore.address");
    }
  });
  element("conditions").form.addEventListener("submit", (event) => event.preventDefault());
  follow(() => { read(); draw(); }, draw);
  read();
  await document.fonts.ready;
  draw();
})();
