// Draws every plot in the colours of the page's style sheet, and again when the scheme changes.
(() => {
  "use strict";
  const root = document.documentElement;
  const options = {
    responsive: true,
    displaylogo: false,
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
  };
  const figures = [...document.querySelectorAll("figure.plot")].map((place) => {
    const source = place.querySelector("script");
    const text = source.textContent;
    source.remove();
    return { place, text };
  });

  // Every string that names one variable becomes the value that the style sheet gives it now.
  const resolved = (text) => {
    const style = getComputedStyle(root);
    return JSON.parse(text, (_, value) => {
      const name = typeof value === "string" && /^var\((--[\w-]+)\)$/.exec(value);
      return name ? style.getPropertyValue(name[1]).trim() : value;
    });
  };

  const draw = () => {
    for (const { place, text } of figures) {
      const spec = resolved(text);
      Plotly.react(place, spec.data, spec.layout, options);
    }
  };

  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
