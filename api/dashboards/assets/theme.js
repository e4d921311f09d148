/* What all pages need: the light and dark themes, whether the page is shown in a frame, and one page of paper. */
(() => {
  "use strict";

  const root = document.documentElement;
  root.classList.toggle("framed", window.top !== window);

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

  // A page is printed as it is on the screen, in the size at which it fits onto A4 without its margins. If that were too
  // small to read, only its width fits.
  const PAPER = { width: 733, height: 1062, least: 0.42 };
  addEventListener("beforeprint", () => {
    const width = PAPER.width / innerWidth, height = PAPER.height / document.body.scrollHeight;
    const zoom = height < PAPER.least ? width : Math.min(width, height);
    root.style.setProperty("--paper-width", `${innerWidth}px`);
    root.style.setProperty("--paper-zoom", zoom);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("button")?.id !== "theme") return;
    const theme = isDark() ? "light" : "dark";
    storage().setItem(CHOICE, theme);
    setTheme(theme);
  });
})();
