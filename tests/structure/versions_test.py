"""What is tested is what people are told: the release of Kafka in pom.xml is the one of docker/ and of the documents, and what
docs/security.md says of other libraries was seen with the releases that judge the tokens."""
import json
import re
import unittest

from tree import ROOT

TESTED = re.search(r"<kafka\.version>([^<]+)", (ROOT / "tests/kafka/pom.xml").read_text(encoding="utf-8"))[1]


class Versions(unittest.TestCase):
    def test_the_compose_file_runs_the_kafka_that_is_tested(self):
        images = re.findall(r"image: apache/kafka:(\S+)", (ROOT / "docker/compose.yaml").read_text(encoding="utf-8"))
        self.assertEqual([TESTED], images)

    def test_the_document_about_kafka_names_it(self):
        self.assertIn(f"tested with Kafka {TESTED}", (ROOT / "docs/kafka.md").read_text(encoding="utf-8"))

    def test_the_document_about_security_names_the_libraries_that_judge_tokens(self):
        folder = ROOT / "tests/tokens"
        jars = dict(re.findall(r"<artifactId>([^<]+)</artifactId>\s*<version>([^<]+)",
                               (folder / "pom.xml").read_text(encoding="utf-8")))
        python = dict(line.split("==") for line in (folder / "requirements.txt").read_text(encoding="utf-8").split())
        npm = json.loads((folder / "package.json").read_text(encoding="utf-8"))["dependencies"]
        document = (ROOT / "docs/security.md").read_text(encoding="utf-8")
        for named in (f"jose {npm['jose']}", f"PyJWT {python['PyJWT']}", f"Nimbus {jars['nimbus-jose-jwt']}",
                      f"Tink ({jars['tink']})"):
            self.assertIn(named, document)


if __name__ == "__main__":
    unittest.main()
