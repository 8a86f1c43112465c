"""Settings of the slides; bookbuild/slides.py lays the numbers beside them."""

import json
from pathlib import Path

project = "Active learning on movie reviews"
language = "en"
extensions = ["myst_parser", "sphinx_revealjs"]
myst_enable_extensions = ["substitution"]
myst_substitutions = json.loads(
    Path(__file__).with_name("numbers.json").read_text(encoding="utf-8")
)

revealjs_html_theme = "revealjs-simple"
revealjs_static_path = ["slides.css"]
revealjs_style_theme = "slides.css"  # no theme of reveal.js: they fetch fonts
revealjs_script_plugins = [
    {"src": "revealjs/plugin/notes/notes.js", "name": "RevealNotes"}
]
revealjs_script_conf = {
    "width": 1280,
    "height": 720,
    "margin": 0.05,
    "center": False,
    "hash": True,
    "navigationMode": "linear",  # right and left go through all slides
    "slideNumber": "c/t",
    "transition": "none",
    "backgroundTransition": "none",
}
