// Keys beside the buttons, and presses that say which text they answer.
//
// Whatever a person does is sent with the number of the drawing that was on the screen.
// So what comes twice, or while the kernel still trains, is no answer to a text that
// nobody has seen yet.

const LETTERS = { u: "undo", s: "skip", c: "cannot_tell", f: "flag" };
const WRITING = "input, textarea, select, [contenteditable]";

/** What a key stands for, if for anything. */
function meaning(key) {
  if (/^[1-9]$/.test(key)) return `class-${key - 1}`;
  return LETTERS[key.toLowerCase()];
}

function render({ model, el }) {
  el.classList.add("al-keys");
  el.tabIndex = 0;
  const help = document.createElement("span");
  const spoken = document.createElement("span");
  spoken.className = "al-spoken";
  spoken.setAttribute("role", "status");
  el.append(help, spoken);

  let root = null;
  let within = false; // whether the focus is in the box
  let last = null; // what had it
  const send = (action, name = "") =>
    model.send({ action, name, drawing: model.get("drawing") });
  const field = () => root.querySelector(".al-new-class input");

  const onKey = (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (target.closest(WRITING)) {
      if (key === "Enter" && target === field()) send("add_class", field().value);
      return;
    }
    event.stopPropagation(); // the classic notebook listens further up
    // With shift a letter means nothing; a digit may need it (French keyboards).
    const action = meaning(key);
    if (!action || (event.shiftKey && !/\d/.test(key))) return;
    event.preventDefault();
    if (!event.repeat) send(action);
  };

  const onClick = (event) => {
    const button = event.target.closest("button");
    const mark = [...(button?.classList ?? [])].find((c) => c.startsWith("al-do-"));
    if (!mark) return;
    event.preventDefault();
    event.stopPropagation(); // the button's own message would not say which text
    const action = mark.slice("al-do-".length);
    send(action, action === "add_class" ? field().value : "");
  };

  const say = () => {
    help.textContent = within
      ? "Keys are on: press what stands on a button."
      : "Keys are off: click here to turn them on.";
  };
  const onFocus = (event) => {
    [within, last] = [true, event.target];
    say();
    // JupyterLab looks for its shortcuts before the page does, and at this mark first.
    last.setAttribute("data-lm-suppress-shortcuts", "true");
  };
  const onBlur = () =>
    setTimeout(() => {
      if (!last.isConnected) return; // drawn anew, and the focus went with it
      within = root.contains(document.activeElement);
      say();
    });

  const onDrawn = () => {
    el.dataset.drawing = model.get("drawing");
    spoken.textContent = model.get("said");
    const lost = !document.activeElement || document.activeElement === document.body;
    if (!within || !lost) return;
    const text = last.closest(".al-text") && root.querySelector(".al-text");
    (text || root).focus({ preventScroll: true });
  };

  const listeners = [
    ["keydown", onKey, true], // before a field keeps it to itself,
    ["click", onClick, true],
    ["focusin", onFocus, false],
    ["focusout", onBlur, false],
  ];
  let gone = false;
  const attach = () => {
    root = el.closest(".al-annotator");
    if (gone) return;
    if (!root) {
      requestAnimationFrame(attach); // not on the page yet
      return;
    }
    root.tabIndex = -1; // a click beside the buttons leaves the keys on
    for (const [kind, heard, early] of listeners) {
      root.addEventListener(kind, heard, early);
    }
    say();
    onDrawn();
  };
  attach();
  model.on("change:drawing", onDrawn);
  return () => {
    gone = true;
    model.off("change:drawing", onDrawn);
    for (const [kind, heard, early] of listeners) {
      root?.removeEventListener(kind, heard, early);
    }
  };
}

export default { render };
