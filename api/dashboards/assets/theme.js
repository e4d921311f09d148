/* The light and dark themes of all pages, and whether a page is shown in a frame. */
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

  document.addEventListener("click", (event) => {
    if (event.target.closest("button")?.id !== "theme") return;
    const theme = isDark() ? "light" : "dark";
    storage().setItem(CHOICE, theme);
    setTheme(theme);
  });
})();
