// Sorting and filtering of the list of anomalies. The page is complete without it.
"use strict";
(function () {
  const list = document.getElementById("list");
  if (!list) return;
  const body = list.tBodies[0];
  const rows = Array.from(body.rows);
  const articleOf = new Map();
  for (const row of rows) {
    const link = row.querySelector("a[href^='#']");
    const article = link && document.getElementById(link.getAttribute("href").slice(1));
    if (article) articleOf.set(row, article);
  }

  function value(row, column) {
    const cell = row.cells[column];
    return cell.dataset.v !== undefined ? Number(cell.dataset.v) : cell.textContent.trim();
  }

  function compare(a, b) {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b));
  }

  function sort(column, head) {
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of list.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const sign = down ? -1 : 1;
    const sorted = rows.slice().sort(
      (a, b) => sign * compare(value(a, column), value(b, column)));
    for (const row of sorted) {
      body.appendChild(row);
      const article = articleOf.get(row);
      if (article) article.parentNode.appendChild(article);
    }
  }

  const heads = Array.from(list.tHead.rows[0].cells);
  function offerSorting() {
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.addEventListener("click", () => sort(column, head));
      head.replaceChildren(button);
    });
  }
  // Browsers leave buttons out where they repeat a table's head on the next sheet.
  addEventListener("beforeprint", () => {
    heads.forEach((head) => head.replaceChildren(head.textContent));
  });
  addEventListener("afterprint", offerSorting);
  offerSorting();

  const tools = document.createElement("div");
  const text = document.createElement("input");
  const severity = document.createElement("select");
  const count = document.createElement("span");
  tools.className = "tools";
  text.type = "search";
  text.placeholder = "Filter: account, date, pattern \u2026";
  text.setAttribute("aria-label", "Filter the anomalies by text");
  severity.setAttribute("aria-label", "Filter the anomalies by severity");
  count.className = "dim";
  count.setAttribute("role", "status");
  const severities = [...new Set(rows.map((row) => row.dataset.s))];
  severity.add(new Option("all severities", ""));
  for (const name of severities) severity.add(new Option(name, name));

  const content = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  function filter() {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const fits = (severity.value === "" || row.dataset.s === severity.value) &&
        words.every((word) => content.get(row).includes(word));
      row.hidden = !fits;
      const article = articleOf.get(row);
      if (article) article.hidden = !fits;
      shown += fits;
    }
    count.textContent = shown === rows.length ? "" : shown + " of " + rows.length + " shown";
  }
  text.addEventListener("input", filter);
  severity.addEventListener("change", filter);
  tools.append(text, severity, count);
  list.parentNode.before(tools);
})();
