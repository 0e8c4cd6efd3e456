"""What helm makes of the chart, and what was made of it last."""
import hashlib
import os
import pathlib
import re
import subprocess

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CHART = ROOT / "deploy/chart"
RELEASE = "demo"
NAMES = sorted(file.stem for file in (HERE / "values").iterdir())
HELM = "helm.sh/helm/v3/cmd/helm@v3.21.4"


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


def template(*words):
    """(whether helm is content, what it said)"""
    done = subprocess.run([helm(), "template", RELEASE, CHART, "--kube-version", "1.30.0", *map(str, words)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    # Without the lines that name the template.
    return done.returncode == 0, re.sub(r"^# Source: .*\n", "", done.stdout, flags=re.MULTILINE) if done.returncode == 0 else done.stderr
