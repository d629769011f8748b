"""A certificate of no worth for the proxies (P-256), made when it is first asked for."""

import os
import ssl
import subprocess


def make(folder):
    """The paths of certificate, key, and a file with both, which HAProxy wants."""
    cert, key, both = (os.path.join(folder, name) for name in ("cert.pem", "key.pem", "both.pem"))
    if not os.path.exists(both):
        subprocess.run(["openssl", "req", "-x509", "-nodes", "-days", "30", "-newkey", "ec",
                        "-pkeyopt", "ec_paramgen_curve:P-256", "-subj", "/CN=bench", "-addext",
                        "subjectAltName=DNS:bench", "-keyout", key, "-out", cert],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(both, "w") as out:
            for path in (cert, key):
                with open(path) as one:
                    out.write(one.read())
    return cert, key, both


def any_server():
    """A client's terms: whoever it is, by TLS 1.3 or 1.2."""
    terms = ssl.create_default_context()
    terms.check_hostname, terms.verify_mode = False, ssl.CERT_NONE
    return terms
