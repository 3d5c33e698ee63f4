"use strict";
(async () => {
  const element = (id) => document.getElementById(id);
  const data = JSON.parse(element("data").textContent);
  if (!("DecompressionStream" in window)) {
    element("notice").textContent = `${data.texts.zh["atlas.old_browser"]} ${data.texts.en["atlas.old_browser"]}`;
    return;
  }
  const bytes = Uint8Array.from(atob(data.packed), (sign) => sign.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const { places: rows, values, held } = JSON.parse(await new Response(plain).text());
  const { years, measures, provinces, levels } = data;
  const COUNTIES = ["county", "county_city", "district"];
  const WHOLE = "share_60plus";
  const places = rows.map(([code, name, pinyin, level, province, above], at) =>
    ({ at, code, name, pinyin, level: levels[level], province: provinces[province], above }));
  const byCode = new Map(places.map((place) => [place.code, place]));
  const state = { lang: "zh", place: data.start, other: "", measure: "60+", year: data.year, province: "", level: "counties", sort: "median", down: true, shown: 100 };

  const text = (key, given = {}) => {
    let said = data.texts[state.lang][key];
    for (const [name, value] of Object.entries(given)) said = said.replaceAll(`{${name}}`, value);
    return said;
  };
  const make = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) name === "on" ? node.addEventListener("click", value) : node.setAttribute(name, value);
    node.append(...children);
    return node;
  };
  const draw = (tag, attributes, words) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (words !== undefined) node.textContent = words;
    return node;
  };
  // Values are kept as [median, below, above] of each place, shares in tenths of a percent.
  const scale = (measure) => (measure === WHOLE ? 0.001 : 1);
  const value = (place, measure, year) => {
    if (data.sparse.includes(measure)) {
      const [middle, below, above] = held[place.code]?.[measure]?.[year] ?? [];
      return middle === undefined ? null : [middle - below, middle, middle + above];
    }
    const norm = data.norms[measure];
    const column = values[norm ? "60+" : measure]?.[years.indexOf(year)];
    if (!column) return null;
    const factor = norm || scale(measure);
    const middle = column[0][place.at];
    return [middle - column[1][place.at], middle, middle + column[2][place.at]].map((number) => number * factor);
  };
  const yearsOf = (measure) => (measure.startsWith("added_") ? [data.added] : years);
  // One unit for all that stands together: 万 or millions only where every median reaches one. What was counted is exact.
  const unitOf = (measure, found) => {
    const size = state.lang === "zh" ? 1e4 : 1e6;
    const middles = found.filter(Boolean).map((each) => Math.abs(each[1]));
    return measure !== WHOLE && middles.length && Math.min(...middles) >= size ? size : 1;
  };
  const number = (amount, measure, unit = 1) => {
    if (amount === null || Number.isNaN(amount)) return text("atlas.blank");
    if (measure === WHOLE) return `${(100 * amount).toFixed(1)}%`;
    const rounded = Number(amount.toPrecision(3)) / unit;
    const digits = unit === 1 || !rounded ? 0 : Math.min(2, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded)))));
    return rounded.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }) + { 1: "", 1e4: "万", 1e6: "m" }[unit];
  };
  const counted = (found, measure) => measure !== WHOLE && found[0] === found[2];
  const middleOf = (found, measure, unit) => (found && counted(found, measure) ? Math.round(found[1]).toLocaleString("en") : number(found?.[1] ?? null, measure, unit));
  const range = (found, measure, unit) => {
    const [low, high] = [found[0], found[2]].map((end) => number(end, measure, unit));
    return found[0] === found[2] || low === high ? "" : `${low}–${high}`;
  };
  const title = (place) => (state.lang === "zh" ? place.name : `${place.pinyin} ${place.name}`);
  const provinceName = (province) => province[state.lang];
  const full = (place) => (place.level === "province" ? title(place) : `${title(place)}${state.lang === "zh" ? "，" : ", "}${provinceName(place.province)}`);

  const find = (asked) => {
    const wanted = asked.trim().toLowerCase().replace(/[\s'’]/g, "");
    if (!wanted) return [];
    const score = (place) => {
      const pinyin = place.pinyin.toLowerCase();
      if (place.code === wanted || place.name === wanted || pinyin === wanted) return 0;
      if (place.code.startsWith(wanted) || place.name.startsWith(wanted) || pinyin.startsWith(wanted)) return 1;
      return place.name.includes(wanted) ? 2 : 9;
    };
    return places.map((place) => [score(place), place]).filter(([points]) => points < 9)
      .sort(([a, one], [b, two]) => a - b || value(two, "60+", data.year)[1] - value(one, "60+", data.year)[1]).slice(0, 12).map(([, place]) => place);
  };
  const search = (field, list, choose) => {
    const show = () => {
      const hits = find(field.value);
      const entries = hits.map((place) => make("li", {}, make("button", { type: "button", on: () => { field.value = ""; list.replaceChildren(); choose(place.code); } }, full(place), " ", make("span", { class: "quiet" }, place.code))));
      list.replaceChildren(...(hits.length || !field.value.trim() ? entries : [make("li", {}, text("atlas.none"))]));
    };
    field.addEventListener("input", show);
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      list.querySelector("button")?.click();
    });
  };

  const chosen = () => places.filter((place) => (!state.province || place.province.id === state.province) &&
    (state.level === "all" || (state.level === "counties" ? COUNTIES.includes(place.level) : place.level === state.level)));
  const middle = (place, measure = state.measure) => value(place, measure, yearsOf(measure).includes(state.year) ? state.year : data.added)?.[1] ?? NaN;
  const yearShown = () => (yearsOf(state.measure).includes(state.year) ? state.year : data.added);

  const fill = (id, options, current) => {
    element(id).replaceChildren(...options.map(([key, label]) => make("option", { value: key }, label)));
    element(id).value = current;
  };
  const controls = () => {
    fill("measure", measures.map((name) => [name, text(`atlas.measure.${name}`)]), state.measure);
    fill("year", yearsOf(state.measure).map((year) => [year, year]), yearShown());
    fill("province", [["", text("atlas.all_provinces")], ...provinces.map((province) => [province.id, provinceName(province)])], state.province);
    fill("level", ["all", "counties", ...levels].map((level) => [level, text(`atlas.level.${level}`)]), state.level);
  };
  const shade = (share) => {
    const part = 0.08 + 0.87 * share;
    return { background: `color-mix(in srgb, #12436d ${Math.round(100 * part)}%, white)`, color: part > 0.71 ? "#fff" : "#000" };
  };
  const map = () => {
    const found = provinces.map((province) => middle(byCode.get(province.code)));
    const there = found.filter((amount) => !Number.isNaN(amount));
    const low = Math.min(...there), high = Math.max(...there);
    const unit = unitOf(state.measure, there.map((amount) => [amount, amount, amount]));
    element("map").replaceChildren(...provinces.map((province, at) => {
      const amount = found[at];
      const tile = make("button", { type: "button", "aria-pressed": state.province === province.id, title: `${provinceName(province)} ${number(amount, state.measure, unit)}`,
        on: () => set({ province: state.province === province.id ? "" : province.id, place: province.code }) }, state.lang === "zh" ? province.short : province.letters);
      Object.assign(tile.style, Number.isNaN(amount) ? {} : shade((amount - low) / (high - low || 1)), { gridColumn: province.tile[0], gridRow: province.tile[1] });
      return tile;
    }));
  };
  const strip = () => {
    const home = provinces.find((province) => province.id === state.province) || byCode.get(state.place).province;
    const rows = places.filter((place) => place.province === home && COUNTIES.includes(place.level)).map((place) => [place, value(place, state.measure, yearShown())])
      .filter(([, found]) => found).sort(([, one], [, two]) => two[1] - one[1]);
    const high = Math.max(...rows.map(([, found]) => found[2])), low = Math.min(0, ...rows.map(([, found]) => found[0]));
    const unit = unitOf(state.measure, rows.map(([, found]) => found));
    const x = (amount) => 4 + (192 * (amount - low)) / (high - low || 1);
    element("strip-title").textContent = text("atlas.strip", { province: provinceName(home), measure: text(`atlas.measure.${state.measure}`), year: yearShown() });
    element("strip").replaceChildren(...(rows.length ? [] : [text("atlas.stock")]), ...rows.map(([place, found]) => {
      const picture = draw("svg", { viewBox: "0 0 200 14", preserveAspectRatio: "none", "aria-hidden": "true" });
      picture.append(draw("line", { x1: x(found[0]), x2: x(found[2]), y1: 7, y2: 7, stroke: "#12436d", "stroke-width": 2, opacity: 0.5 }),
        draw("rect", { x: x(found[1]) - 1.5, y: 2, width: 3, height: 10, fill: "#12436d" }));
      return make("button", { type: "button", class: `row${place.code === state.place ? " chosen" : ""}`, title: `${title(place)} ${range(found, state.measure, unit)}`, on: () => set({ place: place.code }) },
        make("span", {}, state.lang === "zh" ? place.name : place.pinyin), picture, make("span", {}, middleOf(found, state.measure, unit)));
    }));
  };
  const COLUMNS = ["60+", "65+", "80+", "total", WHOLE, "need_beds", "norm_beds"];
  // A blank comes last whichever way the table is sorted.
  const amount = (place, key) => { const found = middle(place, key); return Number.isNaN(found) ? (state.down ? -Infinity : Infinity) : found; };
  const sorted = () => {
    const key = state.sort === "median" ? state.measure : state.sort;
    const order = key === "name" ? (one, two) => one.name.localeCompare(two.name, "zh") : (one, two) => amount(one, key) - amount(two, key);
    const found = chosen().sort(order);
    return state.down ? found.reverse() : found;
  };
  const table = () => {
    const columns = [state.measure, ...COLUMNS.filter((name) => name !== state.measure)];
    const found = sorted();
    const heading = (name, label) => make("th", { scope: "col", class: name === "name" ? "" : "number", "aria-sort": (state.sort === "median" ? state.measure : state.sort) === name ? (state.down ? "descending" : "ascending") : "none" },
      make("button", { type: "button", on: () => set({ sort: name, down: state.sort === name ? !state.down : name !== "name" }) }, label));
    const listed = found.slice(0, state.shown);
    const yearOf = (name) => (yearsOf(name).includes(state.year) ? state.year : data.added);
    const units = new Map(columns.map((name) => [name, unitOf(name, listed.map((place) => value(place, name, yearOf(name))))]));
    const body = listed.map((place) => make("tr", {}, make("th", { scope: "row" }, make("button", { type: "button", on: () => { set({ place: place.code }); element("place-name").scrollIntoView(); } }, title(place)), make("small", {}, place.level === "province" ? "" : provinceName(place.province))),
      ...columns.map((name) => {
        const amount = value(place, name, yearOf(name));
        return make("td", {}, middleOf(amount, name, units.get(name)), ...(name === state.measure && amount ? [make("small", {}, range(amount, name, units.get(name)))] : []));
      })));
    element("places").replaceChildren(make("thead", {}, make("tr", {}, heading("name", text("atlas.name")), ...columns.map((name) => heading(name, text(`atlas.measure.${name}`))))), make("tbody", {}, ...body));
    element("count").textContent = text("atlas.table_note", { shown: Math.min(state.shown, found.length), rows: found.length });
    element("more").hidden = found.length <= state.shown;
  };
  const chart = (shown) => {
    const box = element("chart");
    const paths = shown.map((place) => years.map((year) => value(place, "60+", year)));
    const high = Math.max(...paths.flat().map((found) => found[2]));
    const step = [1, 2, 2.5, 5, 10].map((part) => part * 10 ** Math.floor(Math.log10(high / 4))).find((part) => high / part <= 4);
    const ticks = Array.from({ length: Math.ceil(high / step) + 1 }, (_, at) => at * step);
    const unit = unitOf("60+", [[0, step, 0]]);
    // Drawn at the width there is, so that letters keep their size.
    const width = Math.min(box.parentElement.clientWidth || 320, 544);
    const left = 62, right = width - 18;
    box.setAttribute("viewBox", `0 0 ${width} 210`);
    const x = (year) => left + ((right - left) * (year - years[0])) / (years[years.length - 1] - years[0]);
    const y = (amount) => 180 - (168 * amount) / ticks[ticks.length - 1];
    const parts = ticks.map((tick) => draw("line", { x1: left, x2: right, y1: y(tick), y2: y(tick), stroke: "#d5dbe1" }));
    parts.push(...ticks.map((tick) => draw("text", { x: left - 5, y: y(tick) + 4, "text-anchor": "end", "font-size": 12, fill: "#56616d" }, tick ? number(tick, "60+", unit) : "0")));
    parts.push(...years.map((year) => draw("text", { x: x(year), y: 199, "text-anchor": "middle", "font-size": 12, fill: "#56616d" }, year)));
    paths.forEach((found, at) => {
      const colour = at ? "#b83f00" : "#12436d";
      const edge = [...found.map((one, place) => `${x(years[place])},${y(one[2])}`), ...found.map((one, place) => `${x(years[place])},${y(one[0])}`).reverse()];
      parts.push(draw("polygon", { points: edge.join(" "), fill: colour, opacity: 0.18 }));
      parts.push(draw("polyline", { points: found.map((one, place) => `${x(years[place])},${y(one[1])}`).join(" "), fill: "none", stroke: colour, "stroke-width": 2.2, ...(at ? { "stroke-dasharray": "5 3" } : {}) }));
    });
    box.replaceChildren(...parts);
    const [first, last] = [years[0], years[years.length - 1]];
    const told = shown.map((place) => [place, ...[first, last].map((year) => value(place, "60+", year))]).map(([place, then, later]) =>
      text("atlas.chart_said", { place: title(place), first, last, then: middleOf(then, "60+", 1), later: number(later[1], "60+", unitOf("60+", [later])) }));
    box.setAttribute("aria-label", [text("atlas.chart"), ...told].join(state.lang === "zh" ? "，" : ", "));
    element("key").replaceChildren(...shown.map((place, at) => make("span", { class: `key${at ? " other" : ""}` }, title(place))));
  };
  const one = () => {
    const place = byCode.get(state.place), other = byCode.get(state.other);
    const shown = other ? [place, other] : [place];
    element("place-name").textContent = full(place);
    const above = byCode.get(place.above);
    const home = byCode.get(place.province.code);
    element("above").replaceChildren(text(`atlas.level.${place.level}`), " ", make("span", {}, place.code), ...(above || place !== home ? [" · ", text("atlas.above"), " ", make("button", { type: "button", on: () => set({ place: (above || home).code }) }, title(above || home))] : []));
    const card = (measure, year) => {
      const found = value(place, measure, year);
      return make("li", { class: "card" }, make("h3", {}, measure.startsWith("added_") ? text(`atlas.measure.${measure}`) : `${text(`atlas.measure.${measure}`)} · ${year}`), make("p", { class: "value" }, middleOf(found, measure, unitOf(measure, [found])), make("small", {}, range(found, measure, unitOf(measure, [found])))));
    };
    const elder = value(place, "60+", data.year);
    const nation = provinces.reduce((sum, province) => sum + value(byCode.get(province.code), "60+", data.year)[1], 0);
    const part = (whole) => `${((100 * elder[1]) / whole).toFixed(2)}%`;
    const peers = places.filter((peer) => (COUNTIES.includes(place.level) ? COUNTIES.includes(peer.level) : peer.level === place.level));
    const rank = (key, among) => text(key, { rank: 1 + among.filter((peer) => value(peer, "60+", data.year)[1] > elder[1]).length, places: among.length });
    const share = make("li", { class: "card" }, make("h3", {}, text("atlas.shares")), make("p", { class: "value" }, part(nation), make("small", {}, place === home ? "" : text("atlas.share_of", { province: part(value(home, "60+", data.year)[1]), nation: part(nation) }))),
      make("ul", {}, ...(place === home ? [] : [make("li", {}, rank("atlas.rank", peers.filter((peer) => peer.province === place.province)))]), make("li", {}, rank("atlas.rank_nation", peers))));
    element("cards").replaceChildren(card("60+", data.year), card(WHOLE, data.year), card("80+", data.year), card("added_need_beds", data.added), share);
    const warnings = [text("atlas.wide", { low: `${Math.round(100 * (1 - elder[0] / elder[1]))}%`, high: `${Math.round(100 * (elder[2] / elder[1] - 1))}%` })];
    if (value(place, "total", years[0])[1] < 1e5) warnings.push(text("atlas.small"));
    if (data.unmatched[place.code]) warnings.push(text(`atlas.unmatched.${data.unmatched[place.code]}`));
    if (place.level === "district") warnings.push(text("atlas.district"));
    element("warnings").textContent = warnings.join(" ");
    const heads = shown.flatMap((each) => years.map((year) => make("th", { scope: "col", class: "number" }, year, ...(other ? [make("small", {}, title(each))] : []))));
    element("numbers").replaceChildren(make("thead", {}, make("tr", {}, make("th", { scope: "col" }, text("atlas.measure")), ...heads)),
      make("tbody", {}, ...measures.map((measure) => make("tr", {}, make("th", { scope: "row" }, text(`atlas.measure.${measure}`)), ...shown.flatMap((each) => {
        const all = yearsOf(measure).map((year) => value(each, measure, year));
        const unit = unitOf(measure, all);
        const cells = all.map((found) => (found ? [middleOf(found, measure, unit), make("small", {}, range(found, measure, unit))] : null));
        if (!cells.some((cell) => cell)) return [make("td", { colspan: years.length, class: "one" }, text("atlas.blank"))];
        return cells.length < years.length ? [make("td", { colspan: years.length, class: "one" }, ...cells[0])] : cells.map((cell) => make("td", {}, ...(cell ?? [])));
      })))));
    const inner = places.filter((each) => each.above === place.code || (place.level === "province" && each.province === place.province && each.above === "" && each !== place));
    element("inside").replaceChildren(...(inner.length ? [text("atlas.inside"), ": ", ...inner.flatMap((each, at) => [...(at ? [" · "] : []), make("button", { type: "button", on: () => set({ place: each.code }) }, title(each))])] : []));
    const stocks = Object.entries(data.stocks[place.code] ?? {});
    element("stock").textContent = stocks.length ? text("atlas.stock_known", { stocks: stocks.map(([measure, [date, amount, unit]]) =>
      text("atlas.stock_dated", { stock: text(`atlas.stock.${measure}`), amount: `${amount.toLocaleString("en")}${text(`atlas.unit.${unit}`)}`, date })).join(state.lang === "zh" ? "；" : "; ") }) : text("atlas.stock");
    element("alone").hidden = !other;
    chart(shown);
  };
  const scores = () => {
    const heads = [["atlas.level"], ["atlas.size"], ["atlas.places_scored"], ...["60+", "65+", "80+"].flatMap((age) => [["atlas.mape", age], ["atlas.cover", age]])];
    element("scores").replaceChildren(make("thead", {}, make("tr", {}, ...heads.map(([key, age]) => make("th", { scope: "col", class: age ? "number" : "" }, text(key), ...(age ? [make("small", {}, age)] : []))))),
      make("tbody", {}, ...data.scores.map(([kind, size, places, ...found]) => make("tr", {}, make("th", { scope: "row" }, text(`atlas.level.${kind}`)), make("td", {}, text(`atlas.size.${size}`)), make("td", {}, places.toLocaleString("en")),
        ...found.map((score, at) => make("td", {}, `${score.toFixed(at % 2 ? 0 : 1)}%`))))));
  };
  const download = () => {
    const year = yearShown();
    const cell = (words) => (/[",\n]/.test(words) ? `"${words.replaceAll('"', '""')}"` : words);
    const heads = ["atlas.csv.code", "atlas.name", "atlas.level", "atlas.province", "atlas.year", "atlas.measure", "atlas.csv.low", "atlas.csv.median", "atlas.csv.high"].map((key) => text(key));
    const lines = [heads, ...sorted().filter((place) => value(place, state.measure, year)).map((place) => {
      const found = value(place, state.measure, year);
      return [place.code, place.name, text(`atlas.level.${place.level}`), provinceName(place.province), year, text(`atlas.measure.${state.measure}`), ...found.map((amount) => (state.measure === WHOLE ? amount.toFixed(3) : Math.round(amount)))];
    })];
    const file = URL.createObjectURL(new Blob(["\ufeff", `${lines.map((line) => line.map((words) => cell(String(words))).join(",")).join("\r\n")}\r\n`], { type: "text/csv" }));
    make("a", { href: file, download: `atlas_${state.measure}_${year}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(file), 1000);
  };

  const KEPT = ["lang", "place", "other", "measure", "year", "province", "level"];
  const read = () => {
    const asked = new URLSearchParams(location.hash.slice(1));
    for (const name of KEPT) if (asked.has(name)) state[name] = name === "year" ? Number(asked.get(name)) : asked.get(name);
    if (!byCode.has(state.place)) state.place = data.start;
    if (!measures.includes(state.measure)) state.measure = "60+";
    if (!years.includes(state.year)) state.year = data.year;
    if (!data.texts[state.lang]) state.lang = "zh";
    if (!["all", "counties", ...levels].includes(state.level)) state.level = "counties";
    if (!provinces.some((province) => province.id === state.province)) state.province = "";
  };
  const show = () => {
    document.documentElement.lang = state.lang === "zh" ? "zh-CN" : "en";
    for (const node of document.querySelectorAll("[data-text]")) node.textContent = text(node.dataset.text);
    document.title = text("atlas.title");
    element("subtitle").textContent = text("atlas.subtitle", { first: years[0], later: years.slice(1).join(state.lang === "zh" ? "、" : ", ") });
    element("method").textContent = text("atlas.method", data.method);
    controls();
    one();
    map();
    strip();
    table();
    scores();
    const kept = new URLSearchParams(KEPT.filter((name) => state[name] !== "").map((name) => [name, state[name]]));
    history.replaceState(null, "", `#${kept}`);
    document.body.dataset.shown = location.hash;
  };
  const set = (changes) => { Object.assign(state, { shown: 100 }, changes); show(); };
  for (const name of ["measure", "province", "level"]) element(name).addEventListener("change", (event) => set({ [name]: event.target.value, ...(name === "measure" ? { sort: "median", down: true } : {}) }));
  element("year").addEventListener("change", (event) => set({ year: Number(event.target.value) }));
  element("language").addEventListener("click", () => set({ lang: state.lang === "zh" ? "en" : "zh" }));
  element("more").addEventListener("click", () => { state.shown += 400; table(); });
  element("csv").addEventListener("click", download);
  element("print").addEventListener("click", () => print());
  element("choices").addEventListener("submit", (event) => event.preventDefault());
  search(element("search"), element("hits"), (code) => set({ place: code }));
  element("alone").addEventListener("click", () => set({ other: "" }));
  search(element("other"), element("other-hits"), (code) => set({ other: code }));
  addEventListener("hashchange", () => { read(); show(); });
  let wide = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== wide) { wide = innerWidth; one(); } });
  read();
  show();
})();
