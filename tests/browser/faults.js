// What is wrong with a page as it is drawn, by kind: lists of what is found.
const scrolls = (node) => {
  for (; node && node !== document.body; node = node.parentElement)
    if (["auto", "scroll"].includes(getComputedStyle(node).overflowX)) return true;
  return false;
};
const clipped = (node) => {
  for (; node; node = node.parentElement) if (getComputedStyle(node).clipPath !== "none") return true;
  return false;
};
const box = (node) => {
  while (["inline", "contents"].includes(getComputedStyle(node).display)) node = node.parentElement;
  return node.getBoundingClientRect();
};
const parse = (colour) => {
  const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
  const size = colour.startsWith("color(srgb") ? 255 : 1; // a mixed colour is told in parts of one
  return [r * size, g * size, b * size, a];
};
const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const behind = (node) => {
  for (; node; node = node.parentElement) {
    const colour = parse(getComputedStyle(node).backgroundColor);
    if (colour[3] === 1) return colour;
  }
  return [255, 255, 255, 1];
};

// Outside: text that leaves the box it stands in, or the window, outside of what scrolls or is meant to be hidden.
// Faint: text whose contrast with what lies behind it is below WCAG 2 AA: 4.5, or 3 for large letters.
const outside = [], faint = new Set();
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let text; (text = walker.nextNode()); ) {
  const parent = text.parentElement, style = getComputedStyle(parent);
  if (!text.textContent.trim() || parent.closest("svg, script, style, noscript") || !parent.checkVisibility()) continue;
  const [one, two] = [light(parse(style.color)), light(behind(parent))].sort((a, b) => b - a);
  const contrast = (one + 0.05) / (two + 0.05);
  if (contrast < (parseFloat(style.fontSize) >= 24 ? 3 : 4.5)) faint.add(`${contrast.toFixed(2)} ${parent.tagName}.${parent.className}`);
  if (parent.closest("math, .skip, select, [hidden]") || clipped(parent)) continue;
  const range = document.createRange(), around = box(parent);
  range.selectNodeContents(text);
  if ([...range.getClientRects()].some((line) => line.width && (line.left < around.left - 1.5 || line.right > around.right + 1.5
    || (!scrolls(parent) && (line.left < -1 || line.right > innerWidth + 1))))) outside.push(`${parent.tagName}: ${text.textContent.trim().slice(0, 60)}`);
}

// Overlapping: texts of a figure that lie over one another or leave it.
const overlapping = [...document.querySelectorAll("figure svg")].flatMap((svg) => {
  const texts = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
  const frame = svg.getBoundingClientRect();
  const out = texts.filter(([, box]) => box.left < frame.left - 1 || box.right > frame.right + 1
    || box.top < frame.top - 1 || box.bottom > frame.bottom + 1).map(([said]) => `outside: ${said}`);
  const over = texts.flatMap(([said, a], i) => texts.slice(i + 1).filter(([, b]) => a.left < b.right - 1
    && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3).map(([other]) => `${said} over ${other}`));
  return [...out, ...over];
});

// Unsaid: figures without a text, tables without heads, headings out of order, controls without a label.
const unsaid = [];
for (const picture of document.querySelectorAll("img, svg")) {
  if (!picture.checkVisibility() || picture.closest("[aria-hidden=true]")) continue;
  const said = picture.getAttribute("alt") || picture.getAttribute("aria-label") || picture.querySelector("title")?.textContent;
  if (!said || said.trim().length < 20) unsaid.push("picture without a text: " + picture.outerHTML.slice(0, 80));
}
for (const table of document.querySelectorAll("table")) {
  if (!table.querySelector("thead th[scope=col]") || !table.querySelector("tbody th[scope=row]"))
    unsaid.push("table without heads: " + table.textContent.trim().slice(0, 60));
}
let last = 0;
for (const heading of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
  if (heading.closest("[hidden]")) continue;
  const level = Number(heading.tagName[1]);
  if (level > last + 1 || !heading.textContent.trim()) unsaid.push("heading: " + heading.outerHTML.slice(0, 80));
  last = level;
}
if (document.querySelectorAll("h1").length !== 1) unsaid.push("h1: " + document.querySelectorAll("h1").length);
for (const control of document.querySelectorAll("input, select, button")) {
  if (!control.labels?.length && !control.textContent.trim()) unsaid.push("control without a label: " + control.id);
}
if (!document.documentElement.lang || !document.title) unsaid.push("page without a language or title");
return { outside, faint: [...faint], overlapping, unsaid };
