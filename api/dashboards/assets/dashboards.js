/* The script of the dashboards: navigation without reloading, links in Plotly's charts, cards saved as PNG, search in
   menus. */
(() => {
  "use strict";

  // The component HtmlBlock: HTML from a template. Replacing it keeps the keyboard focus and open menus.
  const nameOf = (element) => element.id || `${element.closest("[id]")?.id} ${element.tagName} ${element.firstElementChild?.textContent ?? element.textContent}`;

  // If the focused element is gone, focus the title of its card, or the Reset button.
  const focusOn = (element) => {
    const goal = element.matches(".block, .js-plotly-plot") ? element.closest("section")?.querySelector("h2") ?? document.getElementById("reset") : element;
    goal?.focus({ preventScroll: true });
  };

  // The options of a menu lead to the page as it is, with their value added to the filter or removed.
  const linkOptions = (menu) => {
    if (!menu.dataset.filter) return;
    const { here } = menu.closest("[data-here]").dataset, name = menu.dataset.filter;
    menu.querySelectorAll(".option:not([href])").forEach((option) => {
      const address = new URL(here, location), { value } = option.dataset;
      if (option.ariaCurrent) address.searchParams.delete(name, value);
      else address.searchParams.append(name, value);
      option.href = address.pathname + address.search;
    });
  };
  // At the click, because the next key may come before the event of the opened menu; that event for all else that opens it.
  document.addEventListener("toggle", (event) => { if (event.target.open) linkOptions(event.target); }, true); // it does not bubble

  const HtmlBlock = ({ id, html }) => {
    const block = React.useRef(null);
    React.useLayoutEffect(() => {
      const old = block.current;
      const focused = old.contains(document.activeElement) ? nameOf(document.activeElement) : null;
      const open = [...old.querySelectorAll("details[open]")].map((menu) => menu.id);
      old.innerHTML = html;
      old.classList.toggle("without-data", old.querySelector(".no-data") !== null); // a class, because :has() would slow down every change
      open.forEach((id) => {
        const menu = document.getElementById(id);
        menu?.setAttribute("open", "");
        if (menu) linkOptions(menu); // now, because an option without a link cannot have the focus
      });
      // After the other blocks are replaced, because the focus makes the browser lay the page out.
      if (focused) queueMicrotask(() => focusOn([...old.querySelectorAll("a, button, summary")].find((each) => nameOf(each) === focused) ?? old));
    }, [html]);
    return React.createElement("div", { ref: block, className: `block block-${id}` });
  };
  window.dashboards = { HtmlBlock };

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
    if (target.matches("summary")) linkOptions(target.parentElement);
    if (target.matches("button.png")) savePng(target.dataset.card);
    if (target.matches("a.skip")) {
      event.preventDefault(); // a URL with another hash would be redrawn
      document.getElementById(target.hash.slice(1))?.focus();
    }
    if (target.matches(".menu > a:not(.option)")) target.closest("details").open = false; // one choice is all there is
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

  document.addEventListener("input", (event) => {
    if (!event.target.matches(".find")) return;
    const wanted = event.target.value.toLowerCase();
    event.target.parentElement.querySelectorAll("a").forEach((option) => { option.hidden = !option.textContent.toLowerCase().includes(wanted); });
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

  // A chart outside the screen is drawn after the page is painted, because the figures that can be seen come first.
  const painted = () => new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve)); });
  document.addEventListener("DOMContentLoaded", () => {
    const { react } = Plotly;
    Plotly.react = async (plot, ...figure) => {
      const { top, bottom } = plot.getBoundingClientRect();
      if (top >= innerHeight || bottom <= 0) await painted();
      return react(plot, ...figure);
    };
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
    // If the button is pressed within 50 ms after a move, Plotly forgets what is below the mouse, and a short click with it.
    plot.on("plotly_unhover", ({ points }) => { if (plot._dragging) plot._hoverdata = points; });
    plot.on("plotly_afterplot", () => labelBars(plot));
    labelBars(plot);
  };

  const labelBars = (plot) => {
    if (!plot.data) return; // an empty card
    const place = plot.data.findIndex((trace) => trace.customdata) + 1; // the year before has no links
    plot.querySelectorAll(`.barlayer .trace:nth-child(${place}) .point > path`).forEach((path) => {
      const { i, s: size } = path.parentNode.__data__ ?? {};
      const bar = plot.data[place - 1];
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

  let waiting = false, rowsWereShown = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      document.querySelectorAll("main .js-plotly-plot:not([data-bound])").forEach((plot) => plot.on && bind(plot));
      const rows = document.getElementById("rows");
      if (rows && !rowsWereShown) rows.scrollIntoView({ block: "start" });
      rowsWereShown = rows !== null;
      const title = document.querySelector("header .page-title");
      if (title) document.title = `${title.textContent.trim()} – Sales warehouse`;
    });
  }).observe(document.body, { childList: true, subtree: true });

  // Save a card as PNG: a picture of the card itself, with the selection and the business date as its caption.
  const savePng = async (name) => {
    const card = document.getElementById(name);
    const day = document.getElementById("business-date").textContent;
    card.querySelector(".caption").textContent = `${document.querySelector(".summary").textContent} · business date ${day}`;
    card.classList.add("saved");
    try {
      const options = { pixelRatio: 2, skipFonts: true, backgroundColor: getComputedStyle(card).backgroundColor, filter: (node) => !node.matches?.(".png, .levels") };
      const link = document.createElement("a");
      link.href = await htmlToImage.toPng(card, options);
      link.download = `${name}-${day.replaceAll(" ", "-")}.png`;
      link.click();
    } finally {
      card.classList.remove("saved");
    }
  };

  // Ask for the page of a link when the mouse button is pressed: the answer is then on its way when it is released and
  // Dash asks. Dash's last request shows how to ask.
  const send = window.fetch;
  let last = null, early = null; // the last request, and the one at the press with its answer
  document.addEventListener("pointerdown", (event) => {
    early = null;
    const link = event.target.closest("a[href]"), plot = event.target.closest(".js-plotly-plot");
    const href = link ? link.href : plot && hrefOf(plot, plot._hoverdata?.find((point) => point.customdata)?.customdata);
    if (!href || !last || event.pointerType !== "mouse" || event.button !== 0) return;
    const address = new URL(href, location);
    if (!PAGES.test(address.pathname) || address.hash || address.href === location.href) return;
    const body = JSON.parse(last[1].body);
    body.inputs[0].value = address.href;
    const request = [last[0], { ...last[1], body: JSON.stringify(body) }];
    early = { request, answer: send(...request) };
    early.answer.catch(() => {}); // Dash sees the error, if it asks
  });

  const ask = (...request) => {
    if (!request[1]?.body?.includes("location.href")) return send(...request); // rows of a table
    const isSame = early && request[0] === early.request[0] && request[1].body === early.request[1].body;
    const { answer } = isSame ? early : { answer: send(...request) };
    [last, early] = [request, null];
    return answer;
  };

  // Show a notice if a request fails, because the page still shows the figures before it.
  window.fetch = async (...request) => {
    const isDraw = String(request[0]?.url ?? request[0]).includes("_dash-update-component");
    try {
      const response = await (isDraw ? ask : send)(...request);
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
