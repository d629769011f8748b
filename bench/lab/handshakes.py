"""Full TLS 1.3 handshakes, one request each, one after the other: handshakes.py PORT SECONDS.

A program of its own, so that it can be pinned. Nothing is resumed, and X25519 is all it offers.
"""

import json
import socket
import sys
import time

from certificate import any_server

ASK = b"GET /36 HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n"


def once(terms, port):
    """True where the handshake was a full one and the answer came."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
        with terms.wrap_socket(plain, server_hostname="bench") as client:
            client.sendall(ASK)
            answer = client.recv(4096)
            is_full = not client.session_reused and client.version() == "TLSv1.3"
            return is_full and answer.startswith(b"HTTP/1.1 200")


def main():
    port, seconds = int(sys.argv[1]), float(sys.argv[2])
    terms = any_server()
    done = errors = 0
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        try:
            if once(terms, port):
                done += 1
            else:
                errors += 1
        except OSError:
            errors += 1
    print(json.dumps({"requests": done, "errors": errors, "seconds": time.monotonic() - began}))


if __name__ == "__main__":
    main()
