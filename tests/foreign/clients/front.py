"""HTTPS before the demo tenant: MSAL takes no other. Says in X-Forwarded-Proto how the client came, as gateways do.

Runs in threads of the process that checks; every request is kept in `seen` as (method, path, headers).
"""

import contextlib
import http.client
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextlib.contextmanager
def https(certificate, port, seen):
    """Serves what the plain server at `port` answers; gives the port of the front."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def pass_on(self):
            length = int(self.headers.get("content-length") or 0)
            if "chunked" in (self.headers.get("transfer-encoding") or ""):
                body = self.chunks()
            else:
                body = self.rfile.read(length)
            dropped = {"connection", "transfer-encoding", "content-length", "accept-encoding"}
            headers = {key: value for key, value in self.headers.items() if key.lower() not in dropped}
            headers["X-Forwarded-Proto"] = "https"
            seen.append((self.command, self.path, dict(self.headers.items())))
            inside = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            try:
                inside.request(self.command, self.path, body, headers)
                reply = inside.getresponse()
                told = reply.read()
            finally:
                inside.close()
            self.send_response(reply.status)
            for key, value in reply.getheaders():
                if key.lower() not in dropped:
                    self.send_header(key, value)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def chunks(self):
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        do_GET = do_POST = do_PATCH = do_DELETE = pass_on

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
