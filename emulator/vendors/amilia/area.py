"""Areas on the map: a circle, a box, a polygon; and which locations lie within."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import asin, cos, radians, sin, sqrt
from typing import Any
from urllib.parse import parse_qsl

from emulator.kit import Ask, Kind, Refusal, Violation, World
from emulator.vendors.amilia.lens import Json

Point = tuple[float, float]
INDEXED = re.compile(r"coordinates\[([0-9]{1,4})\]", re.ASCII | re.IGNORECASE)
PAIR, BOX = 2, 4
POLE, DATE_LINE = 90, 180


def within(ask: Ask, rows: Sequence[Json], world: World, needed: bool = False) -> list[Json]:
    """The locations in the area of the call; all where it names none. Raises Refusal for an area that is none."""
    kind, numbers = ask.query.get("type"), _coordinates(ask)
    if kind is None and not numbers and not needed:
        return list(rows)
    if kind is None:
        raise _wrong("type", "required", None, "is required with coordinates")
    if not numbers:
        raise _wrong("coordinates", "required", None, "is required")
    inside = SHAPES[kind](_points(numbers), ask.query.get("radius"), world)
    return [row for row in rows if inside((row["Address"]["Latitude"], row["Address"]["Longitude"]))]


def _circle(points: list[Point], radius: int | None, world: World) -> Callable[[Point], bool]:
    if len(points) * PAIR != PAIR:
        raise _wrong("coordinates", "maxItems", len(points) * PAIR, "must be one pair for a radius")
    if radius is None:
        raise _wrong("radius", "required", None, "is required")
    earth = world.figure("earth_radius")
    return lambda point: distance(points[0], point, earth) <= radius


def _box(points: list[Point], radius: int | None, world: World) -> Callable[[Point], bool]:
    if len(points) * PAIR != BOX:
        raise _wrong(
            "coordinates", "minItems", len(points) * PAIR, "must be two pairs for a box: top left, bottom right"
        )
    (top, west), (bottom, east) = points
    if top < bottom:
        raise _wrong("coordinates", "order", top, "must give the top left corner first")

    def inside(point: Point) -> bool:
        latitude, longitude = point
        # a box whose left is right of its right lies across the date line
        across = west <= longitude <= east if west <= east else longitude >= west or longitude <= east
        return bottom <= latitude <= top and across

    return inside


def _polygon(points: list[Point], radius: int | None, world: World) -> Callable[[Point], bool]:
    if len(points) * PAIR <= BOX:
        raise _wrong("coordinates", "minItems", len(points) * PAIR, "must be more than two pairs for a polygon")
    return lambda point: surrounds(points, point)


SHAPES = {"Radius": _circle, "BoundingBox": _box, "Polygon": _polygon}


def distance(one: Point, other: Point, earth: float) -> float:
    """The way over the globe, in the unit of its radius."""
    north, east = radians(other[0] - one[0]), radians(other[1] - one[1])
    half = sin(north / 2) ** 2 + cos(radians(one[0])) * cos(radians(other[0])) * sin(east / 2) ** 2
    return 2 * earth * asin(min(1.0, sqrt(half)))


def surrounds(outline: Sequence[Point], point: Point) -> bool:
    """Whether a point lies within an outline or on it: a ray from it crosses the outline an odd number of times."""
    inside = False
    for (y1, x1), (y2, x2) in zip(outline, (*outline[1:], outline[0]), strict=True):
        y, x = point
        cross = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        if cross == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
            return True
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def _points(numbers: Sequence[float]) -> list[Point]:
    if len(numbers) % PAIR:
        raise _wrong("coordinates", "multipleOf", len(numbers), "must be pairs of latitude and longitude")
    points = list(zip(numbers[::PAIR], numbers[1::PAIR], strict=True))
    for latitude, longitude in points:
        if abs(latitude) > POLE or abs(longitude) > DATE_LINE:
            raise _wrong("coordinates", "maximum", [latitude, longitude], "is not on the globe")
    return points


def _coordinates(ask: Ask) -> list[float]:
    """The numbers, written with commas or one by one as `coordinates[0]=…`."""
    given = ask.query.get("coordinates")
    if given is not None:
        return list(given)
    pairs = [(found, value) for name, value in parse_qsl(ask.call.query) if (found := INDEXED.fullmatch(name))]
    try:
        return [float(value) for _, value in sorted(pairs, key=lambda pair: int(pair[0].group(1)))]
    except ValueError:
        raise _wrong("coordinates", "type", [value for _, value in pairs], "must be numbers") from None


def _wrong(name: str, keyword: str, value: Any, said: str) -> Refusal:
    return Refusal(Kind.INVALID, [Violation((name,), keyword, value, None, "query", said)])
