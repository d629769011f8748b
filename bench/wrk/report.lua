-- Prints what a run did as one line of JSON, after the marker run.py looks for. With the argument
-- `post` each request carries a 64 KB body; with `close` each asks for its connection to end.
function init(args)
  if args[1] == "post" then
    wrk.method = "POST"
    wrk.body = string.rep("x", 65536)
  elseif args[1] == "close" then
    wrk.headers["Connection"] = "close"
  end
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '@@{"requests": %d, "bytes": %d, "seconds": %.6f, "errors": %d, "connect": %d, "read": %d, ' ..
    '"write": %d, "status": %d, "timeout": %d, "p50": %.1f, "p99": %.1f}\n',
    summary.requests, summary.bytes, summary.duration / 1e6,
    e.connect + e.read + e.write + e.status + e.timeout,
    e.connect, e.read, e.write, e.status, e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
