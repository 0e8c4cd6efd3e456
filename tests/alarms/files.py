"""What is under test: the rules, the dashboard, and the table of the page that says what to do."""
import functools
import json
import pathlib
import re

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "docker/prometheus/streamdemo.rules.yaml"
CONFIG = ROOT / "docker/prometheus/prometheus.yml"
DASHBOARD = ROOT / "docker/grafana/streamdemo.json"
PAGE = ROOT / "docs/operations.md"
RUNBOOKS = "https://streamdemo.example/docs/operations.md#"

METRIC = r"(?:streamdemo|process)_[a-z_]+"
SELECTOR = re.compile(rf"(?<![\w\"]){METRIC}(?:\{{[^}}]*\}})?")
ROW = re.compile(r'^\| <a id="(\w+)"></a>(\w+) \| (.+?) \| (.+?) \| (.+?) \|$', re.MULTILINE)


@functools.cache
def alarms():
    """All rules, by name."""
    return {rule["alert"]: rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]}


def rows():
    """The table: name -> (anchor, when, meaning, what to do)."""
    text = PAGE.read_text(encoding="utf-8").replace(r"\|", "¦")
    return {name: (anchor, *cells) for anchor, name, *cells in ROW.findall(text)}


@functools.cache
def dashboard():
    return json.loads(DASHBOARD.read_text())


def panels():
    """All panels that show something."""
    return [p for p in dashboard()["panels"] if p["type"] != "row"]


def plain(expression):
    """Of the dashboard, with its variables replaced as for all processes."""
    return re.sub(r"\$__(rate_)?interval|\$__range", "5m", expression).replace("$job", ".*").replace("$instance", ".*")


def queries():
    """(panel's title, expression) of the dashboard."""
    return [(p["title"], plain(t["expr"])) for p in panels() for t in p["targets"]]


def selectors():
    """Every series selector that an alarm or the dashboard has, with where it is."""
    found = {}
    for where, expression in [*((name, rule["expr"]) for name, rule in alarms().items()), *queries()]:
        for selector in SELECTOR.findall(expression):
            found.setdefault(selector, where)
    return found
