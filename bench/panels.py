"""A line chart as SVG, by hand: a few series over one axis, in panels one above the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

WIDTH, HEIGHT, LEFT, TOP, GAP = 760, 150, 60, 30, 55
COLOURS = ("#1f6feb", "#d1242f", "#1a7f37")
Panel = Mapping[str, Sequence[float]]


def chart(xs: Sequence[float], panels: Mapping[str, Panel], under: str) -> str:
    """Each panel's series over `xs`; the panel's name is its title, `under` is written below the last."""
    whole = TOP + len(panels) * (HEIGHT + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH + LEFT + 20} {whole}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH + LEFT + 20}" height="{whole}" fill="white"/>',
    ]
    for number, (title, series) in enumerate(panels.items()):
        parts += _panel(xs, title, series, TOP + number * (HEIGHT + GAP))
    parts += [f'<text x="{LEFT + WIDTH / 2}" y="{whole - 8}" text-anchor="middle">{under}</text>', "</svg>"]
    return "\n".join(parts) + "\n"


def _panel(xs: Sequence[float], title: str, series: Panel, top: float) -> list[str]:
    most = max(max(values) for values in series.values()) * 1.05 or 1
    parts = [f'<text x="{LEFT}" y="{top - 8}" font-weight="bold">{title}</text>']
    for step in range(5):
        y = top + HEIGHT - HEIGHT * step / 4
        parts.append(f'<line x1="{LEFT}" x2="{LEFT + WIDTH}" y1="{y}" y2="{y}" stroke="#d8dee4"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{most * step / 4:,.4g}</text>')
    for step in range(5):
        at = xs[-1] * step / 4
        parts.append(
            f'<text x="{LEFT + WIDTH * step / 4}" y="{top + HEIGHT + 16}" text-anchor="middle">{at:,.0f}</text>'
        )
    for number, (name, values) in enumerate(series.items()):
        colour = COLOURS[number]
        points = " ".join(
            f"{LEFT + WIDTH * x / xs[-1]:.1f},{top + HEIGHT - HEIGHT * value / most:.1f}"
            for x, value in zip(xs, values, strict=True)
        )
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        parts.append(
            f'<text x="{LEFT + WIDTH - 90 * (len(series) - number - 1)}" y="{top - 8}" text-anchor="end" fill="{colour}">{name}</text>'
        )
    return parts
