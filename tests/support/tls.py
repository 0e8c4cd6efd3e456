"""A server of this machine over https, for tests of who is trusted."""
import contextlib
import pathlib
import socket
import ssl
import subprocess
import tempfile
import threading
import urllib.parse


class Tls:
    """`address`: of the server. `authority`: a file with the certificate of the one that counts."""

    def __init__(self, directory, listener):
        self.address, self.authority = f"https://localhost:{listener.getsockname()[1]}", str(pathlib.Path(directory) / "tls.crt")
        self.key = str(pathlib.Path(directory) / "tls.key")
        self.context, self.open = None, []
        self.renew()

    def renew(self):
        """Another authority, in the same file, and no connection from before."""
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=DNS:localhost", "-keyout", self.key, "-out", self.authority], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.authority, self.key)
        self.context = context
        for connection in self.open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.open.clear()


@contextlib.contextmanager
def behind_tls(address):
    """The same server over https, with a certificate that no authority of the system has signed."""
    there = urllib.parse.urlsplit(address)
    with tempfile.TemporaryDirectory() as directory, socket.create_server(("127.0.0.1", 0)) as listener:
        tls = Tls(directory, listener)

        def relay(source, to):
            with contextlib.suppress(OSError):
                while piece := source.recv(65536):
                    to.sendall(piece)
            with contextlib.suppress(OSError):
                to.shutdown(socket.SHUT_RDWR)

        def serve(client):
            with contextlib.suppress(OSError), tls.context.wrap_socket(client, server_side=True) as near, \
                    socket.create_connection((there.hostname, there.port)) as far:
                tls.open.append(near)
                back = threading.Thread(target=relay, args=(far, near))
                back.start()
                relay(near, far)
                back.join()

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield tls
        finally:
            listener.shutdown(socket.SHUT_RDWR)
