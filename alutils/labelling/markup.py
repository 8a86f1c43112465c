"""What a person who labels sees, as HTML: the text, how far one is, what happened."""

from __future__ import annotations

import traceback
from html import escape
from pathlib import Path

from alutils.labelling.progress import Progress

CUT_AT = 20_000  # characters; a longer text is cut, or it would slow the page down
STYLE = Path(__file__).with_name("annotator.css").read_text(encoding="utf-8")


def text_html(text: str, *, whole: bool = False) -> str:
    """A text in a frame that scrolls. Its markup shows as text, its lines stay lines; a
    long one is cut at `CUT_AT` characters unless it is to be shown whole.

    Examples
    --------
    >>> text_html("a <b>b</b>").split(">", 1)[1]
    'a &lt;b&gt;b&lt;/b&gt;</div>'
    """
    shown = text if whole else text[:CUT_AT]
    rest = len(text) - len(shown)
    more = f'<span class="al-cut">… and {rest:,} more characters</span>' if rest else ""
    # Half a surrogate pair cannot travel to the browser.
    safe = escape(shown.encode("utf-8", "replace").decode("utf-8"))
    return (
        '<div class="al-text" dir="auto" tabindex="0" role="region"'
        f' aria-label="Text to label">{safe}{more}</div>'
    )


def notice_html(notice: str) -> str:
    """What stands in the frame where there is no text to label."""
    return f'<div class="al-text al-notice">{escape(notice)}</div>'


def heading_html(progress: Progress, row: int | None, flag: str | None) -> str:
    """What is being labelled, how far that is, and which text is on the screen.

    Whether a text is asked a second time is not said: it would lead to the same answer.
    """
    done, size = progress.test_done, progress.test_size
    in_test = done < size
    facts = [f"{done} of {size} done"] if in_test else [f"round {progress.round}"]
    if row is None:
        facts = [f"{progress.labels} labels to learn from"]
    elif not in_test:
        facts.append(f"next training after {progress.until_training} more")
    if progress.budget_left is not None:
        facts.append(f"{progress.budget_left} left of the budget")
    if progress.seconds_per_label is not None:
        facts.append(f"{progress.seconds_per_label:.1f} seconds a label")
    if row is not None:
        facts.append(f"row {row}")
    title = "Done" if row is None else "Test set" if in_test else "Training"
    note = f": {escape(flag)}" if flag else ""
    mark = "" if flag is None else f'<span class="al-flag">⚑ flagged{note}</span>'
    return (
        f'<div class="al-heading"><strong>{title}:</strong> '
        f"<span>{' · '.join(facts)}</span>{mark}</div>"
    )


def progress_html(progress: Progress) -> str:
    """The labels so far: how many of the test set, and for training of each class."""
    done, size = progress.test_done, progress.test_size
    most = max([1, *progress.labels_by_class.values()])
    lines = [("test set", f"{done}/{size}", done / size)] if size else []
    for name, count in progress.labels_by_class.items():
        lines.append((name, str(count), count / most))
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{count}</td><td aria-hidden="true">'
        f'<div class="al-bar" style="width:{100 * share:.0f}%"></div></td></tr>'
        for name, count, share in lines
    )
    return f'<table class="al-counts"><caption>Labels so far</caption>{rows}</table>'


def message_html(said: str, error: Exception | None = None) -> str:
    """What happened last; of an error, how it came about can be unfolded."""
    if error is None:
        return f'<div class="al-message" role="status">{escape(said)}</div>'
    trace = "".join(traceback.format_exception(error))
    return (
        f'<div class="al-message al-error" role="alert">{escape(said)}<details>'
        f"<summary>Details</summary><pre>{escape(trace)}</pre></details></div>"
    )
