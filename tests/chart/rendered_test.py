import math
import re
import unittest

import kubernetes_validate
import yaml

from . import render

# What comes with no schema of Kubernetes itself: helm_test has those of their makers.
OF_OTHERS = set(render.MAKERS)
VERSIONS = ("1.27", "1.31", "1.35")
# Variables that are no settings each: properties and issuers have any name, and others define those of AWS and OpenTelemetry.
OPEN_NAMES = ("STREAMDEMO_KAFKA_PROPERTIES_", "STREAMDEMO_AUTH_ISSUERS_", "AWS_", "OTEL_")
# What is needed beyond the drain, docs/operations.md: a processor 22 s, a gateway what preStop waits and a moment to close.
BEYOND = {"gateway": 5 + 5, "processor": 22}


def given(name):
    """The values of a rendering, with the chart's own under them."""
    def over(under, top):
        return {k: over(under[k], top[k]) if isinstance(under.get(k), dict) and isinstance(top.get(k), dict) else top.get(k, under.get(k))
                for k in {**under, **top}}
    return over(*(yaml.safe_load(file.read_text()) for file in (render.CHART / "values.yaml", render.values(name))))


def deployments(name):
    """role -> (Deployment, its container)"""
    found = {}
    for (kind, of), d in render.documents(name).items():
        if kind == "Deployment":
            found[of.rsplit("-", 1)[1]] = d, d["spec"]["template"]["spec"]["containers"][0]
    return found


def variables(container):
    return {v["name"]: v.get("value", v.get("valueFrom")) for v in container["env"]}


def mounted(deployment, container, path):
    """(secret, its key) of a file in a container."""
    folder, _, file = path.rpartition("/")
    (mount,) = [m for m in container["volumeMounts"] if m["mountPath"] == folder]
    # A file that is mounted by itself would stay as it was.
    assert mount["readOnly"] and "subPath" not in mount, mount
    (volume,) = [v for v in deployment["spec"]["template"]["spec"]["volumes"] if v["name"] == mount["name"]]
    secrets = [s["secret"] for s in volume["projected"]["sources"]] if "projected" in volume else [volume["secret"]]
    (found,) = [(s.get("secretName", s.get("name")), i["key"]) for s in secrets for i in s["items"] if i["path"] == file]
    return found


