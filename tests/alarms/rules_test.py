import re
import unittest

from . import promtool
from .faults import FAULTS, HEALTHY, QUIET
from .files import CONFIG, METRIC, RULES, RUNBOOKS, alarms, rows

# promtool needs seconds for a group, so all systems are in one; each has jobs of its own.
FIRING = 'count by (system, alertname) (label_replace(ALERTS{alertstate="firing"}, "system", "$1", "job", "(.*)/.*"))'


def system(title, changes):
    return {name.replace('job="', f'job="{title}/'): values for name, values in {**HEALTHY, **changes}.items()}


class Rules(unittest.TestCase):
    def test_prometheus_takes_the_rules_and_the_configuration(self):
        for words in (("check", "rules", RULES), ("check", "config", CONFIG)):
            well, said = promtool.run(*words)
            self.assertTrue(well, said)

    def test_every_alarm_fires_on_its_fault_and_no_other_does_and_none_in_a_healthy_system(self):
        self.assertEqual(set(alarms()), set(FAULTS))
        series, expected = system("healthy", {}), {}
        for title, changes in QUIET.items():
            series |= system(title, changes)
        for name, faults in FAULTS.items():
            for n, changes in enumerate(faults, 1):
                series |= system(f"{name} {n}", changes)
                expected[f'{{system="{name} {n}",alertname="{name}"}}'] = 1
        well, said = promtool.test([promtool.group("all", series, {FIRING: expected})], [RULES])
        self.assertTrue(well, said)

    def test_a_fault_changes_series_that_the_healthy_system_has(self):
        for faults in [*FAULTS.values(), QUIET.values()]:
            for series in faults:
                self.assertEqual(set(), set(series) - set(HEALTHY))

    def test_every_alarm_says_how_bad_it_is_what_it_means_and_where_it_is_explained(self):
        for name, rule in alarms().items():
            with self.subTest(name):
                self.assertIn(rule["labels"]["severity"], ("critical", "warning", "info"))
                self.assertEqual({"summary", "description", "runbook_url"}, set(rule["annotations"]))
                self.assertGreater(len(rule["annotations"]["description"]), 40)
                self.assertEqual(RUNBOOKS + name.lower(), rule["annotations"]["runbook_url"])

    def test_annotations_name_only_labels_that_the_expression_leaves(self):
        for name, rule in alarms().items():
            used = set(re.findall(r"\$labels\.(\w+)", " ".join(rule["annotations"].values())))
            left = re.search(r"sum by \(([^)]*)\)", rule["expr"])
            allowed = set(left[1].split(", ")) if left else {"job", "instance", "kind", "topic", "issuer"}
            with self.subTest(name):
                self.assertEqual(set(), used - allowed)


class Page(unittest.TestCase):
    def test_every_alarm_has_its_row_in_the_page_and_every_row_its_alarm(self):
        self.assertEqual(list(alarms()), list(rows()))

    def test_a_row_has_the_anchor_that_the_alarm_links_and_names_what_the_alarm_looks_at(self):
        for name, (anchor, when, _, to_do) in rows().items():
            with self.subTest(name):
                self.assertEqual(name.lower(), anchor)
                looked_at = {re.sub("_bucket$", "", m) for m in re.findall(METRIC, alarms()[name]["expr"])}
                named = set(re.findall(METRIC, when))
                self.assertEqual(set(), named - looked_at)
                self.assertTrue(named or name == "StreamdemoDown", "it names no metric")
                self.assertGreater(len(to_do), 10)

    def test_the_page_says_for_how_long(self):
        for name, (_, when, *_) in rows().items():
            waits = alarms()[name].get("for", "0m")
            with self.subTest(name):
                self.assertEqual([] if waits == "0m" else [waits], re.findall(r"for (\d+m)\b", when))


if __name__ == "__main__":
    unittest.main()
