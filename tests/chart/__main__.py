"""python -m chart --write: renders the chart anew."""
import sys

from . import render

if sys.argv[1:] != ["--write"]:
    sys.exit(__doc__)
for name in render.NAMES:
    well, made = render.template("--values", render.values(name))
    if not well:
        sys.exit(f"{name}: {made}")
    render.rendered(name).write_text(render.stamp(name) + made)
