// Before anything is painted: the colours that were chosen here, if they are not the system's. See src/theme.ts.
try {
  const theme = localStorage.getItem('theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // No storage is allowed: the system's colours it is.
}
