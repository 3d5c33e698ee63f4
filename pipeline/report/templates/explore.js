"use strict";
(async () => {
  const element = (id) => document.getElementById(id);
  const data = JSON.parse(element("data").textContent);
  if (!("DecompressionStream" in window)) {
    element("notice").textContent = `${data.texts.zh["explore.old"]} ${data.texts.en["explore.old"]}`;
    return;
  }
  const unpacked = async (text) => {
    const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(plain).text());
  };
  data.lines = await unpacked(data.lines);
  const years = data.years;
  const first = years[0];
  const last = years[years.length - 1];
  const regions = new Map(data.regions.map((region) => [region.id, region]));
  const QUANTILES = ["low80", "median", "high80"];
  const CHOICES = ["region", "resource", "yardstick", "path", "scenario", "group"];

  const state = {
    lang: "zh", region: data.regions[0].id, resource: data.resources[0], yardstick: "",
    path: data.paths[0], scenario: data.scenarios[0], group: data.groups[0], year: "",
  };

  // Words and numbers in the chosen language.
  const text = (key, values = {}) =>
    data.texts[state.lang][key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
  const english = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
  const compact = { notation: "compact", maximumFractionDigits: 2, roundingMode: "halfEven" };
  const chinese = new Intl.NumberFormat("zh-CN", compact);
  const number = (value) => {
    const size = Math.abs(value);
    const digits = state.lang === "en" ? english.format(size) : size < 10000 ? String(size) : chinese.format(size);
    return value < 0 ? `−${digits}` : digits;
  };
  const scaleFor = (largest) => {
    const steps = state.lang === "zh" ? [[1e8, 1e8, "yi"], [1e4, 1e4, "wan"]] : [[1e6, 1e6, "millions"], [1e4, 1e3, "thousands"]];
    const [, divisor, name] = steps.find(([size]) => largest >= size) || [0, 1, "ones"];
    return { divisor, name: text(`unit.${name}`) };
  };

  // A line of the data as one estimate a year; null where nothing is known. Values are kept as steps.
  const lineAt = (place) => {
    if (place === null || place === undefined) return null;
    const kept = data.lines[place];
    const count = years.length;
    const none = years.map(() => 0);
    const run = (rank) => {
      let value = 0;
      return kept.slice(rank * count, (rank + 1) * count).map((step) => (step === null ? null : (value += step)));
    };
    const [median, low80, high80] = [0, 1, 2].map((rank) => (rank * count < kept.length ? run(rank) : none));
    return years.map((year, i) => median[i] === null ? null : {
      year, median: median[i], low80: median[i] - low80[i], high80: median[i] + high80[i], certain: low80[i] + high80[i] === 0,
    });
  };
  const at = (line, year) => (line === null ? null : line[year - first]);

  // What the address says, so that a view can be kept and sent.
  const read = () => {
    const asked = new URLSearchParams(location.hash.slice(1));
    for (const [name, value] of asked) if (name in state) state[name] = name === "year" ? Number(value) : value;
    const keep = (name, allowed) => { if (!allowed.includes(state[name])) state[name] = allowed[0]; };
    keep("lang", Object.keys(data.texts));
    keep("region", [...regions.keys()]);
    keep("resource", data.resources);
    keep("path", data.paths);
    keep("scenario", data.scenarios);
    keep("group", data.groups);
  };
  const write = () => {
    const parts = Object.entries(state).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    history.replaceState(null, "", `#${parts.join("&")}`);
  };

  // Which of the choices exist, and what is said where one does not.
  const cellOf = (region, resource, yardstick) => {
    const found = region.resources && region.resources[resource];
    return found ? found.cells[yardstick] : undefined;
  };
  const settle = () => {
    const region = regions.get(state.region);
    if (!region.resources) {
      if (!years.includes(state.year)) state.year = last;
      if (!data.yardsticks.includes(state.yardstick)) state.yardstick = data.yardsticks[0];
      return text("explore.no_plan", { region: region.name[state.lang] });
    }
    const resource = region.resources[state.resource];
    if (!resource) {
      if (!years.includes(state.year)) state.year = last;
      return text("explore.no_resource", { resource: text(`resource.${state.resource}`) });
    }
    if (!years.includes(state.year)) state.year = resource.year;
    if (cellOf(region, state.resource, state.yardstick)) return "";
    const asked = state.yardstick;
    state.yardstick = Object.keys(resource.cells)[0];
    if (!asked) return "";
    return text("explore.no_yardstick", {
      resource: text(`resource.${state.resource}`), used: text(`yardstick.${state.yardstick}`),
    });
  };

  const make = (tag, said = "", attributes = {}) => {
    const made = document.createElement(tag);
    if (said !== "") made.textContent = said;
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  };
  const fill = (name, options) => {
    const select = element(name);
    select.replaceChildren(...options.map(({ value, label, missing = false }) => {
      const option = make("option", missing ? label + text("explore.none") : label, { value });
      option.disabled = missing;
      option.selected = value === state[name];
      return option;
    }));
  };
  const controls = () => {
    const region = regions.get(state.region);
    const named = (kind) => (value) => ({ value, label: text(`${kind}.${value}`) });
    const groups = [["explore.planned", (r) => r.plan], ["explore.unplanned", (r) => !r.plan]];
    element("region").replaceChildren(...groups.map(([key, wanted]) => {
      const group = make("optgroup", "", { label: text(key) });
      group.append(...data.regions.filter(wanted).map((r) => {
        const option = make("option", r.name[state.lang], { value: r.id });
        option.selected = r.id === state.region;
        return option;
      }));
      return group;
    }));
    fill("resource", data.resources.map(named("resource")));
    fill("yardstick", data.yardsticks.map((value) => ({
      value, label: text(`yardstick.${value}`), missing: Boolean(region.resources) && !cellOf(region, state.resource, value),
    })));
    fill("path", data.paths.map(named("explore.path")));
    fill("scenario", data.scenarios.map(named("scenario")));
    fill("group", data.groups.map(named("group")));
    for (const name of ["resource", "yardstick", "path"]) element(name).disabled = !region.resources;
    Object.assign(element("year"), { min: first, max: last, value: state.year });
    element("year-shown").textContent = state.year;
  };

  // Everything that is shown of the present choice.
  const chosen = () => {
    const region = regions.get(state.region);
    const scenario = data.scenarios.indexOf(state.scenario);
    const people = lineAt(region.people[state.group][scenario]);
    const cell = cellOf(region, state.resource, state.yardstick);
    if (!cell) return { region, people };
    const path = cell.paths[state.path];
    const required = lineAt(cell.required[scenario]);
    const supply = lineAt(path.supply[scenario]);
    const gap = lineAt(path.gap[scenario]);
    return { region, people, cell, path, unit: region.resources[state.resource].unit, required, supply, gap };
  };

  const intervals = (value) => value.certain ? [text("explore.certain")]
    : [text("explore.interval80", { low: number(value.low80), high: number(value.high80) })];
  const card = ({ title, value, unit = "", tone, lines }) => {
    const made = make("li", "", { class: `card ${tone}` });
    const shown = make("p", value, { class: "value" });
    if (unit) shown.append(" ", make("small", unit));
    const list = make("ul");
    list.append(...lines.map((line) => (typeof line === "string" ? make("li", line) : line)));
    made.append(make("h3", title), shown, list);
    return made;
  };
  const cards = (now) => {
    const { year } = state;
    const people = at(now.people, year);
    const made = [card({
      title: text("explore.card_people", { year, group: text(`group.${state.group}`) }),
      value: number(people.median), unit: text("explore.unit_one.persons"), tone: "people", lines: intervals(people),
    })];
    if (now.cell) {
      const unit = text(`explore.unit_one.${now.unit}`);
      const unknown = { value: text("explore.unknown"), tone: "open" };
      const [required, supply, gap] = [now.required, now.supply, now.gap].map((line) => at(line, year));
      made.push(card({
        title: text("explore.card_required", { year }),
        ...(required ? { value: number(required.median), unit, tone: "", lines: intervals(required) }
          : { ...unknown, lines: [text("explore.required_unknown")] }),
      }), card({
        title: text("explore.card_supply", { year }),
        ...(supply ? { value: number(supply.median), unit, tone: "", lines: intervals(supply) }
          : { ...unknown, lines: [text("explore.stock_unknown")] }),
      }), card({
        title: text("explore.card_gap", { year }),
        ...(gap ? {
          value: number(Math.abs(gap.median)), tone: gap.median > 0 ? "short" : "",
          unit: text(gap.median > 0 ? "explore.short" : "explore.enough", { unit }),
          lines: [...intervals(gap), ...(gap.low80 < 0 && !gap.certain ? [text("explore.negative")] : [])],
        } : { ...unknown, lines: [text("explore.gap_unknown")] }),
      }));
    }
    element("cards").replaceChildren(...made);
  };
  const gapInWords = (gap) => gap === null ? text("explore.lead_unknown")
    : text(gap.median > 0 ? "explore.lead_short" : "explore.lead_enough", { value: number(Math.abs(gap.median)) });
  const lead = (now) => {
    const { year } = state;
    const common = { year, region: now.region.name[state.lang], scenario: text(`scenario.${state.scenario}`) };
    const said = (line) => { const value = at(line, year); return value ? number(value.median) : text("explore.unknown"); };
    element("lead").textContent = now.cell ? text("explore.lead", {
      ...common, resource: text(`resource.${state.resource}`), path: text(`explore.path.${state.path}`),
      yardstick: text(`yardstick.${state.yardstick}`),
      required: said(now.required), supply: said(now.supply), gap: gapInWords(at(now.gap, year)),
    }) : text("explore.lead_people", { ...common, group: text(`group.${state.group}`), people: said(now.people) });
  };

  // Charts: the compiled specifications with the rows of the present choice.
  const views = {};
  const draw = (name, series, description, counted = []) => {
    const rows = Object.entries(series).flatMap(([key, line]) =>
      (line || []).filter(Boolean).map((value) => ({ ...value, series: key })));
    rows.push(...counted.map(([year, value]) => ({ series: "census", year, median: value, low80: value, high80: value })));
    const scale = scaleFor(Math.max(0, ...rows.map((row) => Math.max(Math.abs(row.low80), Math.abs(row.high80)))));
    const shown = rows.map((row) => {
      const drawn = { series: row.series, year: row.year };
      for (const key of QUANTILES) drawn[key] = row[key] / scale.divisor;
      const called = text(`explore.key_${row.series}`);
      return { ...drawn, tip: text("explore.tip", { year: row.year, name: called, value: number(row.median) }) };
    });
    element(name).hidden = !shown.length;
    if (!shown.length) return scale;
    const view = views[name];
    view.description(description).data("rows", shown).data("chosen", [{ year: state.year }]);
    view.signal("width", element(name).clientWidth).run();
    element(name).querySelector("svg").setAttribute("aria-label", description);
    return scale;
  };
  const pictures = (now) => {
    const { year } = state;
    const region = now.region.name[state.lang];
    const group = text(`group.${state.group}`);
    const [from, to] = [at(now.people, first), at(now.people, last)];
    const people = draw("people", { people: now.people }, text("explore.alt_people", {
      region, group, first, last, start: number(from.median), end: number(to.median),
    }), now.region.census[state.group]);
    element("people-title").textContent = text("explore.people", { group, unit: text("explore.unit.persons", { unit: people.name }) });
    element("people-note").textContent = [text("explore.people_note", { first }), now.region.census[state.group].length ? text("explore.census_note") : ""].join(" ");
    for (const section of document.querySelectorAll(".measured")) section.hidden = !now.cell;
    if (!now.cell) return;
    const resource = text(`resource.${state.resource}`);
    const said = (line) => { const value = at(line, year); return value ? number(value.median) : text("explore.unknown"); };
    const both = draw("balance", { required: now.required, supply: now.supply }, text("explore.alt_balance", {
      region, resource, year, required: said(now.required), supply: said(now.supply),
    }));
    const missing = draw("gap", { gap: now.gap }, text("explore.alt_gap", {
      region, resource, year, gap: gapInWords(at(now.gap, year)),
    }));
    const unit = (scale) => text(`explore.unit.${now.unit}`, { unit: scale.name });
    element("balance-title").textContent = text("explore.balance", { resource, unit: unit(both) });
    element("gap-title").textContent = text("explore.gap", { resource, unit: unit(missing) });
    element("balance-note").textContent = [now.required ? "" : text("explore.required_unknown"), now.supply ? "" : text("explore.stock_unknown")].join("");
    element("gap-note").textContent = now.gap ? "" : text("explore.gap_unknown");
  };
  const table = (now) => {
    const lines = [[text(`group.${state.group}`), now.people]];
    if (now.cell) lines.push(...["required", "supply", "gap"].map((name) => [text(`explore.key_${name}`), now[name]]));
    const heads = make("tr");
    heads.append(make("th", text("explore.head_year"), { scope: "col" }), ...lines.map(([name]) => make("th", name, { scope: "col", class: "number" })));
    element("heads").replaceChildren(heads);
    element("rows").replaceChildren(...years.map((year) => {
      const row = make("tr", "", year === state.year ? { class: "chosen" } : {});
      row.append(make("th", String(year), { scope: "row" }), ...lines.map(([, line]) => {
        const value = at(line, year);
        const said = value === null ? "—" : value.certain ? number(value.median)
          : text("explore.cell", { value: number(value.median), low: number(value.low80), high: number(value.high80) });
        return make("td", said, { class: "number" });
      }));
      return row;
    }));
  };

  const show = () => {
    const notice = settle();
    const region = regions.get(state.region);
    document.documentElement.lang = state.lang === "zh" ? "zh-CN" : "en";
    document.title = text("explore.title");
    for (const place of document.querySelectorAll("[data-text]")) place.textContent = text(place.dataset.text);
    for (const place of document.querySelectorAll("[data-language]")) place.hidden = place.dataset.language !== state.lang;
    element("language").lang = state.lang === "zh" ? "en" : "zh-CN";
    element("subtitle").textContent = text("explore.subtitle", { first, last });
    element("plan").textContent = region.plan ? region.title[state.lang] : "";
    element("to-annex").href = `annex/${state.lang}.html`;
    element("to-report").parentElement.hidden = !region.plan;
    element("to-report").textContent = text("explore.report", { region: region.name[state.lang] });
    if (region.plan) element("to-report").href = `${region.plan}/${state.lang}.html`;
    element("notice").textContent = notice;
    controls();
    const now = chosen();
    lead(now);
    cards(now);
    table(now);
    pictures(now);
    write();
    document.body.dataset.shown = location.hash;
  };
  const choose = (name, value) => {
    state[name] = value;
    if (name === "region") state.year = "";
    return show();
  };

  for (const name of CHOICES) element(name).addEventListener("change", (event) => choose(name, event.target.value));
  element("year").addEventListener("input", (event) => choose("year", Number(event.target.value)));
  element("language").addEventListener("click", () => choose("lang", state.lang === "zh" ? "en" : "zh"));
  addEventListener("hashchange", () => { read(); show(); });
  document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  read();
  // A row of each series to start from: Vega warns of charts that begin with none.
  const start = ["people", "census", "required", "supply", "gap"].map((series) =>
    ({ series, year: first, ...Object.fromEntries(QUANTILES.map((key) => [key, 0])) }));
  const options = { actions: false, renderer: "svg", tooltip: { theme: "custom" } };
  Promise.all(Object.keys(data.charts).map(async (name) => {
    const { view } = await vegaEmbed(element(name), { ...data.charts[name], datasets: { rows: start, chosen: start.slice(0, 1) } }, options);
    view.addEventListener("click", (event) => {
      const [left] = view.origin();
      const box = element(name).querySelector("svg").getBoundingClientRect();
      const year = Math.round(view.scale("x").invert(event.clientX - box.left - left));
      if (years.includes(year)) choose("year", year);
    });
    views[name] = view;
  })).then(show);
})();
