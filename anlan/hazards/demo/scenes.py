"""Drawn scenes that stand for photographs in the demonstration: no real place, no person. Pure (Pillow).

Each seed is another room, seen from another spot in another light, so that two scenes are told apart.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
SIZE = (960, 720)
CARTON, STEEL, DARK, RED = (201, 156, 92), (126, 140, 152), (58, 62, 68), (176, 48, 42)


class Scene:
    """A room or a yard with a random light, onto which things are put (0–1 across, 0–1 down)."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        shade = self.chance.randrange(150, 226)
        wall = tuple(min(255, shade + self.chance.randrange(-14, 15)) for _ in range(3))
        self.image = Image.new("RGB", SIZE, wall)
        self.pen = ImageDraw.Draw(self.image)
        self.floor = self.chance.uniform(0.62, 0.80)
        ground = self.chance.randrange(96, 158)
        tint = tuple(ground + self.chance.randrange(-9, 10) for _ in range(3))
        self.box(0, self.floor, 1, 1, tint)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Any) -> None:
        """A filled box with a thin edge."""
        wide, high = SIZE
        self.pen.rectangle((left * wide, top * high, right * wide, bottom * high), fill=colour, outline=DARK)

    def round(self, across: float, down: float, radius: float, colour: Any) -> None:
        """A filled circle; the radius is a part of the width."""
        wide, high = SIZE
        x, y, r = across * wide, down * high, radius * wide
        self.pen.ellipse((x - r, y - r, x + r, y + r), fill=colour, outline=DARK)

    def line(self, points: list[tuple[float, float]], colour: Any, width: int = 6) -> None:
        """A bent line: a hose, a cable, a jib."""
        self.pen.line(
            [(x * SIZE[0], y * SIZE[1]) for x, y in points], fill=colour, width=width, joint="curve"
        )

    def at(self, least: float, most: float) -> float:
        """Somewhere between."""
        return self.chance.uniform(least, most)

    def shade(self) -> Image.Image:
        """The finished picture: light from one side, a window's glare, grain."""
        wide, high = SIZE
        light = Image.new("L", (8, 6))
        light.putdata([self.chance.randrange(60, 196) for _ in range(48)])
        glare = light.resize(SIZE, Image.Resampling.BICUBIC)
        lit = Image.blend(self.image, Image.merge("RGB", (glare,) * 3), 0.26)
        grain = Image.effect_noise((wide // 4, high // 4), 26).resize(SIZE).convert("RGB")
        return Image.blend(lit, grain, 0.06)


def _kitchen(scene: Scene, mended: bool) -> None:
    left, top = scene.at(0.05, 0.3), scene.floor - scene.at(0.16, 0.24)
    scene.box(left, top, left + 0.34, scene.floor + 0.04, (168, 178, 186))
    for part in (0.09, 0.24):
        scene.round(left + part, top - 0.012, 0.03, DARK)
    bottle = left + (0.62 if mended else 0.42)
    scene.round(bottle, scene.floor - 0.1, 0.055, (92, 116, 140))
    scene.box(bottle - 0.055, scene.floor - 0.1, bottle + 0.055, scene.floor + 0.03, (92, 116, 140))
    scene.line([(left + 0.3, top), (left + 0.38, top - 0.1), (bottle, scene.floor - 0.17)], (196, 110, 40), 9)
    scene.box(scene.at(0.55, 0.7), 0.08, scene.at(0.86, 0.96), scene.at(0.2, 0.34), (214, 224, 230))


def _stairs(scene: Scene, mended: bool) -> None:
    left, steps = scene.at(0.42, 0.6), scene.chance.randrange(5, 9)
    scene.box(left - 0.03, scene.at(0.1, 0.25), 1, scene.floor, (128, 140, 142))
    for n in range(steps):
        width = (1 - left) / steps
        scene.box(
            left + n * width, scene.floor - (n + 1) * 0.075, 1, scene.floor - n * 0.075, (198, 182, 152)
        )
    if not mended:
        for pile in range(scene.chance.randrange(2, 5)):
            x = left - 0.02 - pile * 0.13
            for n in range(scene.chance.randrange(1, 4)):
                y = scene.floor + 0.03 - n * 0.1
                scene.box(x + scene.at(-0.02, 0.02), y - 0.1, x + 0.12, y, CARTON)


def _cabinet(scene: Scene, mended: bool) -> None:
    left, top = scene.at(0.15, 0.5), scene.at(0.1, 0.26)
    scene.box(left, top, left + 0.36, top + 0.5, (148, 156, 160))
    if mended:
        scene.box(left + 0.02, top + 0.02, left + 0.34, top + 0.48, (164, 172, 178))
        scene.round(left + 0.3, top + 0.24, 0.012, DARK)
    else:
        for n in range(scene.chance.randrange(4, 7)):
            scene.box(left + 0.03 + n * 0.05, top + 0.08, left + 0.07 + n * 0.05, top + 0.2, DARK)
            end = (scene.at(left, left + 0.36), scene.at(top + 0.3, 0.95))
            colour = scene.chance.choice((RED, (214, 176, 50), DARK))
            scene.line([(left + 0.05 + n * 0.05, top + 0.2), end], colour)
    scene.box(scene.at(0.02, 0.08), scene.at(0.3, 0.5), scene.at(0.11, 0.14), scene.floor, RED)


def _workshop(scene: Scene, mended: bool) -> None:
    for n in range(scene.chance.randrange(2, 5)):
        x = 0.06 + 0.23 * n + scene.at(0, 0.06)
        scene.box(x, scene.floor - scene.at(0.14, 0.4), x + scene.at(0.1, 0.17), scene.floor + 0.05, STEEL)
        scene.round(x + 0.06, scene.floor - 0.06, 0.035, DARK)
    y = scene.at(0.08, 0.2)
    scene.line([(0, y), (scene.at(0.4, 0.6), y), (scene.at(0.62, 0.8), y + 0.12), (1, y + 0.1)], STEEL, 26)
    if not mended:
        for _ in range(26):
            scene.round(scene.at(0, 1), scene.at(scene.floor, 1), scene.at(0.006, 0.03), (92, 82, 70))


def _site(scene: Scene, mended: bool) -> None:
    mast = scene.at(0.25, 0.7)
    scene.box(0, 0, 1, scene.floor - 0.16, (178, 198, 214))
    scene.box(
        scene.at(0, 0.2), scene.floor - scene.at(0.2, 0.4), scene.at(0.3, 0.5), scene.floor, (150, 152, 156)
    )
    scene.box(mast, 0.1, mast + 0.03, scene.floor, (214, 152, 38))
    scene.box(scene.at(0.02, 0.15), 0.14, 0.97, 0.17, (214, 152, 38))
    hook = scene.at(0.6, 0.92)
    scene.line([(hook, 0.17), (hook, scene.at(0.3, 0.5))], DARK, 4)
    for n in range(7 if mended else 3):
        x = 0.5 + n * 0.07
        scene.box(x, scene.floor - 0.12, x + 0.012, scene.floor + 0.02, (206, 120, 40))


def _pond(scene: Scene, mended: bool) -> None:
    scene.box(0, 0, 1, 0.4, (176, 200, 218))
    hills = [(n / 6, scene.at(0.16, 0.38)) for n in range(7)]
    scene.pen.polygon([(0, SIZE[1] * 0.5), *((x * SIZE[0], y * SIZE[1]) for x, y in hills),
                       (SIZE[0], SIZE[1] * 0.5)], fill=(122, 142, 104))  # fmt: skip
    scene.box(0, 0.5, 1, scene.at(0.66, 0.76), (128, 160, 172) if mended else (112, 124, 116))
    scene.box(0, 0.74, 1, 1, (160, 136, 100))
    for n in range(4):
        x = 0.12 + n * 0.22 + scene.at(-0.05, 0.05)
        scene.box(x, 0.72, x + 0.02, 0.84, (222, 222, 218) if mended else (120, 96, 70))


KINDS: dict[str, Callable[[Scene, bool], None]] = {
    "gas": _kitchen, "fire": _stairs, "electricity": _cabinet, "process": _workshop, "building": _site,
    "special-equipment": _workshop, "operation": _site, "management": _cabinet, "other": _stairs,
}  # fmt: skip


def draw(category: str, industry: str, seed: int, mended: bool = False) -> Image.Image:
    """The scene of a danger of this category; `mended` shows it put right. Another seed, another spot."""
    scene = Scene(seed)
    kind = _pond if industry in ("noncoal-mine", "tailings") else KINDS.get(category, _stairs)
    kind(scene, mended)
    return scene.shade()
