"""A plot of ratios as SVG text: grouped bars, 1 = the better of nginx and HAProxy."""

from html import escape

from . import report, stats

LEFT, BAR, GAP, WIDTH, TOP = 250, 11, 12, 820, 58
SCALE_TO = 2.0
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #24292f; }
  .title { font-size: 15px; font-weight: 600; } .small { font-size: 11px; }
  .line { stroke: #8c959f; stroke-width: 1; } .one { stroke: #24292f; stroke-width: 1.5; }
  .poise { fill: #0969da; } .haproxy { fill: #6fbf8b; } .nginx { fill: #c6a15b; }
  .relay { fill: #a5adb6; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .line { stroke: #484f58; } .one { stroke: #e6edf3; }
    .poise { fill: #58a6ff; } .haproxy { fill: #3f8f5d; } .nginx { fill: #94742f; }
    .relay { fill: #6e7681; }
  }
"""


def bars(scenario, runs, names):
    """(peer, ratio to the better rival) for each peer that has numbers."""
    medians = {name: stats.median(report.good_values(runs, name, scenario.metric))
               for name in names}
    rivals = [medians[name] for name in report.RIVALS if medians.get(name)]
    if not rivals:
        return []
    return [(name, value / min(rivals)) for name, value in medians.items() if value is not None]


def _x(ratio):
    return LEFT + min(ratio, SCALE_TO) / SCALE_TO * (WIDTH - LEFT - 60)


def _group(title, group, top):
    parts = [f'<text x="{LEFT - 10}" y="{top + len(group) * BAR / 2 + 4:.0f}" '
             f'text-anchor="end">{escape(title)}</text>']
    for index, (name, ratio) in enumerate(group):
        y = top + index * BAR
        beyond = " (cut)" if ratio > SCALE_TO else ""
        parts.append(f'<rect class="{name}" x="{LEFT}" y="{y}" width="{_x(ratio) - LEFT:.1f}" '
                     f'height="{BAR - 2}"/>')
        parts.append(f'<text class="small" x="{_x(ratio) + 4:.1f}" y="{y + BAR - 2}">'
                     f'{ratio:.2f}{beyond}</text>')
    return parts


def _legend(names):
    parts, x = [], LEFT
    for name in names:
        parts.append(f'<rect class="{name}" x="{x}" y="32" width="10" height="10"/>')
        parts.append(f'<text x="{x + 14}" y="41">{escape(name)}</text>')
        x += 90
    return parts


def svg(results):
    names = results["names"]
    groups = [(scenario.title, bars(scenario, runs, names))
              for scenario, runs in results["scenarios"]]
    groups = [(title, group) for title, group in groups if group]
    body, top = [], TOP
    for title, group in groups:
        body += _group(title, group, top)
        top += len(group) * BAR + GAP
    grid = [f'<line class="{"one" if tick == 1 else "line"}" x1="{_x(tick):.1f}" '
            f'x2="{_x(tick):.1f}" y1="{TOP - 6}" y2="{top}"/>' for tick in (0, 0.5, 1, 1.5, 2)]
    labels = [f'<text class="small" x="{_x(tick):.1f}" y="{top + 14}" text-anchor="middle">{tick}'
              f'</text>' for tick in (0, 0.5, 1, 1.5, 2)]
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top + 24}" '
            f'width="{WIDTH}" height="{top + 24}"><style>{STYLE}</style>')
    title = ('<text class="title" x="10" y="20">Cost against the better of nginx and HAProxy '
             f'(= 1; shorter is better), {escape(results["about"]["date"])}</text>')
    return "\n".join([head, title] + _legend(names) + grid + body + labels + ["</svg>"]) + "\n"
