// Runs before the first paint, so that no page flashes in the wrong colours.
(function () {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const read = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };
  const paint = () => {
    const theme = read("theme") || "system";
    root.dataset.bsTheme = theme === "system" ? (dark.matches ? "dark" : "light") : theme;
    root.dataset.density = read("density") || "normal";
  };
  dark.addEventListener("change", paint);
  addEventListener("storage", paint);
  addEventListener("chartroom:preferences", paint);
  paint();
})();
