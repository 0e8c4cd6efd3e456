"""Every sign is true: what comments and documents name exists; and the check that says so finds what is planted."""
import pathlib
import tempfile
import unittest

from names import false_files, false_metrics, false_settings, false_variables, false_verbs
from tree import ROOT

TREE = {
    "dev": "verb_run() {\n}\nverb_e2e() { :; }\nverb_unit() { :; }\n",
    "src/config/fields.cpp": 'f.push_back(num("gateway.port", 1));\n',
    "src/http/router.cpp": 'metrics.counter("streamdemo_requests_total");\n',
}
PLANTED = {
    "a file in a comment": (false_files, "src/http/x.hpp", "// The table is in routter.cpp.", "routter.cpp"),
    "a file in a wrong folder": (false_files, "docs/x.md", "see `src/bus/router.cpp`", "src/bus/router.cpp"),
    "a file in a script": (false_files, "tests/x.py", "# as tests/run.py does", "tests/run.py"),
    "a setting in a document": (false_settings, "docs/x.md", "raise `gateway.ports`", "gateway.ports"),
    "a setting in a comment": (false_settings, "src/http/x.cpp", "int a;  // gateway.max_port", "gateway.max_port"),
    "a metric": (false_metrics, "docs/x.md", "look at streamdemo_requests_sum_total", "streamdemo_requests_sum_total"),
    "a metric in an alarm": (false_metrics, "docker/x.yaml", "expr: streamdemo_request_total > 0", "streamdemo_request_total"),
    "a variable": (false_variables, "docs/x.md", "export STREAMDEMO_GATEWAY_PROT=1", "STREAMDEMO_GATEWAY_PROT"),
    "a verb in a script": (false_verbs, "tests/x/run", "#!/bin/sh\n# as ./dev rum does", "rum"),
    "a verb": (false_verbs, "docs/x.md", "call `./dev rum`", "rum"),
}
TRUE = """
See router.cpp, http/router.cpp and [the same](../src/http/router.cpp); `gateway.port` and streamdemo_requests_total;
`./dev run`, `./dev e2e`; STREAMDEMO_GATEWAY_PORT, STREAMDEMO_BIN, Vue.js, out.json, `http://localhost:8080/race.html`; your own holiday.mp4, answer.json and [tasks.wordcount], a container streamdemo_gateway_1.
"""


def found(finder, name, text):
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        for path, content in {**TREE, name: text + "\n"}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(content, encoding="utf-8")
        return finder(root)


class Names(unittest.TestCase):
    def test_every_file_that_is_named_exists(self):
        self.assertEqual([], false_files(ROOT))

    def test_every_setting_that_is_named_exists(self):
        self.assertEqual([], false_settings(ROOT))

    def test_every_metric_that_is_named_exists(self):
        self.assertEqual([], false_metrics(ROOT))

    def test_every_variable_that_is_named_exists(self):
        self.assertEqual([], false_variables(ROOT))

    def test_every_verb_that_is_named_exists(self):
        self.assertEqual([], false_verbs(ROOT))

    def test_every_planted_name_is_found(self):
        for title, (finder, path, text, name) in PLANTED.items():
            with self.subTest(title):
                self.assertEqual([f"{path}:{1 + text.count(chr(10))}: {name}"], [":".join(f.split(":")[:3]) for f in found(finder, path, text)])

    def test_true_names_are_not_reported(self):
        for finder in (false_files, false_settings, false_metrics, false_variables, false_verbs):
            self.assertEqual([], found(finder, "docs/x.md", TRUE))


if __name__ == "__main__":
    unittest.main()
