"""TLS and a proxy in front of the foreign servers: OpenSSL through Python's standard library, certificates by `openssl`.

Everything runs on loopback in threads of the process that checks.
"""

import contextlib
import pathlib
import shutil
import socket
import ssl
import subprocess
import threading

PROXY_PAGE = b"<html>Who are you?</html>"


class Certificates:
    """An authority of our own and three servers' certificates from it: good, expired, for another host."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.authority = str(self.folder / "authority.pem")
        subject = ["-subj", "/CN=Authority of the foreign check"]
        key = ["-newkey", "rsa:2048", "-nodes", "-keyout", str(self.folder / "authority.key")]
        self.openssl("req", "-x509", *key, *subject, "-days", "2", "-out", self.authority)
        self.good = self.issue("good", "DNS:localhost,IP:127.0.0.1", ["-days", "1"])
        self.other_host = self.issue("other-host", "DNS:other.example", ["-days", "1"])
        self.expired = self.issue("expired", "DNS:localhost,IP:127.0.0.1", None)

    @staticmethod
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)

    def issue(self, name, names, lifetime):
        """Certificate and key in one file."""
        key, request, extension, made = (str(self.folder / f"{name}.{end}") for end in ("key", "csr", "ext", "crt"))
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-subj", f"/CN={name}", "-out", request)
        text = f"subjectAltName={names}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n"
        pathlib.Path(extension).write_text(text)
        if lifetime:
            signer = ["-CA", self.authority, "-CAkey", str(self.folder / "authority.key"), "-CAcreateserial"]
            self.openssl("x509", "-req", "-in", request, *signer, *lifetime, "-extfile", extension, "-out", made)
        else:
            self.issue_expired(request, extension, made)
        both = self.folder / f"{name}.pem"
        both.write_text(pathlib.Path(made).read_text() + pathlib.Path(key).read_text())
        return str(both)

    def issue_expired(self, request, extension, made):
        """Only `openssl ca` can say in every version when a certificate began and ended."""
        (self.folder / "index.txt").write_text("")
        (self.folder / "serial").write_text("1000\n")
        settings = self.folder / "ca.cnf"
        lines = ["[ca]", "default_ca=here", "[here]", f"database={self.folder}/index.txt", f"serial={self.folder}/serial"]
        lines += [f"new_certs_dir={self.folder}", "default_md=sha256", "policy=any", "[any]", "commonName=supplied"]
        settings.write_text("\n".join(lines) + "\n")
        signer = ["-cert", self.authority, "-keyfile", str(self.folder / "authority.key")]
        dates = ["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"]
        common = ["-batch", "-notext", "-config", str(settings), "-extfile", extension]
        self.openssl("ca", *common, *signer, *dates, "-in", request, "-out", made)


def available():
    return shutil.which("openssl") is not None


@contextlib.contextmanager
def listening(serve):
    """Calls `serve(connection)` in a thread for whoever connects; gives the port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=guarded, args=(connection,), daemon=True).start()

    def guarded(connection):
        with connection, contextlib.suppress(OSError):
            serve(connection)

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def pump(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def join(one, other):
    """Carries bytes both ways until both ends have ended."""
    back = threading.Thread(target=pump, args=(other, one), daemon=True)
    back.start()
    pump(one, other)
    back.join()


def tls_front(certificate, port, at_most=None):
    """TLS by OpenSSL before the plain server at `port`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if at_most:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = at_most

    def serve(connection):
        with context.wrap_socket(connection, server_side=True) as inside, socket.create_connection(("127.0.0.1", port)) as plain:
            join(inside, plain)

    return listening(serve)


def tunnel_proxy(asked, status=200):
    """An HTTP proxy for CONNECT alone; keeps the head of every request in `asked`."""

    def serve(connection):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            more = connection.recv(1)
            if not more:
                return
            head += more
        asked.append(head.decode())
        if status != 200:
            headers = f"HTTP/1.1 {status} no\r\nProxy-Authenticate: Negotiate\r\nContent-Length: {len(PROXY_PAGE)}\r\n\r\n"
            connection.sendall(headers.encode() + PROXY_PAGE)
            return
        host, _, port = head.split()[1].decode().rpartition(":")
        with socket.create_connection((host, int(port))) as server:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            join(connection, server)

    return listening(serve)
