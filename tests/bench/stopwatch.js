// Put into the reading page before its own scripts: when Enter was pressed, and when the body said that a level is drawn.
(() => {
  const watch = { before: "", pressed: 0, first: 0, full: 0 };
  Object.defineProperty(window, "benchWatch", { value: watch });
  window.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Enter") return;
      performance.clearResourceTimings();
      Object.assign(watch, { before: document.body.dataset.drawn, pressed: event.timeStamp, first: 0, full: 0 });
    },
    true,
  );
  new MutationObserver(() => {
    const { drawn, level } = document.body.dataset;
    if (!watch.pressed || !drawn || drawn === watch.before || level === "none") return;
    watch.first ||= performance.now();
    if (level === "full") watch.full ||= performance.now();
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-drawn", "data-level"] });
})();
