// What the explorer and the atlas share: data, words, elements, the address, files to download, the grid of a chart.
const element = (id) => document.getElementById(id);
const data = JSON.parse(element("data").textContent);
let state = { lang: "zh" };

if (!("DecompressionStream" in window)) element("notice").textContent = `${data.texts.zh[data.old]} ${data.texts.en[data.old]}`;
const packed = new Blob([Uint8Array.from(atob(data.packed), (sign) => sign.charCodeAt(0))]).stream();
Object.assign(data, await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).json());

const either = (zh, en) => (state.lang === "zh" ? zh : en);
const text = (key, values = {}) => data.texts[state.lang][key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const translate = (title) => {
  document.documentElement.lang = either("zh-CN", "en");
  document.title = text(title);
  for (const span of document.querySelectorAll("[data-text]")) span.textContent = text(span.dataset.text);
};

const SVG = ["svg", "line", "rect", "text", "polygon", "polyline"];
// An element with its attributes ("on" is what a click does) and content.
const make = (tag, { on, ...attributes } = {}, ...content) => {
  const made = SVG.includes(tag) ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (on) made.addEventListener("click", on);
  made.append(...content);
  return made;
};
const columnHead = (content, attributes = {}) => make("th", { scope: "col", ...attributes }, ...[content].flat());
const rowOf = (head, cells, attributes = {}) => make("tr", attributes, make("th", { scope: "row" }, ...[head].flat()), ...cells);
const tableOf = (heads, rows) => [make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows)];
// Options of a choice, [value, words, missing], in groups with a label or without one; the state says which is chosen.
const fill = (id, ...groups) => element(id).replaceChildren(...groups.flatMap(([label, options]) => {
  const made = options.map(([value, words, missing = false]) =>
    Object.assign(new Option(missing ? words + text("explore.none") : words, value), { disabled: missing, selected: String(value) === String(state[id]) }));
  return label ? [make("optgroup", { label }, ...made)] : made;
}));

// The state as the address has it, so that a view can be kept and sent: of each name one of its values, or any text.
const fromAddress = (start, allowed) => {
  const found = { ...start };
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
    const chosen = name === "year" ? Number(value) : value;
    if (allowed[name] === "any" || allowed[name]?.includes(chosen)) found[name] = chosen;
  }
  return found;
};
// What a click on a button does, by id; what an event on one of the choices does.
const onClick = (actions) => { for (const [id, act] of Object.entries({ print: () => print(), ...actions })) element(id).addEventListener("click", act); };
const onChoice = (event, names, act) => element("choices").addEventListener(event, ({ target: { id, value } }) => {
  if (names.includes(id)) act(id, id === "year" ? Number(value) : value);
});
const remember = (entries) => {
  history.replaceState(null, "", `#${new URLSearchParams(entries)}`);
  document.body.dataset.shown = location.hash;
};
// Show the state of the address now and whenever it changes, and what hangs on the width of the window anew.
const follow = (read, resized) => {
  addEventListener("hashchange", read);
  let wide = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== wide) { wide = innerWidth; resized(); } });
  read();
};

// Rows as a table that spreadsheets open by a double click.
const csvOf = (rows) => {
  const quote = (value) => (/[",\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : value);
  return `\ufeff${rows.map((row) => row.map(quote).join(",")).join("\r\n")}\r\n`;
};
const download = (name, content) => {
  const href = URL.createObjectURL(new Blob([content], { type: "text/csv" }));
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
};

// Round values from zero to the first that is not below `most`, in at most so many steps; and their lines in a chart.
const ticks = (most, steps) => {
  const step = [1, 2, 2.5, 5, 10].map((part) => part * 10 ** Math.floor(Math.log10(most / 4))).find((part) => most / part <= steps);
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, at) => at * step);
};
const grid = (values, y, left, right, say) => values.flatMap((value) => [
  make("line", { x1: left, x2: right, y1: y(value), y2: y(value), stroke: "#d5dbe1" }),
  make("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end", "font-size": 12, fill: "#56616d" }, say(value)),
]);
