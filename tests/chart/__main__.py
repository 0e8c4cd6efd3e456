"""python -m chart --write: takes the alarms into the chart, and renders it anew."""
import sys

from . import render

if sys.argv[1:] != ["--write"]:
    sys.exit(__doc__)
render.OWN_ALARMS.write_bytes(render.ALARMS.read_bytes())
for name in render.NAMES:
    well, made = render.template("--values", render.values(name))
    if not well:
        sys.exit(f"{name}: {made}")
    render.rendered(name).write_text(render.stamp(name) + made)
