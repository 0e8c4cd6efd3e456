"""What helm makes of the chart, and what was made of it last."""
import hashlib
import json
import os
import pathlib
import re
import subprocess

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CHART = ROOT / "deploy/chart"
# The alarms, and the chart's copy of them: helm reads no file outside a chart.
ALARMS = ROOT / "docker/prometheus/streamdemo.rules.yaml"
OWN_ALARMS = CHART / "files" / ALARMS.name
RELEASE = "demo"
NAMES = sorted(file.stem for file in (HERE / "values").iterdir())
HELM = "helm.sh/helm/v3/cmd/helm@v3.21.4"


# Where the makers of other kinds of documents describe them: module, file, version.
MAKERS = {
    "HTTPRoute": ("sigs.k8s.io/gateway-api@v1.3.0", "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml", "v1"),
    "ServiceMonitor": ("github.com/prometheus-operator/prometheus-operator@v0.85.0", "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml", "v1"),
    "PrometheusRule": ("github.com/prometheus-operator/prometheus-operator@v0.85.0", "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml", "v1"),
    "ScaledObject": ("github.com/kedacore/keda/v2@v2.17.2", "config/crd/bases/keda.sh_scaledobjects.yaml", "v1alpha1"),
}


def values(name):
    return HERE / "values" / f"{name}.yaml"


def rendered(name):
    return HERE / "rendered" / f"{name}.yaml"


def stamp(name):
    """A line that names what it was made from."""
    digest = hashlib.sha256()
    for file in sorted([*(f for f in CHART.rglob("*") if f.is_file()), values(name)]):
        digest.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return f"# Made by ./dev chart from deploy/chart and values/{name}.yaml: {digest.hexdigest()}\n"


def documents(name):
    """What was made last: (kind, name) -> document."""
    all_of = yaml.safe_load_all(rendered(name).read_text())
    return {(d["kind"], d["metadata"]["name"]): d for d in all_of if d}


def helm():
    """The program, built once."""
    binary = ROOT / "build/helm/helm"
    if not binary.exists():
        environment = {**os.environ, "GOBIN": str(binary.parent), "GOFLAGS": "-trimpath"}
        subprocess.run(["go", "install", HELM], check=True, env=environment)
    return binary


def schema_of(kind):
    """By its makers; what it does not name is forbidden."""
    module, file, version = MAKERS[kind]
    fetched = json.loads(subprocess.run(["go", "mod", "download", "-json", module], check=True, stdout=subprocess.PIPE).stdout)
    definition = yaml.safe_load(pathlib.Path(fetched["Dir"], file).read_text())
    (found,) = [v["schema"]["openAPIV3Schema"] for v in definition["spec"]["versions"] if v["name"] == version]
    return closed(found)


def closed(schema):
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {name: closed(part) for name, part in schema.items()}
    if schema.get("type") == "object" and isinstance(schema.get("properties"), dict) and not schema.get("x-kubernetes-preserve-unknown-fields"):
        parts.setdefault("additionalProperties", False)
    # Go's expressions may change their mode anywhere, Python's only at the start.
    if "(?i)" in str(schema.get("pattern", "")):
        del parts["pattern"]
    return parts


def template(*words):
    """(whether helm is content, what it said)"""
    done = subprocess.run([helm(), "template", RELEASE, CHART, "--kube-version", "1.30.0", *map(str, words)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    # Without the lines that name the template.
    return done.returncode == 0, re.sub(r"^# Source: .*\n", "", done.stdout, flags=re.MULTILINE) if done.returncode == 0 else done.stderr
