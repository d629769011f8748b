"""Many reloads under load: what kept and new connections notice, beside the peers; then many
without load: what they leave in memory and descriptors."""

import concurrent.futures
import shutil
import time

from . import load, meters, processes, programs, report, running
from .processes import Unavailable

COUNT = 200        # reloads under load
IDLE_COUNT = 1000  # without
KEPT, NEW = 32, 8  # connections
WARM_RELOADS = 20  # before memory is compared
PATH = "/36"

POISE = """
workers: 2
listeners:
  - bind: "127.0.0.1:{port}"
    routes:{route}
      - {{ name: all, pool: app }}{listener}
pools:
  app: {{ backends: [{backends}], connections: {{ idle: 256 }} }}
"""
POISE_ROUTE = """
      - { name: extra, match: { path: /extra }, respond: { body: extra } }"""
POISE_LISTENER = """
  - {{ bind: "127.0.0.1:{extra}", pool: app }}"""

HAPROXY = """
global
  nbthread 2
  maxconn 6000
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  timeout http-keep-alive 600s
  option redispatch 1
  option idle-close-on-response  # an old process does not cut a kept connection that is idle
  retries 3
  retry-on conn-failure empty-response
frontend in
  bind 127.0.0.1:{port} backlog 4096
{route}{listener}  default_backend app
backend app
  http-reuse always
{backends}
"""
HAPROXY_ROUTE = "  http-request return status 200 if { path_beg /extra }\n"
HAPROXY_LISTENER = "  bind 127.0.0.1:{extra}\n"

NGINX = """
user {user};
worker_processes 2;
worker_rlimit_nofile 65536;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 16000; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream app {{ {backends} keepalive 256; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{port} reuseport backlog=4096;{listener}{route}
    location / {{
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }}
  }}
}}
"""
NGINX_ROUTE = "\n    location /extra { return 200; }"
NGINX_LISTENER = "\n    listen 127.0.0.1:{extra} reuseport;"


def listed(name, backends, weights):
    pairs = list(zip(backends, weights))
    if name == "poise":
        return ", ".join(f'{{ address: "127.0.0.1:{at}", weight: {w} }}' for at, w in pairs)
    if name == "haproxy":
        return "\n".join(f"  server s{at} 127.0.0.1:{at} weight {w}" for at, w in pairs)
    return " ".join(f"server 127.0.0.1:{at} weight={w};" for at, w in pairs)


def two_configs(name, port, extra, backends):
    """The second has a route, a listener and a backend more, and other weights."""
    whole, route, listener = {"poise": (POISE, POISE_ROUTE, POISE_LISTENER),
                              "haproxy": (HAPROXY, HAPROXY_ROUTE, HAPROXY_LISTENER),
                              "nginx": (NGINX, NGINX_ROUTE, NGINX_LISTENER)}[name]
    rest = {"port": port, "user": processes.user(), "folder": programs.out_folder("work", name)}
    return [whole.format(route="", listener="", backends=listed(name, backends[:2], (1, 1)), **rest),
            whole.format(route=route, listener=listener.format(extra=extra),
                         backends=listed(name, backends, (3, 1, 2)), **rest)]


def start(name, program, text, port):
    if name == "poise":
        return running.Poise(program, "reloads-poise", text, port)
    if shutil.which(name) is None:
        raise Unavailable("not installed")
    kind = {"haproxy": running.Haproxy, "nginx": running.Nginx}[name]
    return kind(f"reloads-{name}", text, port)


