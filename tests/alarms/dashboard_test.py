import json
import re
import unittest

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard as Model

from . import promtool
from .files import dashboard, panels, queries

# Of Grafana, without plugins.
TYPES = {"row", "stat", "timeseries", "state-timeline"}
UNITS = {"short", "s", "bytes", "Bps", "reqps", "ops"}


def cells(panel):
    at = panel["gridPos"]
    return {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}


# Of annotations by Prometheus and of variables, which Grafana's model of all dashboards does not have.
OF_SOURCES = {"step", "titleFormat", "textFormat", "useValueForTime", "builtIn", "definition"}


def lost(given, kept, path=""):
    """What a model did not keep as it was given."""
    if isinstance(given, dict) and isinstance(kept, dict):
        for name in given.keys() - OF_SOURCES:
            yield from lost(given[name], kept.get(name, "nothing"), f"{path}.{name}")
    elif isinstance(given, list) and isinstance(kept, list) and len(given) == len(kept):
        for n, (a, b) in enumerate(zip(given, kept)):
            yield from lost(a, b, f"{path}[{n}]")
    elif given != kept:
        yield f"{path}: {given!r} became {kept!r}"


class Dashboard(unittest.TestCase):
    def test_grafanas_own_model_has_a_place_for_all_of_it(self):
        register_default_plugins()
        kept = json.loads(JSONEncoder(sort_keys=True).encode(Model.from_json(dashboard())))
        self.assertEqual([], list(lost(dashboard(), kept)))

    def test_panels_have_names_and_places_of_their_own(self):
        all_panels = dashboard()["panels"]
        self.assertEqual(len(all_panels), len({p["id"] for p in all_panels}))
        self.assertEqual(len(all_panels), len({p["title"] for p in all_panels}))
        taken = set()
        for panel in all_panels:
            with self.subTest(panel["title"]):
                self.assertFalse(taken & cells(panel), "it covers another one")
                self.assertTrue(all(0 <= x < 24 for x, _ in cells(panel)))
                taken |= cells(panel)

    def test_a_panel_says_what_it_shows_in_a_unit_of_grafana(self):
        self.assertEqual(set(), {p["type"] for p in dashboard()["panels"]} - TYPES)
        for panel in panels():
            with self.subTest(panel["title"]):
                self.assertGreater(len(panel["description"]), 10)
                self.assertIn(panel["fieldConfig"]["defaults"]["unit"], UNITS)
                names = [t["refId"] for t in panel["targets"]]
                self.assertTrue(names)
                self.assertEqual(len(names), len(set(names)))

    def test_all_data_come_from_the_source_and_the_processes_that_one_chooses(self):
        variables = {v["name"] for v in dashboard()["templating"]["list"]}
        self.assertEqual({"datasource", "job", "instance"}, variables)
        for panel in panels():
            for target in panel["targets"]:
                with self.subTest(panel["title"], query=target["refId"]):
                    for of in (panel, target):
                        self.assertEqual({"type": "prometheus", "uid": "${datasource}"}, of["datasource"])
                    self.assertIn('job=~"$job",instance=~"$instance"', target["expr"])
                    used = set(re.findall(r"\$(\w+)", target["expr"])) - {"__rate_interval"}
                    self.assertEqual(set(), used - variables)

    def test_a_legend_names_only_labels_that_the_expression_leaves(self):
        for panel in panels():
            for target in panel["targets"]:
                used = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
                left = re.match(r"(?:clamp_min\()?(?:sum|max|count) ?(?:by \(([^)]*)\))?", target["expr"])
                with self.subTest(panel["title"], query=target["refId"]):
                    self.assertEqual(set(), used - (set((left[1] or "").split(", ")) if left else {"instance"}))

    def test_prometheus_understands_every_expression(self):
        well, said = promtool.test([promtool.group("all", {"up": "1+0x60"}, {e: {} for _, e in queries() if "vector(0)" not in e})])
        self.assertTrue(well, said)


if __name__ == "__main__":
    unittest.main()
