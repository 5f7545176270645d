// Applies the remembered theme before anything is painted. A classic script of its own: it must block.
(() => {
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // No storage here: the system's theme stands.
  }
})();
