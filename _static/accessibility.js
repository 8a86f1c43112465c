// What the theme and Sphinx leave unsaid to screen readers and keyboards.

document.addEventListener("DOMContentLoaded", () => {
  const all = (selector) => document.querySelectorAll(selector);
  // A fold and the search are better named by the words that everybody sees.
  for (const named of all("details > summary, .search-button-field")) {
    named.removeAttribute("aria-label");
  }
  // The icons' own names would hide the name of the button that they lie on.
  for (const icon of all(".theme-switch-button [title]")) {
    icon.removeAttribute("title");
  }
  // Sphinx gives the entries a role that WAI-ARIA has withdrawn.
  for (const entry of all('[role="doc-biblioentry"]')) {
    entry.setAttribute("role", "listitem");
  }
});

// The theme lets the keyboard reach code that scrolls, but looks only when the window
// changes: say so too when a fold opens.
document.addEventListener("click", (event) => {
  if (event.target.closest("summary, .admonition.dropdown")) {
    window.dispatchEvent(new Event("resize"));
  }
});

// A picture that scrolls in its frame can be scrolled by the keyboard too.
function reachPictures() {
  for (const frame of document.querySelectorAll(".picture")) {
    if (frame.scrollWidth > frame.clientWidth) {
      frame.tabIndex = 0;
      frame.setAttribute("role", "group");
      frame.setAttribute("aria-label", "Picture, scrolls sideways");
    } else {
      for (const said of ["tabindex", "role", "aria-label"]) frame.removeAttribute(said);
    }
  }
}

window.addEventListener("load", reachPictures);
window.addEventListener("resize", reachPictures);
