"""The proxies compared, each given what its own documentation recommends for this work."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, replace

from . import certificate, processes, programs
from .processes import Unavailable

NAMES = ["poise", "haproxy", "nginx", "relay"]
MODULES = "/usr/lib/nginx/modules"

NGINX = """
{load}
user {user};
worker_processes {workers};
worker_rlimit_nofile 65536;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 16000; }}
{body}
"""

NGINX_HTTP = """
http {{
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  client_max_body_size 0;
  tcp_nodelay on;
  upstream app {{
    {pool}
    {servers}
    keepalive 256;
    keepalive_requests 1000000000;
  }}
  server {{
    listen 127.0.0.1:{port} {tls}reuseport backlog=4096;
    {tls_settings}location / {{
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      client_body_buffer_size 128k; # a body stays in memory, never in a file
      proxy_max_temp_file_size 0;    # nor an answer
      proxy_buffer_size 16k;
      proxy_buffers 16 16k;
    }}
  }}
}}
"""

# The same for all: TLS 1.2 and 1.3, AES-128 first, X25519, tickets and nothing kept for them.
CIPHERS = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"
SUITES = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"

NGINX_TLS = f"""ssl_certificate {{cert}}; ssl_certificate_key {{key}};
    ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers {CIPHERS}; ssl_prefer_server_ciphers on;
    ssl_conf_command Ciphersuites {SUITES};
    ssl_ecdh_curve X25519:P-256; ssl_session_tickets on; ssl_session_cache off;
    """

HAPROXY_TLS = f"""  ssl-default-bind-options ssl-min-ver TLSv1.2
  ssl-default-bind-ciphers {CIPHERS}
  ssl-default-bind-ciphersuites {SUITES}
"""

NGINX_STREAM = """
stream {{
  upstream app {{ {servers} }}
  server {{
    listen 127.0.0.1:{port} reuseport backlog=4096;
    proxy_pass app;
    proxy_buffer_size 64k;
    tcp_nodelay on;
  }}
}}
"""

HAPROXY = """
global
  nbthread {workers}
  maxconn 6000
{tuning}defaults
  mode {mode}
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  option redispatch 1
  retries 3
{options}
frontend in
  bind 127.0.0.1:{port} backlog 4096{tls}
  default_backend app
