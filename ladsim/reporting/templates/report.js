"use strict";
// A button below each picture that saves it as PNG, as wide as a slide. Without a browser's help there is no button.
for (const figure of document.querySelectorAll("figure.picture")) {
  const drawn = figure.querySelector("svg");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "save";
  button.textContent = figure.dataset.save;
  button.addEventListener("click", () => {
    const [, , width, height] = drawn.getAttribute("viewBox").split(/\s+/).map(Number);
    const edge = 9, wide = 1600, high = Math.round((wide * (height + 2 * edge)) / (width + 2 * edge));
    const copy = drawn.cloneNode(true);
    copy.setAttribute("viewBox", [-edge, -edge, width + 2 * edge, height + 2 * edge].join(" "));
    copy.setAttribute("width", wide);
    copy.setAttribute("height", high);
    const picture = new Image();
    picture.addEventListener("load", () => {
      const canvas = document.createElement("canvas");
      canvas.width = wide;
      canvas.height = high;
      const sheet = canvas.getContext("2d");
      sheet.fillStyle = "#ffffff";
      sheet.fillRect(0, 0, wide, high);
      sheet.drawImage(picture, 0, 0, wide, high);
      const link = document.createElement("a");
      link.download = drawn.querySelector("title").textContent.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60) + ".png";
      link.href = canvas.toDataURL("image/png");
      link.click();
    });
    picture.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(new XMLSerializer().serializeToString(copy));
  });
  figure.append(button);
}
