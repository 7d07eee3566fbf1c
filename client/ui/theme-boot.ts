// Runs before the first paint, so that a chosen theme never flashes. A plain script of its own: the page's
// content policy allows no inline code.
try {
  const theme = localStorage.getItem('stagedoor.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme
} catch {
  // Storage can be forbidden; the system's choice then holds.
}