def settings_of_the_program():
    text = (render.ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    return set(re.findall(r"`(STREAMDEMO_\w+)`", text))


class Rendered(unittest.TestCase):
    def test_it_was_made_of_the_chart_as_it_is(self):
        for name in render.NAMES:
            with self.subTest(name):
                self.assertEqual(render.stamp(name), render.rendered(name).read_text().partition("\n")[0] + "\n", "render it anew: ./dev chart --write")

    def test_it_is_valid_for_old_and_new_versions_of_kubernetes(self):
        for name in render.NAMES:
            for (kind, of), document in render.documents(name).items():
                for version in VERSIONS if kind not in OF_OTHERS else ():
                    with self.subTest(name, kind=kind, name=of, version=version):
                        kubernetes_validate.validate(document, version, strict=True)

    def test_names_lead_somewhere(self):
        for name in render.NAMES:
            all_of = render.documents(name)
            deployed = {d["metadata"]["name"]: d["spec"]["template"] for (kind, _), d in all_of.items() if kind == "Deployment"}
            for (kind, of), d in all_of.items():
                with self.subTest(name, kind=kind, of=of):
                    if kind in ("Service", "PodDisruptionBudget", "NetworkPolicy"):
                        selector = d["spec"].get("podSelector", d["spec"].get("selector"))
                        selector = selector.get("matchLabels", selector)
                        chosen = [n for n, t in deployed.items() if selector.items() <= t["metadata"]["labels"].items()]
                        self.assertEqual([of], chosen)
                    if kind == "ScaledObject":
                        self.assertIn(d["spec"]["scaleTargetRef"]["name"], deployed)
                        self.assertNotIn("replicas", all_of["Deployment", of]["spec"])
                    if kind == "HTTPRoute":
                        self.assertIn(("Service", d["spec"]["rules"][0]["backendRefs"][0]["name"]), all_of)
                    if kind == "Ingress":
                        self.assertIn(("Service", d["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"]), all_of)
                    if kind == "Deployment":
                        pod = d["spec"]["template"]["spec"]
                        mounted = {m["name"] for c in pod["containers"] for m in c["volumeMounts"]}
                        self.assertEqual({v["name"] for v in pod["volumes"]}, mounted)
                        self.assertIn(("ConfigMap", pod["volumes"][[v["name"] for v in pod["volumes"]].index("config")]["configMap"]["name"]), all_of)

    def test_every_variable_is_a_setting(self):
        known = settings_of_the_program()
        self.assertGreater(len(known), 90)
        for name in render.NAMES:
            for role, (_, container) in deployments(name).items():
                names = [v["name"] for v in container["env"]]
                with self.subTest(name, role=role):
                    self.assertEqual(len(names), len(set(names)))
                    self.assertEqual([], [n for n in names if n not in known and not n.startswith(OPEN_NAMES)])

    def test_a_pod_has_longer_to_end_than_its_process_needs_to_drain(self):
        for name in render.NAMES:
            for role, (deployment, container) in deployments(name).items():
                with self.subTest(name, role=role):
                    drain = int(variables(container)[f"STREAMDEMO_{role.upper()}_DRAIN_MS"])
                    self.assertEqual(given(name)[role]["drainMs"], drain)
                    grace = deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
                    self.assertGreater(grace, math.ceil(drain / 1000) + BEYOND[role])
                    self.assertLess(grace, math.ceil(drain / 1000) + 60)

    def test_no_pod_may_more_than_it_needs(self):
        for name in render.NAMES:
            for role, (deployment, container) in deployments(name).items():
                pod = deployment["spec"]["template"]["spec"]
                with self.subTest(name, role=role):
                    self.assertEqual((True, 10001), (pod["securityContext"]["runAsNonRoot"], pod["securityContext"]["runAsUser"]))
                    self.assertEqual({"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}, container["securityContext"])
                    self.assertFalse(pod["automountServiceAccountToken"])
                    # All that it writes is in a volume.
                    writable = [m["mountPath"] for m in container["volumeMounts"] if not m.get("readOnly")]
                    directories = [v for n, v in variables(container).items() if n in ("STREAMDEMO_ARTIFACTS_DIRECTORY", "STREAMDEMO_HISTORY_DIRECTORY", "STREAMDEMO_S3_SCRATCH_DIRECTORY")]
                    self.assertEqual([], [d for d in directories if not d.startswith(tuple(writable))])

    def test_what_is_secret_is_in_no_document(self):
        text = render.rendered("everything").read_text()
        _, container = deployments("everything")["gateway"]
        self.assertEqual({"secretKeyRef": {"name": "kafka", "key": "password"}}, variables(container)["STREAMDEMO_KAFKA_PROPERTIES_SASL_PASSWORD"])
        self.assertEqual({"secretKeyRef": {"name": "streamdemo-id", "key": "id-secret"}}, variables(container)["STREAMDEMO_AUTH_ID_SECRET"])
        self.assertNotIn("kind: Secret\n", text)
        for variable in ("STREAMDEMO_KAFKA_PROPERTIES_SSL_CA_LOCATION", "STREAMDEMO_MANAGEMENT_TOKEN_FILE"):
            path = variables(container)[variable]
            self.assertTrue(any(path.startswith(m["mountPath"] + "/") for m in container["volumeMounts"]), path)

    def test_probes_and_metrics_are_at_the_management_port(self):
        for name in render.NAMES:
            for role, (_, container) in deployments(name).items():
                with self.subTest(name, role=role):
                    ports = {p["name"]: p["containerPort"] for p in container["ports"]}
                    self.assertEqual(int(variables(container)["STREAMDEMO_MANAGEMENT_PORT"]), ports["management"])
                    self.assertEqual(("/healthz", "management"), tuple(container["livenessProbe"]["httpGet"].values()))
                    self.assertEqual(("/readyz", "management"), tuple(container["readinessProbe"]["httpGet"].values()))
                    if role == "gateway":
                        self.assertEqual(int(variables(container)["STREAMDEMO_GATEWAY_PORT"]), ports["http"])

    def test_processors_are_scaled_by_their_places(self):
        scaled = render.documents("everything")["ScaledObject", "demo-streamdemo-processor"]["spec"]
        _, container = deployments("everything")["processor"]
        asked, has = scaled["triggers"][0]["metadata"], variables(container)
        self.assertEqual(has["STREAMDEMO_PROCESSOR_CONCURRENCY"], asked["lagThreshold"])
        self.assertEqual((has["STREAMDEMO_TOPICS_REQUEST"], has["STREAMDEMO_TOPICS_GROUP"], has["STREAMDEMO_KAFKA_BROKERS"]),
                         (asked["topic"], asked["consumerGroup"], asked["bootstrapServers"]))
        self.assertEqual({"name": "kafka"}, scaled["triggers"][0]["authenticationRef"])

    def test_nothing_on_the_way_collects_a_stream_or_ends_it(self):
        all_of = render.documents("everything")
        self.assertEqual({"request": "0s", "backendRequest": "0s"}, all_of["HTTPRoute", "demo-streamdemo"]["spec"]["rules"][0]["timeouts"])
        notes = all_of["Ingress", "demo-streamdemo"]["metadata"]["annotations"]
        self.assertEqual(("off", "off", "3600"), tuple(notes[f"nginx.ingress.kubernetes.io/proxy-{n}"] for n in ("buffering", "request-buffering", "read-timeout")))

    def test_the_policy_opens_the_ports_of_all_brokers(self):
        for role in ("gateway", "processor"):
            egress = render.documents("everything")["NetworkPolicy", f"demo-streamdemo-{role}"]["spec"]["egress"]
            # Only gateways ask issuers for their keys.
            issuers = {443, 8443} if role == "gateway" else set()
            self.assertEqual({53, 9093, 9095, 4318, 3128} | issuers, {p["port"] for rule in egress for p in rule["ports"]})

    def test_with_a_bucket_no_pod_shares_a_volume(self):
        self.assertEqual([], [of for kind, of in render.documents("bucket") if kind == "PersistentVolumeClaim"])
        for role, (deployment, container) in deployments("bucket").items():
            with self.subTest(role):
                volumes = {v["name"]: v for v in deployment["spec"]["template"]["spec"]["volumes"]}
                has = variables(container)
                self.assertEqual(str(2 * int(has["STREAMDEMO_S3_MAX_SCRATCH_BYTES"])), volumes["artifacts"]["emptyDir"]["sizeLimit"])
                self.assertEqual({"secretKeyRef": {"name": "bucket", "key": "secret"}}, has["AWS_SECRET_ACCESS_KEY"])
                self.assertEqual("bucket-ca", volumes["bucket"]["secret"]["secretName"])
                self.assertIn({"name": "bucket", "mountPath": "/etc/streamdemo/bucket", "readOnly": True}, container["volumeMounts"])
                self.assertEqual("/etc/streamdemo/bucket/ca.crt", has["STREAMDEMO_S3_CA_FILE"])
                egress = render.documents("bucket")["NetworkPolicy", f"demo-streamdemo-{role}"]["spec"]["egress"]
                self.assertEqual({53, 9092, 9000}, {p["port"] for rule in egress for p in rule["ports"]})

    def test_the_key_of_a_bucket_may_be_a_file(self):
        for role, (deployment, container) in deployments("bucket_file").items():
            with self.subTest(role):
                has = variables(container)
                self.assertNotIn("AWS_SECRET_ACCESS_KEY", has)
                folder, _, name = has["STREAMDEMO_S3_CREDENTIALS_FILE"].rpartition("/")
                mount = next(m for m in container["volumeMounts"] if m["mountPath"] == folder)
                # A file that is mounted by itself would stay as it was.
                self.assertNotIn("subPath", mount)
                volumes = {v["name"]: v for v in deployment["spec"]["template"]["spec"]["volumes"]}
                self.assertEqual({"secretName": "bucket", "items": [{"key": "credentials", "path": name}]}, volumes[mount["name"]]["secret"])

    def test_the_alarms_are_those_of_prometheus_without_kubernetes(self):
        alarms = render.ALARMS.read_text()
        self.assertEqual(alarms, render.OWN_ALARMS.read_text(), "take them over: ./dev chart --write")
        rule = render.documents("everything")["PrometheusRule", "demo-streamdemo"]
        expected = yaml.safe_load(alarms.replace("https://streamdemo.example/docs", "https://wiki.example.org/streamdemo"))
        self.assertEqual(expected, rule["spec"])
        self.assertEqual("prometheus", rule["metadata"]["labels"]["release"])
        self.assertNotIn("PrometheusRule", [kind for kind, _ in render.documents("least")])

    def test_whose_certificates_count_is_said_of_each_server(self):
        found = deployments("everything")
        for role, (deployment, container) in found.items():
            with self.subTest(role):
                self.assertEqual(("internal", "ca.crt"), mounted(deployment, container, variables(container)["OTEL_EXPORTER_OTLP_CERTIFICATE"]))
        deployment, container = found["gateway"]
        has = variables(container)
        self.assertNotIn("STREAMDEMO_AUTH_ISSUERS_MAIN_CA_FILE", has)
        for name, secret in (("OWN", "internal"), ("OTHER", "other")):
            with self.subTest(name):
                self.assertEqual((secret, "ca.crt"), mounted(deployment, container, has[f"STREAMDEMO_AUTH_ISSUERS_{name}_CA_FILE"]))
        # Processors ask no issuer.
        self.assertFalse([n for n in variables(found["processor"][1]) if "ISSUERS" in n])

    def test_traces_go_where_it_is_said(self):
        for role, (_, container) in deployments("everything").items():
            with self.subTest(role):
                has = variables(container)
                self.assertEqual(("https://collector.monitoring:4318", "parentbased_traceidratio", "0.25"),
                                 tuple(has[f"OTEL_{n}"] for n in ("EXPORTER_OTLP_ENDPOINT", "TRACES_SAMPLER", "TRACES_SAMPLER_ARG")))
                self.assertEqual({"secretKeyRef": {"name": "collector", "key": "headers"}}, has["OTEL_EXPORTER_OTLP_HEADERS"])
        self.assertFalse([n for n in variables(deployments("least")["gateway"][1]) if n.startswith("OTEL_")])


if __name__ == "__main__":
    unittest.main()
