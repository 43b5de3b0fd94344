// Runs before the first paint: applies the chosen colours if they differ from the system's. See src/app/theme.ts.
try {
  const theme = localStorage.getItem('theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Storage is not allowed: keep the system's colours.
}
