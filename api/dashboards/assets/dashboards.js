/* The script of the dashboards: navigation without reloading, links in Plotly's charts, cards saved as PNG, and the
   light and dark themes. */
(() => {
  "use strict";

  const root = document.documentElement;

  // The component HtmlBlock: HTML from a template. Replacing it keeps the keyboard focus and open menus.
  const nameOf = (element) => element.id || `${element.closest("[id]")?.id} ${element.tagName} ${element.firstElementChild?.textContent ?? element.textContent}`;

  // If the focused element is gone, focus the title of its card, or the Reset button.
  const focusOn = (element) => {
    const goal = element.matches(".block, .js-plotly-plot") ? element.closest("section")?.querySelector("h2") ?? document.getElementById("reset") : element;
    goal?.focus({ preventScroll: true });
  };

  const HtmlBlock = ({ html }) => {
    const block = React.useRef(null);
    React.useLayoutEffect(() => {
      const old = block.current;
      const focused = old.contains(document.activeElement) ? nameOf(document.activeElement) : null;
      const open = [...old.querySelectorAll("details[open]")].map((menu) => menu.id);
      old.innerHTML = html;
      old.classList.toggle("without-data", old.querySelector(".no-data") !== null); // a class, because :has() would slow down every change
      open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
      if (focused) focusOn([...old.querySelectorAll("a, button, summary")].find((each) => nameOf(each) === focused) ?? old);
    }, [html]);
    return React.createElement("div", { ref: block, className: "block" });
  };
  window.dashboards = { HtmlBlock };

  // The theme follows the system until the user chooses one.
  const CHOICE = "theme";
  const storage = () => { try { return localStorage; } catch { return { getItem: () => null, setItem: () => {} }; } }; // access may be forbidden
  const isDark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const setTheme = (theme) => {
    if (theme) root.dataset.theme = theme;
    document.body.dataset.agThemeMode = isDark() ? "dark" : "light"; // read by AG Grid
  };
  setTheme(storage().getItem(CHOICE));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTheme());

  // Navigate to another URL of the dashboards: dcc.Location listens for this event, and the page is redrawn.
  const PAGES = /^\/dashboards\/(sales|customers)$/;
  const go = (href) => {
    if (new URL(href, location).href === location.href) return location.reload(); // Dash ignores an unchanged URL
    history.pushState({}, "", href);
    dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  };

  document.addEventListener("click", (event) => {
    const target = event.target.closest("a, button, summary");
    document.querySelectorAll("details[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    if (!target) return;
    if (target.id === "theme") {
      const theme = isDark() ? "light" : "dark";
      storage().setItem(CHOICE, theme);
      setTheme(theme);
    }
    if (target.matches("button.png")) savePng(target.dataset.card);
    if (target.matches("a.skip")) {
      event.preventDefault(); // a URL with another hash would be redrawn
      document.getElementById(target.hash.slice(1))?.focus();
    }
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (target.matches("a[href]") && plain && PAGES.test(target.pathname) && !target.hash) {
      event.preventDefault();
      go(target.href);
    }
  });

  document.addEventListener("keydown", (event) => {
    const open = document.querySelector("details[open]");
    if (event.key === "Escape" && open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
    const element = event.target.closest?.("[data-href]");
    if (element && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      followed = { plot: element.closest(".js-plotly-plot"), text: element.getAttribute("aria-label") };
      go(element.dataset.href);
    }
  });

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "dates") return;
    event.preventDefault();
    const address = new URL(location.href);
    address.searchParams.delete("period");
    address.searchParams.delete("by");
    for (const [name, value] of new FormData(event.target)) address.searchParams.set(name, value);
    go(address.href);
  });

  let followed = null; // the chart element opened by keyboard, which gets the focus back

  // Elements of charts are links: Plotly's events serve the mouse; for the keyboard they get a tabindex and a role.
  const hrefOf = (plot, data) => {
    const template = plot.layout?.meta?.href;
    return data && (template ? template.replaceAll("{}", data) : data);
  };

  const bind = (plot) => {
    plot.dataset.bound = "true";
    const follow = (event) => {
      const href = hrefOf(plot, event.points?.find((point) => point.customdata)?.customdata);
      if (href) {
        // Hide the hover label first. Otherwise Plotly redraws it, and the chart takes twice as long.
        plot.querySelector(".nsewdrag")?.dispatchEvent(new MouseEvent("mouseout"));
        go(href);
      }
    };
    plot.on("plotly_click", follow);
    plot.on("plotly_afterplot", () => labelBars(plot));
    labelBars(plot);
  };

  const labelBars = (plot) => {
    plot.querySelectorAll(".barlayer .trace:first-child .point > path").forEach((path) => {
      const { i, s: size } = path.parentNode.__data__ ?? {};
      const bar = plot.data[0];
      label(path, hrefOf(plot, bar.customdata?.[i]), `${bar.x[i]?.replace("<br>", " ")}: ${size?.toLocaleString("en")}`);
    });
    if (followed?.plot !== plot) return;
    const name = followed.text.split(":")[0];
    focusOn([...plot.querySelectorAll("[data-href]")].find((element) => element.getAttribute("aria-label").split(":")[0] === name) ?? plot);
    followed = null;
  };

  const label = (element, href, text) => {
    if (!href) return;
    element.dataset.href = href;
    element.setAttribute("tabindex", "0");
    element.setAttribute("role", "link");
    element.setAttribute("aria-label", text);
  };

  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      document.querySelectorAll("main .js-plotly-plot:not([data-bound])").forEach((plot) => plot.on && bind(plot));
      const title = document.querySelector("header .page-title");
      if (title) document.title = `${title.textContent.trim()} – Sales warehouse`;
    });
  }).observe(document.body, { childList: true, subtree: true });

  // Escape texts, because Plotly interprets some HTML.
  const escaped = (text) => text.replace(/[<&]/g, (sign) => (sign === "<" ? "&lt;" : "&amp;"));

  // Save a card as PNG on white. Cards of HTML are drawn as a chart of the same figures.
  const savePng = (name) => {
    const card = document.getElementById(name);
    const title = card.querySelector("h2").textContent;
    const shown = escaped(document.querySelector(".summary").textContent);
    const plots = [...card.querySelectorAll(".js-plotly-plot")];
    const figure = plots.length ? copyOf(plots[0]) : card.querySelector("table") ? chartOfTable(card) : card.querySelector(".areas") ? chartOfAreas(card) : chartOfBars(card);
    const layout = {
      ...figure.layout,
      title: { text: title, subtitle: { text: shown }, x: 0.02, font: { size: 18 } },
      paper_bgcolor: "#fff",
      plot_bgcolor: "#fff",
      font: { ...figure.layout.font, color: "#1b2733" },
      margin: { l: 60, r: 40, t: 80, b: 50 },
      height: undefined,
    };
    Plotly.downloadImage({ data: figure.data, layout }, { format: "png", width: 1200, height: 675, scale: 2, filename: `${name}-${document.getElementById("business-date").textContent.replaceAll(" ", "-")}` });
  };

  const copyOf = (plot) => JSON.parse(JSON.stringify({ data: plot.data, layout: plot.layout }));
  const number = (text) => Number(text.replaceAll(",", "").replace("−", "-").replace("%", ""));

  const chartOfBars = (card) => {
    const bars = [...card.querySelectorAll(".bar")].reverse();
    const text = (bar, place) => bar.children[place].textContent;
    return {
      data: [{ type: "bar", orientation: "h", y: bars.map((bar) => text(bar, 0)), x: bars.map((bar) => number(text(bar, 1))), text: bars.map((bar) => text(bar, 1)), marker: { color: "#0072B2" } }],
      layout: { yaxis: { type: "category", automargin: true }, xaxis: { automargin: true, tickformat: ",~s" }, font: {} },
    };
  };

  const chartOfAreas = (card) => {
    const areas = [...card.querySelectorAll(".area")];
    const texts = areas.map((area) => [...area.querySelectorAll(":scope > a > span")].map((line) => escaped(line.textContent)));
    return {
      data: [{ type: "treemap", ids: areas.map((_, place) => `${place}`), parents: areas.map((area) => `${areas.indexOf(area.parentElement.closest(".area"))}`.replace("-1", "")), labels: texts.map(([first]) => first), text: texts.map(([, ...others]) => others.join("<br>")), values: areas.map((area) => Number(area.dataset.value)), marker: { colors: areas.map((area) => area.style.backgroundColor) }, textinfo: "label+text" }],
      layout: { font: {} },
    };
  };

  const chartOfTable = (card) => {
    const rows = [...card.querySelectorAll("tbody tr")];
    const heads = [...card.querySelectorAll("thead th")].slice(1).map((head) => head.textContent);
    const cells = rows.map((row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent));
    const z = cells.map((row) => row.map((text) => (text === "" ? null : number(text))));
    return {
      data: [{ type: "heatmap", x: heads, y: rows.map((row) => row.querySelector("th").textContent), z, text: cells, texttemplate: "%{text}", colorscale: [[0, "#EBF3F9"], [1, "#0072B2"]], showscale: false, xgap: 2, ygap: 2 }],
      layout: { yaxis: { type: "category", autorange: "reversed", automargin: true }, xaxis: { type: "category", automargin: true, side: "top" }, font: {} },
    };
  };

  // Show a notice if a request fails, because the page still shows the figures before it.
  const send = window.fetch;
  window.fetch = async (...request) => {
    const isDraw = String(request[0]?.url ?? request[0]).includes("_dash-update-component");
    try {
      const response = await send(...request);
      if (isDraw) notice(response.ok || response.status === 204 ? "" : `${response.status === 410 ? "Another sync run is served now: reload the page." : `The request failed (${response.status}).`} The page still shows the figures from before.`);
      return response;
    } catch (error) {
      if (isDraw) notice("The server does not answer. The page still shows the figures from before.");
      throw error;
    }
  };

  const notice = (text) => {
    let box = document.getElementById("notice");
    if (!box && text) {
      box = document.createElement("div");
      box.id = "notice";
      box.setAttribute("role", "alert");
      document.body.prepend(box);
    }
    if (box) {
      box.textContent = text;
      box.hidden = !text;
    }
  };
})();
