"""Plots as SVG: lines over a logarithmic axis, and bars."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 640, 300, 60, 34, 40
COLOURS = ("#0b6e99", "#d9730d", "#448361", "#9065b0")


def lines(title: str, across: str, series: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Each series as a line from point to point; the first coordinate is drawn by its logarithm."""
    xs = sorted({x for points in series.values() for x, _ in points})
    top = _round_up(max(y for points in series.values() for _, y in points))
    span = math.log(xs[-1] / xs[0]) or 1.0
    right = WIDTH - 130

    def at(x: float, y: float) -> tuple[float, float]:
        wide, high = right - LEFT, HEIGHT - TOP - BOTTOM
        return LEFT + wide * math.log(x / xs[0]) / span, HEIGHT - BOTTOM - high * y / top

    drawn = [_text(WIDTH / 2, 18, title, "middle"), _text((LEFT + right) / 2, HEIGHT - 6, across, "middle")]
    for share in range(5):
        x, y = at(xs[0], top * share / 4)
        drawn.append(f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="#8884"/>')
        drawn.append(_text(x - 6, y + 4, f"{top * share / 4:,.0f}", "end"))
    drawn += [_text(at(x, 0)[0], HEIGHT - BOTTOM + 16, f"{x:g}", "middle") for x in xs]
    for colour, (name, points) in zip(COLOURS, series.items(), strict=False):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in points))
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn.append(_text(right + 8, at(*points[-1])[1] + 4, name, "start", colour))
    return _svg(HEIGHT, drawn)


def bars(title: str, values: Mapping[str, float], unit: str) -> str:
    """A bar for each value, the least first."""
    left, step = 190, 24
    most = max(values.values())
    drawn = [_text(WIDTH / 2, 18, title, "middle")]
    for place, (name, value) in enumerate(sorted(values.items(), key=lambda pair: pair[1])):
        y = TOP + step * place
        length = (WIDTH - left - 90) * value / most
        colour = COLOURS[1] if name == "emulator" else COLOURS[0]
        drawn.append(_text(left - 8, y + 13, name, "end"))
        drawn.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{step - 8}" fill="{colour}"/>')
        drawn.append(_text(left + length + 6, y + 13, f"{value:.2f} {unit}", "start"))
    return _svg(TOP + step * len(values) + 8, drawn)


def _round_up(value: float) -> float:
    size = 10 ** math.floor(math.log10(value))
    return float(math.ceil(value / size) * size)


def _text(x: float, y: float, text: str, anchor: str, colour: str = "#777") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'


def _svg(height: float, drawn: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" font-family="sans-serif" font-size="12">'
    return "\n".join([head, *drawn, "</svg>", ""])