backend app
{pool}{backend_options}{servers}
"""

POISE = """
workers: {workers}
listeners: [{{ bind: "127.0.0.1:{port}", pool: app{protocol}{tls} }}]
pools: {{ app: {{ backends: [{backends}], connections: {{ idle: 256 }}{pool} }} }}
{log}
"""


class Peer:
    """One running proxy; end it with stop()."""

    def __init__(self, name, child, port, tls):
        self.name, self.child, self.port, self.tls = name, child, port, tls
        self.pid = child.pid

    def stop(self):
        processes.stop(self.child)
        access_log = os.path.join(os.path.dirname(self.child.log), "access.log")
        if os.path.exists(access_log):  # hundreds of megabytes after one run
            os.remove(access_log)


def _folder(name):
    where = os.path.join(programs.OUT, "work", name)
    shutil.rmtree(where, ignore_errors=True)
    os.makedirs(where)
    return where


def _write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def _certificate():
    return certificate.make(programs.out_folder("work"))


def _nginx_tls(at):
    if not at.tls:
        return {"tls": "", "tls_settings": ""}
    cert, key, _ = _certificate()
    return {"tls": "ssl ", "tls_settings": NGINX_TLS.format(cert=cert, key=key)}


def _nginx(at):
    load = f"load_module {MODULES}/ngx_stream_module.so;" if at.tcp else ""
    if at.tcp and not os.path.exists(f"{MODULES}/ngx_stream_module.so"):
        raise Unavailable("the stream module is missing (Debian: libnginx-mod-stream)")
    servers = " ".join(f"server 127.0.0.1:{port};" for port in at.backends)
    body = (NGINX_STREAM if at.tcp else NGINX_HTTP).format(port=at.port, servers=servers,
                                                           folder=at.folder, pool=at.pool,
                                                           **_nginx_tls(at))
    text = NGINX.format(load=load, folder=at.folder, body=body, workers=at.workers,
                        user=processes.user())
    return ["nginx", "-p", at.folder, "-e", f"{at.folder}/error.log", "-g", "daemon off;",
            "-c", _write(at.folder, "nginx.conf", text)]


def _haproxy(at):
    servers = "\n".join(f"  server s{port} 127.0.0.1:{port}" for port in at.backends)
    both = _certificate()[2] if at.tls else ""
    text = HAPROXY.format(tls=f" ssl crt {both} alpn http/1.1 curves X25519:P-256" if at.tls else "",
                          mode="tcp" if at.tcp else "http", port=at.port, servers=servers,
                          workers=at.workers,
                          # Larger buffers make bulk cheaper and small HTTP dearer: only here.
                          tuning="  tune.bufsize 65536\n" if at.tcp
                          else HAPROXY_TLS if at.tls else "",
                          options="  option splice-auto" if at.tcp
                          else "  timeout http-keep-alive 600s\n  retry-on conn-failure empty-response",
                          pool=f"  {at.pool}\n" if at.pool else "",
                          backend_options="" if at.tcp else "  http-reuse always\n")
    return ["haproxy", "-db", "-f", _write(at.folder, "haproxy.cfg", text)]


def _poise(at):
    access = f"log: {{ access: {{ to: {at.folder}/access.log, format: json }} }}" if at.log else ""
    backends = ", ".join(f'"127.0.0.1:{port}"' for port in at.backends)
    cert, key, _ = _certificate() if at.tls else ("", "", "")
    tls = f", tls: {{ certificates: [{{ cert: {cert}, key: {key} }}] }}" if at.tls else ""
    text = POISE.format(tls=tls, workers=at.workers, port=at.port, backends=backends, log=access,
                        pool=f", {at.pool}" if at.pool else "",
                        protocol=", protocol: tcp" if at.tcp else "")
    return [at.program, "run", "-c", _write(at.folder, "poise.yaml", text)]


def _relay(at):
    if at.tls:
        raise Unavailable("it speaks no TLS")
    return [programs.path("relay"), str(at.port), str(at.backends[0])]


MAKERS = {"poise": _poise, "haproxy": _haproxy, "nginx": _nginx, "relay": _relay}


@dataclass
class Setup:
    """What a proxy is asked to be."""

    backends: list
    program: str               # where poise is
    tcp: bool = False
    tls: bool = False          # towards clients
    pool: str = ""             # in the proxy's own words: how to choose a backend
    log: bool = False          # poise's access log; the peers never write one
    workers: int = 1
    cpus: object = frozenset({processes.PROXY_CPU})   # None: all
    prefix: tuple = ()         # a command to run it under
    port: int = 0
    folder: str = ""


def start(name, setup):
    """Starts a proxy and returns it once it listens."""
    setup = replace(setup, folder=_folder(name), port=processes.free_port())
    command = MAKERS[name](setup)
    if shutil.which(command[0]) is None:
        raise Unavailable(f"{command[0]} is not there")
    child = processes.start([*setup.prefix, *command], cpus=setup.cpus,
                            log=os.path.join(setup.folder, "output.log"))
    try:
        processes.wait_for_port(child, setup.port)
    except Unavailable:
        processes.stop(child)
        raise
    return Peer(name, child, setup.port, setup.tls)


def version(name, program):
    commands = {"poise": [program, "version"], "haproxy": ["haproxy", "-v"],
                "nginx": ["nginx", "-v"], "relay": None}
    if commands[name] is None:
        return "bench/relay.cpp"
    try:
        done = subprocess.run(commands[name], capture_output=True, text=True, timeout=5)
    except OSError:
        return "missing"
    found = re.search(r"\d+\.\d+[\w.+-]*", done.stdout + done.stderr)
    return found.group(0) if found else "unknown"
