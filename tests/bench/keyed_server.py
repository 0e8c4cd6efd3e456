"""A server of one machine that demands keys, for benches of access control."""
import os
import subprocess

from ports import free_port


def make_key(binary, directory, subject):
    return subprocess.run([binary, "key", "new", "--subject", subject, "--set", f"auth.directory={directory}/auth"],
                          check=True, capture_output=True, text=True).stdout.strip()


def start(binary, directory, **settings):
    """Gives the process and its port; `settings`: more of them, with __ for the dot."""
    port = free_port()
    sets = {"auth.mode": "keys", "auth.directory": f"{directory}/auth", "artifacts.directory": f"{directory}/files",
            "gateway.port": port, "management.port": 0, "instance.log_level": "error"}
    sets |= {name.replace("__", "."): value for name, value in settings.items()}
    server = subprocess.Popen([os.path.abspath(binary)] + [a for k, v in sets.items() for a in ("--set", f"{k}={v}")], stdout=subprocess.PIPE, text=True,
                              cwd=directory)
    assert "is ready" in server.stdout.readline()
    return server, port
