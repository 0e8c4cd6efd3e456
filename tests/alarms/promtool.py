"""Prometheus' own tool: what it says of rules, expressions and series."""
import json
import pathlib
import subprocess
import tempfile


def run(*words):
    """(whether it is content, what it said)"""
    done = subprocess.run(["promtool", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
    return done.returncode == 0, done.stdout


def test(groups, rules=()):
    """`promtool test rules` on these groups. (JSON is YAML, too.)"""
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory, "tests.json")
        file.write_text(json.dumps({"rule_files": list(map(str, rules)), "evaluation_interval": "1m", "tests": groups}))
        return run("test", "rules", file)


def group(name, series, expected, at="55m"):
    """`series`: name with labels -> values, a minute apart; `expected`: expression -> its samples, as {labels: value}."""
    return {"name": name, "interval": "1m",
            "input_series": [{"series": s, "values": values} for s, values in series.items()],
            "promql_expr_test": [{"expr": expression, "eval_time": at,
                                  "exp_samples": [{"labels": labels, "value": value} for labels, value in samples.items()]}
                                 for expression, samples in expected.items()]}


def missing(expressions, series):
    """Those of the expressions that give nothing on these series. They are asked one by one only if some do."""
    def some(of):
        return test([group("there", series, {f"clamp(count({e}), 1, 1)": {"{}": 1} for e in of})])[0]
    expressions = list(dict.fromkeys(expressions))
    if some(expressions):
        return []
    if len(expressions) == 1:
        return expressions
    half = len(expressions) // 2
    return missing(expressions[:half], series) + missing(expressions[half:], series)
