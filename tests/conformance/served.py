"""schemathesis: requests made of the description, right and wrong ones, one by one and as chains along its links."""
import json
import subprocess
import sys

from . import tools

# Reported and no fault, with the reason.
KNOWN = {
    "ST108": "It takes the schema of `text/event-stream` for that of one event, which only OpenAPI 3.2 can describe; here it is the text of the stream.",
}


def run(url, seconds=120):
    environment = {**tools.python_packages("schemathesis"), "SCHEMATHESIS_HOOKS": "hooks"}
    environment["PYTHONPATH"] += f":{tools.HERE / 'schemathesis'}"
    report = tools.BUILD / "schemathesis.json"
    report.unlink(missing_ok=True)
    # Sockets are not asked without an upgrade; and the path of any kind cannot say what each takes, as the paths of the kinds do.
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json", "--checks", "all", "--mode", "all",
               "--max-examples", "40", "--max-time", str(seconds), "--request-timeout", "30", "--continue-on-failure", "--seed", "7",
               "--exclude-operation-id-regex", "(?i)socket|^submitTask$", "--report", "json", "--report-json-path", report, "--no-color"]
    # It fails with the known ones, too.
    said = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, cwd=tools.BUILD, check=False).stdout
    if not report.exists():
        raise tools.Failed(said)
    seen = json.loads(report.read_text())
    if [f for f in seen["failures"] if f["code"] not in KNOWN] + seen["errors"]:
        raise tools.Failed(said.partition(" FAILURES ")[2].partition(" WARNINGS ")[0] or said)
    known = sorted({f["code"] for f in seen["failures"]})
    done = [name for name, phase in seen["phases"].items() if phase["status"] != "skip"]
    counts = f"{seen['test_cases']['generated']} requests and chains of requests to {seen['operations']['tested']} operations"
    return done, [counts, *(f"{code}: {KNOWN[code]}" for code in known)]
