// Text that leaves the box it stands in, or the window, outside of what scrolls or is meant to be hidden.
const scrolls = (node) => {
  for (; node && node !== document.body; node = node.parentElement)
    if (["auto", "scroll"].includes(getComputedStyle(node).overflowX)) return true;
  return false;
};
const clipped = (node) => {
  for (; node; node = node.parentElement) if (getComputedStyle(node).clipPath !== "none") return true;
  return false;
};
const hidden = (node) => node.closest(".skip, .watermark, script, style, noscript, select, [hidden]") !== null
  || !node.checkVisibility() || clipped(node);
const box = (node) => {
  while (getComputedStyle(node).display === "inline" || getComputedStyle(node).display === "contents") node = node.parentElement;
  return node.getBoundingClientRect();
};
const found = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let text; (text = walker.nextNode()); ) {
  const parent = text.parentElement;
  if (!text.textContent.trim() || parent.closest("svg, math") || hidden(parent)) continue;
  const range = document.createRange();
  range.selectNodeContents(text);
  const around = box(parent);
  for (const line of range.getClientRects()) {
    const out = line.left < around.left - 1.5 || line.right > around.right + 1.5;
    const lost = !scrolls(parent) && (line.left < -1 || line.right > innerWidth + 1);
    if (line.width && (out || lost)) { found.push(parent.tagName + ": " + text.textContent.trim().slice(0, 60)); break; }
  }
}
for (const svg of document.querySelectorAll("svg")) {
  const around = svg.getBoundingClientRect();
  for (const text of svg.querySelectorAll("text")) {
    const line = text.getBoundingClientRect();
    if (!line.width || getComputedStyle(text).opacity === "0") continue;
    if (line.left < around.left - 2 || line.right > around.right + 2 || line.top < around.top - 2 || line.bottom > around.bottom + 2)
      found.push("svg: " + text.textContent.trim().slice(0, 60));
  }
}
return found;
