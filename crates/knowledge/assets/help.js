// The help centre with a script: answers while typing, and the contact form knows what was read and looked for.
// Rule: everything works without it; it keeps nothing beyond the tab.
(() => {
  const kept = (name) => {
    try { return JSON.parse(sessionStorage.getItem(`mainstay-help-${name}`) || "[]"); } catch { return []; }
  };
  const keep = (name, id) => {
    const ids = [...kept(name).filter((known) => known !== id), id].slice(-10);
    try { sessionStorage.setItem(`mainstay-help-${name}`, JSON.stringify(ids)); } catch { /* full or forbidden */ }
  };
  const article = document.querySelector("article[data-article]");
  if (article) keep("read", article.dataset.article);
  for (const name of ["read", "searches"]) {
    const carried = document.querySelector(`input[name=${name}]`);
    if (carried) carried.value = [...new Set([...carried.value.split(",").filter(Boolean), ...kept(name)])].slice(-10).join(",");
  }

  const input = document.querySelector("input[type=search]");
  const list = document.querySelector(".found");
  const status = document.querySelector(".search .status");
  if (!input || !list || !status) return;
  const locale = input.dataset.locale;
  let waiting = 0;
  let settling = 0;
  let asked = 0;

  const ask = async (settled) => {
    const text = input.value.trim();
    const mine = ++asked;
    if (text.length < 2) return show([], "");
    const query = new URLSearchParams({ q: text, locale, limit: "6" });
    if (settled) query.set("settled", "true");
    const answer = await fetch(`/help/api/search?${query}`).catch(() => undefined);
    if (!answer?.ok || mine !== asked) return;
    const found = await answer.json();
    show(found.items, text, found.query_id);
    if (found.query_id) searched(found.query_id);
  };

  // Whoever finds nothing and writes instead takes along what was looked for, in another tab too.
  const searched = (query) => {
    keep("searches", query);
    for (const link of document.querySelectorAll(`a[href^="/help/${locale}/contact"]`)) {
      const to = new URL(link.href);
      to.searchParams.set("s", query);
      link.href = `${to.pathname}${to.search}`;
    }
  };

  const show = (items, text, query) => {
    list.replaceChildren(...items.map((item) => entry(item, text, query)));
    list.hidden = items.length === 0;
    status.textContent = text ? `${items.length} ${input.dataset.results}` : "";
  };

  const entry = (item, text, query) => {
    const link = document.createElement("a");
    const carried = new URLSearchParams(query ? { s: query } : { q: text });
    link.href = `${item.path}?${carried}`;
    link.textContent = item.title;
    const line = document.createElement("li");
    line.append(link);
    return line;
  };

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    clearTimeout(settling);
    waiting = setTimeout(() => ask(false), 120);
    // Whoever stops typing meant it.
    settling = setTimeout(() => ask(true), 1500);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { input.value = ""; show([], ""); }
    if (event.key === "ArrowDown") { list.querySelector("a")?.focus(); event.preventDefault(); }
  });
  list.addEventListener("keydown", (event) => {
    const line = document.activeElement?.closest("li");
    const next = event.key === "ArrowDown" ? line?.nextElementSibling : event.key === "ArrowUp" ? line?.previousElementSibling : null;
    if (event.key === "ArrowUp" && line && !next) input.focus();
    if (next) next.querySelector("a").focus();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") event.preventDefault();
    if (event.key === "Escape") input.focus();
  });
})();
