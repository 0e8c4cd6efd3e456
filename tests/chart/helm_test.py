import json
import re
import subprocess
import tempfile
import unittest

import jsonschema

from . import render, schema_test

LEAST = ("--set", "kafka.brokers[0]=b:9092")
# Values that helm must refuse, and what it must name.
WRONG = {
    "no brokers": ((), "brokers"),
    "a broker without a port": (("--set", "kafka.brokers[0]=b"), "brokers"),
    "a value that nothing has": ((*LEAST, "--set", "gateway.replica=3"), "replica"),
    "a word for a number": ((*LEAST, "--set", "gateway.port=http"), "port"),
    "an unknown way to ask who calls": ((*LEAST, "--set", "auth.mode=basic"), "mode"),
    "tokens of nobody": ((*LEAST, "--set", "auth.mode=jwt"), "issuers"),
    "an issuer without keys": ((*LEAST, "--set", "auth.mode=jwt", "--set", "auth.issuers.a.issuer=x"), "audience"),
    "a bucket without a name": ((*LEAST, "--set", "artifacts.store=s3"), "artifacts.s3.bucket"),
    "two keys of a bucket": ((*LEAST, "--set", "artifacts.store=s3,artifacts.s3.bucket=files,artifacts.s3.keySecret.name=a,"
                             "artifacts.s3.keySecret.id=a,artifacts.s3.keySecret.secret=b,artifacts.s3.credentialsSecret.name=a,"
                             "artifacts.s3.credentialsSecret.key=c"), "keySecret or credentialsSecret"),
    "a prefix of a bucket with an empty part": ((*LEAST, "--set", "artifacts.s3.prefix=a//b/"), "prefix"),
    "two topics of one name": ((*LEAST, "--set", "topics.response=request"), "topics.response"),
    "two listeners with one port": ((*LEAST, "--set", "gateway.managementPort=8080"), "gateway.managementPort"),
    "a bucket's address that is none": ((*LEAST, "--set", "artifacts.s3.endpoint=s3.example.org"), "endpoint"),
    "a route from nowhere": ((*LEAST, "--set", "httpRoute.enabled=true"), "httpRoute"),
    "an ingress without a host": ((*LEAST, "--set", "ingress.enabled=true"), "ingress"),
    "a setting without a section": ((*LEAST, "--set", "settings.port=1"), "port"),
    "documents that are nowhere": ((*LEAST, "--set", "prometheusRule.docs=wiki"), "docs"),
    "more processors than partitions": ((*LEAST, "--set", "keda.enabled=true,keda.maxReplicas=13"), "topics.partitions"),
}

# Values that releases with a bucket, with Kafka's TLS or with traces may lack, because their chart had none: helm upgrade --reuse-values.
LATER = ("artifacts.s3.caSecret", "artifacts.s3.credentialsSecret", "kafka.caSecret", "traces.caSecret")


class Helm(unittest.TestCase):
    def test_helm_finds_no_fault_in_the_chart(self):
        done = subprocess.run([render.helm(), "lint", "--strict", render.CHART, "--values", render.values("least")], capture_output=True, text=True, check=False)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def test_the_chart_still_gives_what_was_rendered(self):
        for name in render.NAMES:
            with self.subTest(name):
                well, made = render.template("--values", render.values(name))
                self.assertTrue(well, made)
                self.assertEqual(render.rendered(name).read_text(), render.stamp(name) + made)

    def test_documents_that_others_define_are_what_their_makers_say(self):
        checked = set()
        for name in render.NAMES:
            for (kind, of), document in render.documents(name).items():
                if kind in render.MAKERS:
                    checked.add(kind)
                    with self.subTest(name, kind=kind, of=of):
                        jsonschema.validate(document, render.schema_of(kind))
        self.assertEqual(set(render.MAKERS), checked)

    def test_it_renders_with_the_values_of_an_earlier_chart(self):
        for lacking in LATER:
            with self.subTest(lacking):
                well, made = render.template("--values", render.values("least"), "--set", f"{lacking}=null", "--set",
                                             "artifacts.store=s3,artifacts.s3.bucket=files,traces.endpoint=https://collector:4318")
                self.assertTrue(well, made)

    def test_any_setting_becomes_its_variable(self):
        documented = schema_test.documented()
        given = {name: "any" for name in documented}
        well, made = render.template("--values", render.values("least"), "--set-json", f"settings={json.dumps(given)}")
        self.assertTrue(well, made)
        self.assertEqual([], [v for v in documented.values() if f"{{name: {v}, value: \"any\"}}" not in made])

    def test_the_values_in_the_documents_are_good(self):
        text = (render.ROOT / "docs/operations.md").read_text(encoding="utf-8")
        (values,) = re.findall(r"^```yaml\n(kafka:\n.*?)^```$", text, re.DOTALL | re.MULTILINE)
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(values)
            file.flush()
            well, made = render.template("--values", file.name)
        self.assertTrue(well, made)
        self.assertEqual(7, made.count("secretName: own-ca") + made.count("secret: {name: own-ca"))

    def test_wrong_values_are_refused_by_name(self):
        for title, (words, named) in WRONG.items():
            with self.subTest(title):
                well, said = render.template(*words)
                self.assertFalse(well, "it was taken")
                self.assertIn(named, said)


if __name__ == "__main__":
    unittest.main()
