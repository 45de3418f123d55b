/**
 * Light or dark: the reader's choice where there is one, else the system's.
 *
 * Loaded before the first paint, so a page kept dark never flashes white. Storage may be switched off in the
 * browser: then the choice lasts as long as the page.
 */
const KEY = "stocktalk.theme";
const systemDark = matchMedia("(prefers-color-scheme: dark)");

let chosen = null;
try {
  chosen = localStorage.getItem(KEY);
} catch {
  chosen = null;
}
apply();

/** "light" or "dark", as shown now. */
export function theme() {
  return chosen ?? (systemDark.matches ? "dark" : "light");
}

/** Shows the other theme. A choice that equals the system's is forgotten, so the page follows the system again. */
export function switchTheme() {
  const other = theme() === "dark" ? "light" : "dark";
  chosen = other === (systemDark.matches ? "dark" : "light") ? null : other;
  apply();
  try {
    if (chosen) localStorage.setItem(KEY, chosen);
    else localStorage.removeItem(KEY);
  } catch {
    // Without storage the choice lives in this page only.
  }
}

/** Calls back whenever the system changes its mind. */
export function onSystemTheme(callback) {
  systemDark.addEventListener("change", callback);
}

function apply() {
  if (chosen) document.documentElement.dataset.theme = chosen;
  else delete document.documentElement.dataset.theme;
}
