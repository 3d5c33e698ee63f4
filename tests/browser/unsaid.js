// What cannot be told without seeing it: figures without a text, tables without heads, headings out of order.
const found = [];
for (const picture of document.querySelectorAll("img, svg")) {
  if (!picture.checkVisibility() || picture.closest("[aria-hidden=true]")) continue;
  const said = picture.getAttribute("alt") || picture.getAttribute("aria-label") || picture.querySelector("title")?.textContent;
  if (!said || said.trim().length < 20) found.push("picture without a text: " + picture.outerHTML.slice(0, 80));
}
for (const table of document.querySelectorAll("table")) {
  if (!table.querySelector("thead th[scope=col]") || !table.querySelector("tbody th[scope=row]"))
    found.push("table without heads: " + table.textContent.trim().slice(0, 60));
}
let last = 0;
const headings = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((node) => !node.closest("[hidden]"));
for (const heading of headings) {
  const level = Number(heading.tagName[1]);
  if (level > last + 1 || !heading.textContent.trim()) found.push("heading: " + heading.outerHTML.slice(0, 80));
  last = level;
}
if (document.querySelectorAll("h1").length !== 1) found.push("h1: " + document.querySelectorAll("h1").length);
for (const control of document.querySelectorAll("input, select, button")) {
  if (!control.labels?.length && !control.textContent.trim()) found.push("control without a label: " + control.id);
}
if (!document.documentElement.lang || !document.title) found.push("page without a language or title");
return found;
