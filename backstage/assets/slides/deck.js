// A slide with much on it gets the smaller of two sizes, before anybody sees it.
const tighten = (slide) => {
  if (slide && slide.scrollHeight > slide.clientHeight + 1) slide.classList.add("tight");
};
Reveal.on("ready", (event) => tighten(event.currentSlide));
Reveal.on("slidechanged", (event) => tighten(event.currentSlide));
Reveal.initialize({
  width: 1280, height: 720, margin: 0.02, center: false, display: "flex",
  hash: true, slideNumber: "c/t", transition: "none", pdfSeparateFragments: false, plugins: [RevealNotes],
});