def under_load(proxy, seconds, work):
    """Runs `work` while both kinds of clients ask; what each saw, and what `work` returned."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        kept = pool.submit(load.wrk, proxy.port, PATH, seconds, KEPT)
        new = pool.submit(load.wrk, proxy.port, PATH, seconds, NEW, "close")
        done = work()
        return kept.result(), new.result(), done


def reload_evenly(proxy, texts, count, seconds):
    """As many as the time allows: the number of them, and the most old processes at a time."""
    usual, most, began = len(proxy.workers()), 0, time.monotonic()
    for number in range(count):
        due = began + (number + 0.5) * (seconds - 1) / count
        if time.monotonic() > began + seconds - 0.5:  # the rest would be without load
            return number, most
        time.sleep(max(0.0, due - time.monotonic()))
        proxy.reload(texts[(number + 1) % 2])
        most = max(most, len(proxy.workers()) - usual)
    return count, most


def measure(name, program, backends, seconds, count):
    port, extra = processes.free_port(), processes.free_port()
    texts = two_configs(name, port, extra, backends)
    proxy = start(name, program, texts[0], port)
    usual = len(proxy.workers())
    load.wrk(port, PATH, 1)
    calm = under_load(proxy, max(1, seconds // 3), lambda: None)
    kept, new, (reloads, most) = under_load(
        proxy, seconds, lambda: reload_evenly(proxy, texts, count, seconds))
    time.sleep(2)
    row = {"name": name, "reloads": reloads, "kept": kept, "new": new, "calm_kept": calm[0],
           "calm_new": calm[1], "most": most, "left": len(proxy.workers()) - usual, "again": proxy.asked_again}
    proxy.stop()
    return row


def run_all(program, backends, seconds, count=COUNT):
    rows = []
    for name in ("poise", "haproxy", "nginx"):
        try:
            rows.append(measure(name, program, backends, seconds, count))
            print(_line(rows[-1]), flush=True)
        except Unavailable as error:
            print(f"{name}: skipped: {error}", flush=True)
    return rows


def without_load(program, backends, count=IDLE_COUNT):
    """Memory and descriptors by number of reloads; all samples are of the same configuration."""
    port, extra = processes.free_port(), processes.free_port()
    texts = two_configs("poise", port, extra, backends)
    proxy = start("poise", program, texts[0], port)
    step = max(2, count // 20 * 2)
    samples, began = [], time.monotonic()
    for number in range(1, WARM_RELOADS + count + 1):
        proxy.reload(texts[number % 2])
        if number >= WARM_RELOADS and (number - WARM_RELOADS) % step == 0:
            samples.append((number - WARM_RELOADS, meters.resident_bytes(proxy.pid),
                            meters.open_files(proxy.pid)))
    taken = time.monotonic() - began
    proxy.stop()
    return {"samples": samples, "each": taken / (WARM_RELOADS + count)}


def _pair(calm, busy):
    return f"{calm['p99'] / 1000:.1f} / {busy['p99'] / 1000:.1f}"


def _failed(result):
    kinds = ", ".join(f"{key} {result[key]}" for key in ("status", "connect", "read", "write",
                                                         "timeout") if result[key])
    return f"{result['errors']:,} of {result['requests']:,}" + (f" ({kinds})" if kinds else "")


def _line(row):
    again = f" ({row['again']} asked for twice)" if row["again"] else ""
    return (f"| {row['name']} | {row['reloads']}{again} | {_failed(row['kept'])} | {_failed(row['new'])} | "
            f"{_pair(row['calm_kept'], row['kept'])} | {_pair(row['calm_new'], row['new'])} | "
            f"{row['most']} | {row['left']} |")


def table(rows):
    return "\n".join([
        "| | reloads | failed, kept connections | failed, new connections | p99 ms kept, without / "
        "with reloads | p99 ms new, without / with | old processes, most | left |",
        "|---|---|---|---|---|---|---|---|", *map(_line, rows)])


def idle_table(idle):
    lines = ["| reloads | resident MB | descriptors |", "|---|---|---|"]
    return "\n".join(lines + [f"| {number:,} | {rss / 1e6:.2f} | {files} |"
                              for number, rss, files in idle["samples"]])


METHOD = """\
Two configurations take turns: the second has a route, a listener and a backend more, and other \
weights. Every proxy has two workers, shares two CPUs with the clients and is told to reload at even \
intervals for {seconds} s: poise and nginx by SIGHUP, HAProxy (`-W`) by SIGUSR2. Meanwhile {kept} \
connections ask without a pause (wrk), and {new} more clients open a connection for each request. \
*Failed* is every request without a good answer, also one whose connection was closed just as it was \
sent. At full load p99 says how long the queue for the CPU is: compare it with and without reloads. \
*Old processes* are those of earlier configurations: the most at a time, and 2 s after the load has \
ended. *Asked for twice*: nothing had happened half a second after the signal."""


def page(rows, idle, program, seconds):
    about = report.about(["poise", "haproxy", "nginx"], program)
    method = METHOD.format(seconds=seconds, kept=KEPT, new=NEW)
    return (f"# Reloads\n\nMeasured by `bench/drills.py reloads --write`, which writes this page; "
            f"run it to see what your machine says. {about}\n\n## Under load\n\n{method}\n\n"
            f"{table(rows)}\n\n## Without load\n\nOne after the other, each as soon as the one "
            f"before is done: {1000 * idle['each']:.1f} ms each. Counted after the first "
            f"{WARM_RELOADS}.\n\n{idle_table(idle)}\n")
