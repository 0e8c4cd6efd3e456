"""What is tested is what people are told to run: the release of Kafka in pom.xml is the one of docker/ and of the documents."""
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


if __name__ == "__main__":
    unittest.main()
