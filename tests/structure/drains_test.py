"""A container is given the time that a drain takes at worst, by the defaults of the settings and what the code adds."""
import re
import unittest

from tree import ROOT

SETTINGS = (ROOT / "include/streamdemo/config/settings.hpp").read_text(encoding="utf-8")


def seconds(path, name):
    """The constant of that name in a file."""
    return int(re.search(rf"\bseconds {name}\{{(\d+)\}}", (ROOT / path).read_text(encoding="utf-8"))[1])


def default_drain(section):
    """In seconds; a section's name stands behind its members."""
    body = re.search(rf"struct \{{((?:(?!struct \{{).)*?)^  \}} {section};", SETTINGS, re.MULTILINE | re.DOTALL)[1]
    return int(re.search(r"\bdrain\{(\d+)\}", body)[1]) / 1000


def grace(path, service):
    text = (ROOT / path).read_text(encoding="utf-8")
    body = re.search(rf"^  {service}:\n((?:    .*\n|\n)+)", text, re.MULTILINE)[1]
    return int(re.search(r"stop_grace_period: (\d+)s", body)[1])


def after_the_drain():
    """The management's listener, and what brokers may keep from ending."""
    (management,) = re.findall(r"management->drain\(steady_clock::now\(\) \+ std::chrono::seconds\((\d+)\)\)",
                               (ROOT / "src/app/application.cpp").read_text(encoding="utf-8"))
    return int(management) + seconds("src/bus/kafka/dependencies.hpp", "reaper_patience")


class Drains(unittest.TestCase):
    def worst_of_a_processor(self):
        runtime = "src/processor/runtime.cpp"
        # The handlers, the producer, the reader, one after the other.
        return (default_drain("processor") + seconds(runtime, "handler_grace") + 2 * seconds(runtime, "farewell")
                + after_the_drain())

    def test_a_processor_ends_by_itself(self):
        for path, service in (("docker/compose.yaml", "processor"), ("docker/compose.laptop.yaml", "streamdemo")):
            self.assertLess(self.worst_of_a_processor(), grace(path, service), f"{service} in {path}")

    def test_a_pod_is_given_as_long(self):
        beyond = {role: int(re.search(r'"beyond" (\d+)', (ROOT / f"deploy/chart/templates/{role}.yaml").read_text(encoding="utf-8"))[1])
                  for role in ("processor", "gateway")}
        self.assertLess(self.worst_of_a_processor() - default_drain("processor"), beyond["processor"])
        (waits,) = re.findall(r'command: \[sleep, "(\d+)"\]', (ROOT / "deploy/chart/templates/gateway.yaml").read_text(encoding="utf-8"))
        self.assertLess(after_the_drain() + int(waits), beyond["gateway"])

    def test_the_documents_say_what_it_needs(self):
        beyond = self.worst_of_a_processor() - default_drain("processor")
        text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
        self.assertIn(f"needs {beyond:.0f} s beyond `processor.drain_ms`", text)

    def test_a_gateway_ends_by_itself(self):
        worst = default_drain("gateway") + after_the_drain()
        self.assertLess(worst, grace("docker/compose.yaml", "gateway"))


if __name__ == "__main__":
    unittest.main()
