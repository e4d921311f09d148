/* What Dash leaves to the page: links that redraw instead of loading, marks of charts that are links, pictures,
   light and dark. Nothing here knows what is shown. */
(() => {
  "use strict";

  const root = document.documentElement;

  // The component HtmlBlock: HTML from a template. What was in focus and which menus were open stays so.
  const nameOf = (element) => element.id || `${element.closest("[id]")?.id} ${element.tagName} ${element.firstElementChild?.textContent ?? element.textContent}`;

  // What was in focus may be gone: then the focus goes to the title of its card, or to what lifts all filters.
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
      old.classList.toggle("nothing-here", old.querySelector(".nothing") !== null); // :has() would cost time at every change
      open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
      if (focused) focusOn([...old.querySelectorAll("a, button, summary")].find((each) => nameOf(each) === focused) ?? old);
    }, [html]);
    return React.createElement("div", { ref: block, className: "block" });
  };
  window.dashboards = { HtmlBlock };

  // Light or dark: as the system has it, until somebody chooses.
  const CHOICE = "theme";
  const kept = () => { try { return localStorage; } catch { return { getItem: () => null, setItem: () => {} }; } }; // may be forbidden
  const isDark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const setTheme = (theme) => {
    if (theme) root.dataset.theme = theme;
    document.body.dataset.agThemeMode = isDark() ? "dark" : "light"; // the name AG Grid goes by
  };
  setTheme(kept().getItem(CHOICE));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTheme());

  // Go to another address of these pages: dcc.Location hears this event and the page is drawn anew.
  const PAGES = /^\/dashboards\/(sales|customers)$/;
  const go = (href) => {
    if (new URL(href, location).href === location.href) return location.reload(); // Dash would not ask for it again
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
      kept().setItem(CHOICE, theme);
      setTheme(theme);
    }
    if (target.matches("button.png")) savePicture(target.dataset.card);
    if (target.matches("a.skip")) {
      event.preventDefault(); // another address, if only by its hash, would be drawn anew
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
    const mark = event.target.closest?.("[data-href]");
    if (mark && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      followed = { plot: mark.closest(".js-plotly-plot"), text: mark.getAttribute("aria-label") };
      go(mark.dataset.href);
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

  let followed = null; // the mark of a chart that the keyboard followed, for the focus to come back to

  // Marks of charts are links: for the mouse by Plotly's events, for the keyboard as elements that take the focus.
  const hrefOf = (plot, piece) => {
    const template = plot.layout?.meta?.href;
    return piece && (template ? template.replaceAll("{}", piece) : piece);
  };

  const bind = (plot) => {
    plot.dataset.bound = "true";
    const follow = (event) => {
      const href = hrefOf(plot, event.points?.find((point) => point.customdata)?.customdata);
      if (href) {
        // The label of the mark goes with the click, or Plotly would write it anew, and the chart would take twice as long.
        plot.querySelector(".nsewdrag")?.dispatchEvent(new MouseEvent("mouseout"));
        go(href);
      }
    };
    plot.on("plotly_click", follow);
    plot.on("plotly_afterplot", () => reach(plot));
    reach(plot);
  };

  const reach = (plot) => {
    plot.querySelectorAll(".barlayer .trace:first-child .point > path").forEach((path) => {
      const { i, s: size } = path.parentNode.__data__ ?? {};
      const bar = plot.data[0];
      label(path, hrefOf(plot, bar.customdata?.[i]), `${bar.x[i]?.replace("<br>", " ")}: ${size?.toLocaleString("en")}`);
    });
    if (followed?.plot !== plot) return;
    const name = followed.text.split(":")[0];
    focusOn([...plot.querySelectorAll("[data-href]")].find((mark) => mark.getAttribute("aria-label").split(":")[0] === name) ?? plot);
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
      const here = document.querySelector("header .here");
      if (here) document.title = `${here.textContent.trim()} – Sales warehouse`;
    });
  }).observe(document.body, { childList: true, subtree: true });

  // Plotly reads some HTML in texts.
  const escaped = (text) => text.replace(/[<&]/g, (sign) => (sign === "<" ? "&lt;" : "&amp;"));

  // A picture of a card, on white: of a chart as it is, of bars and tables a chart of the same figures.
  const savePicture = (name) => {
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

  // When no answer comes, say so: the picture that is still there is not the one that was asked for.
  const send = window.fetch;
  window.fetch = async (...request) => {
    const isDraw = String(request[0]?.url ?? request[0]).includes("_dash-update-component");
    try {
      const answer = await send(...request);
      if (isDraw) notice(answer.ok || answer.status === 204 ? "" : `${answer.status === 410 ? "A newer day is served: load the page again." : `The server refused (${answer.status}).`} What is shown is what was shown before.`);
      return answer;
    } catch (error) {
      if (isDraw) notice("The server does not answer. What is shown is what was shown before.");
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
