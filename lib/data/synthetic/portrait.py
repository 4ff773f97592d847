"""One portrait: a person's properties, sampled at random, and how they are drawn, back to front."""

import cv2
import numpy as np

from lib.data.synthetic.canvas import COSINE, SINE, SIZE, Canvas, mixed, oval

HEAD = 0.275 * SIZE
SKINS = np.array(
    [(253, 222, 198), (240, 196, 162), (220, 170, 128), (186, 130, 92), (134, 88, 60), (92, 60, 44)]
)
HAIRS = np.array(
    [(30, 25, 24), (58, 40, 30), (98, 64, 40), (146, 100, 60), (212, 174, 112), (150, 68, 40)]
)
GREY_HAIR = np.array((176, 174, 172))
IRISES = np.array([(66, 44, 30), (100, 70, 40), (96, 116, 70), (84, 126, 164), (110, 120, 130)])
WHITE, NEARLY_BLACK = np.array((244, 241, 238)), np.array((24, 18, 18))
SHORT_STYLES = ("short", "parted", "curly", "short", "parted", "bald")
LONG_STYLES = ("fringe", "bob", "long", "bun")
ACROSS = np.linspace(-1, 1, 9)
ARCH = 1 - ACROSS**2
PIXELS = np.arange(SIZE, dtype=np.float32)
SIDES = (-1, 1)


class Portrait:
    """One person, whose properties are sampled by `random`."""

    def __init__(self, random: np.random.Generator):
        self.random = random
        normal, uniform = random.normal, random.uniform
        has_long_hair = random.random() < 0.5
        styles = LONG_STYLES if has_long_hair else SHORT_STYLES
        self.style = styles[random.integers(len(styles))]
        self.has_make_up = has_long_hair and random.random() < 0.6
        fraction, first = np.modf(uniform(0, len(SKINS) - 1))
        self.skin = SKINS[int(first)] * (1 - fraction) + SKINS[int(first) + 1] * fraction
        self.skin = self.skin * normal(1, 0.03, 3)
        # Dark skin comes with dark hair and eyes, most of the time.
        is_dark = self.skin.sum() < 450 and random.random() < 0.9
        self.hair = self._any(HAIRS[:2] if is_dark else HAIRS)
        if random.random() < 0.12:
            self.hair = GREY_HAIR * uniform(0.7, 1.2)
        self.iris = self._any(IRISES[:2] if is_dark else IRISES)
        self.width, self.height = normal(1, 0.05), normal(1.28, 0.05)
        self.jaw = uniform(0.62, 1.0) + 0.12 * has_long_hair
        scale, self.turn = HEAD * normal(1, 0.06), normal(0, 0.2)
        tilt = normal(0, 0.08)
        middle = SIZE * complex(normal(0.5, 0.018), normal(0.5, 0.018))
        self.canvas = Canvas(middle, scale, tilt)
        self.light_x, self.light_y = normal(0, 0.6), normal(-0.35, 0.25)
        self.smile, self.opening = normal(0.13, 0.08), min(0.16, max(0, normal(0.03, 0.08)))
        self.eye_distance, self.gaze = normal(0.44, 0.02), normal(0, 0.03)
        self.beard = 0 if has_long_hair else (0, 0, 0.25, 0.75)[random.integers(4)]

    def draw(self) -> np.ndarray:
        """Return the portrait: uint8 RGB (128, 128, 3)."""
        self._draw_background()
        self._draw_hair_behind()
        self._draw_body()
        self._draw_head()
        self._draw_eyes()
        self._draw_nose()
        self._draw_mouth()
        self._shade_head()
        if self.style != "bald":
            self._draw_hair_in_front()
        if self.random.random() < 0.14:
            self._draw_glasses()
        self._fade_light()
        return self.canvas.pixels

    def _any(self, colours: np.ndarray) -> np.ndarray:
        return colours[self.random.integers(len(colours))] * self.random.normal(1, 0.1)

    def _on_face(self, points: np.ndarray) -> np.ndarray:
        """Turn points that lie on the surface of the head to the left or the right."""
        depth = np.sqrt(np.maximum(0.1, 1.05 - points.real**2 - 0.35 * points.imag**2))
        return points.real * np.cos(self.turn) + depth * np.sin(self.turn) + 1j * points.imag

    def _outline(self) -> np.ndarray:
        narrowing = np.where(SINE > 0, self.jaw, 0.85)
        x = np.sign(COSINE) * np.abs(COSINE) ** narrowing
        x *= np.where(SINE > 0, 1 - 0.14 * SINE**2, 1)
        return self.width * x + 1j * (0.08 + self.height * SINE)

    def _draw_background(self) -> None:
        """Fill the canvas with a gradient and up to two patches of light, all out of focus."""
        random = self.random
        y, x = np.mgrid[-1:1:32j, -1:1:32j][..., None]
        ends = random.uniform(50, 225, (2, 1)) + random.normal(0, 28, (2, 3))
        angle = random.uniform(0, 2 * np.pi)
        place = 0.5 + 0.36 * (x * np.cos(angle) + y * np.sin(angle))
        colours = ends[0] + place * (ends[1] - ends[0])
        for _ in range(random.integers(0, 3)):
            patch_x, patch_y, size = random.uniform([-1, -1, 0.15], [1, 1, 0.5])
            opacity = 0.7 * np.exp(-((((x - patch_x) ** 2 + (y - patch_y) ** 2) / size**2) ** 2))
            colours += opacity * (random.uniform(50, 240, 3) - colours)
        small = colours.clip(0, 255).astype(np.uint8)
        cv2.resize(small, (SIZE, SIZE), self.canvas.pixels, interpolation=cv2.INTER_LINEAR_EXACT)

    def _draw_hair_behind(self) -> None:
        random = self.random
        if self.style == "long":
            self.canvas.fill(self.hair * 0.78, oval(0, 0.75, 1.32, 1.95))
        elif self.style == "bob":
            self.canvas.fill(self.hair * 0.78, oval(0, 0.1, 1.32, 1.4))
        elif self.style == "bun":
            self.canvas.fill(self.hair * 0.78, oval(random.normal(0, 0.2), -1.3, 0.48, 0.42))
        elif self.style == "curly":
            size = random.uniform(0.25, 0.45)
            for angle in np.linspace(0.95 * np.pi, 2.05 * np.pi, 11):
                curl = oval(1.0 * np.cos(angle), 0.05 + 1.08 * np.sin(angle), size, size)
                self.canvas.fill(self.hair * random.uniform(0.75, 1.0), curl)

    def _draw_body(self) -> None:
        random = self.random
        cloth = random.uniform(20, 230) + random.normal(0, 45, 3)
        self.canvas.fill(cloth, oval(0, 3.15, random.uniform(2.0, 2.5), 1.45))
        neck = random.uniform(0.5, 0.66)
        throat = np.array([-neck + 0.8j, neck + 0.8j, neck + 1.8j, 2.2j, -neck + 1.8j])
        self.canvas.fill(self.skin * 0.86, throat)
        self.canvas.blend(self.skin * 0.45, 0.6, 0.09, oval(0, 1.3, 0.4, 0.24))

    def _draw_head(self) -> None:
        if self.style not in ("long", "bob"):
            places = [side * self.width - 0.25 * self.turn for side in SIDES]
            self.canvas.fill(self.skin * 0.9, *(oval(x, 0.1, 0.17, 0.28) for x in places))
            self.canvas.fill(self.skin * 0.72, *(oval(x, 0.1, 0.08, 0.16) for x in places))
        outline = self._outline()
        self.canvas.fill(self.skin, outline)
        cheeks = [self._on_face(oval(side * 0.55, 0.5, 0.22, 0.17)) for side in SIDES]
        rosy = self.skin * (1.0, 0.72, 0.7)
        self.canvas.blend(rosy, self.random.uniform(0.1, 0.6), 0.1, *cheeks)
        if self.beard:
            lower = outline[outline.imag > 0.25]
            lower = lower[np.argsort(lower.real)]
            upper = self._on_face(-0.85 * ACROSS + 0.62j)
            self.canvas.blend(self.hair * 0.85, self.beard, 0.05, np.concatenate([lower, upper]))

    def _draw_eyes(self) -> None:
        random, skin, on_face = self.random, self.skin, self._on_face
        width, height = random.uniform(0.17, 0.21), random.uniform(0.07, 0.12)
        rise, arch = random.uniform(0.2, 0.28), random.uniform(0.02, 0.09)
        slant, thickness = random.normal(0, 0.03), random.uniform(0.05, 0.1)
        eyes = [side * self.eye_distance for side in SIDES]
        irises = [x + self.gaze for x in eyes]
        glint = np.copysign(0.04, self.light_x)
        self.canvas.blend(
            skin * 0.72, 0.45, 0.09, *(on_face(oval(x, -0.06, 0.3, 0.2)) for x in eyes)
        )
        self.canvas.fill(WHITE, *(on_face(oval(x, 0, width, height)) for x in eyes))
        flat = min(0.105, 1.1 * height)
        self.canvas.fill(self.iris, *(on_face(oval(x, 0, 0.105, flat)) for x in irises))
        self.canvas.fill(NEARLY_BLACK, *(on_face(oval(x, 0, 0.05, 0.05)) for x in irises))
        self.canvas.fill(WHITE, *(on_face(oval(x + glint, -0.04, 0.025, 0.025)) for x in irises))
        lids = [on_face(x + 1.08 * width * ACROSS - 1j * height * np.sqrt(ARCH)) for x in eyes]
        if self.has_make_up:
            self.canvas.line(NEARLY_BLACK, 0.07, *lids)
        else:
            self.canvas.line(skin * 0.4, 0.045, *lids)
        brows = [
            on_face(x + 0.27 * ACROSS - 1j * (rise + arch * ARCH - slant * side * ACROSS))
            for side, x in zip(SIDES, eyes, strict=True)
        ]
        self.canvas.line(0.7 * self.hair + 0.08 * skin, thickness, *brows)

    def _draw_nose(self) -> None:
        random, skin, on_face = self.random, self.skin, self._on_face
        width, tip = random.uniform(0.13, 0.22), random.uniform(0.46, 0.58)
        dark = 1 if self.light_x + self.turn < 0 else -1
        flank = np.array([0.05 * dark, 0.1 * dark + 0.25j, width * dark + 1j * tip, 1j * tip])
        self.canvas.blend(skin * 0.62, 0.7, 0.05, on_face(flank))
        self.canvas.blend(skin * 1.2, 0.6, 0.05, on_face(oval(0, tip - 0.08, 0.07, 0.16)))
        self.canvas.line(skin * 0.58, 0.03, on_face(width * ACROSS + 1j * (tip + 0.06 * ARCH)))
        nostrils = [oval(side * 0.5 * width, tip + 0.03, 0.045, 0.025) for side in SIDES]
        self.canvas.fill(skin * 0.4, *map(on_face, nostrils))

    def _draw_mouth(self) -> None:
        random, on_face = self.random, self._on_face
        width = random.uniform(0.27, 0.38) + 0.5 * max(0, self.smile)
        y, full = random.normal(0.86, 0.03), random.uniform(0.05, 0.1)
        line = width * ACROSS + 1j * (y + self.smile * ARCH)
        bow = full * np.where(ACROSS == 0, 0.7, 1) * (1 - np.abs(ACROSS) ** 1.6)
        top, bottom = line - 1j * (bow + 0.4 * self.opening), line + 1.3j * full * ARCH
        lips = self.skin * (0.9, 0.62, 0.6)
        if self.has_make_up:
            paint = np.array([random.uniform(150, 215), 40, random.uniform(50, 90)])
            lips = 0.4 * lips + 0.6 * paint
        self.canvas.blend(self.skin * 0.6, 0.5, 0.05, on_face(oval(0, y + 0.27, 0.22, 0.04)))
        floor = line + 1j * self.opening * ARCH
        bottom = bottom + 1j * self.opening * ARCH
        self.canvas.fill(lips, on_face(np.concatenate([top, bottom[::-1]])))
        if self.opening > 0.04:
            inside = np.concatenate([line - 0.01j, floor[::-1]])
            self.canvas.fill(WHITE * 0.97 if self.smile > 0 else lips * 0.35, on_face(inside))
        self.canvas.line(lips * 0.55, 0.03, on_face(line))

    def _shade_head(self) -> None:
        """Light the head as an ellipsoid, by Lambert's law."""
        radius = 1.15 * self.canvas.scale
        x = (PIXELS - self.canvas.middle.real) / (radius * self.width)
        y = (PIXELS[:, None] - self.canvas.middle.imag) / (radius * self.height)
        facing = np.sqrt(np.maximum(0, 1 - x**2 - y**2)) + self.light_x * x + self.light_y * y
        light = 0.68 + 0.42 / np.sqrt(1 + self.light_x**2 + self.light_y**2) * facing
        coverage = self.canvas.mask(1.02 * self._outline()) * np.float32(1 / 255)
        self.canvas.multiply(1 + (light - 1) * coverage)

    def _fade_light(self) -> None:
        """Let the light fade across the whole image."""
        place = 0.22 * (PIXELS / SIZE - 0.5)
        self.canvas.multiply(1 + self.light_x * place + self.light_y * place[:, None])

    def _draw_hair_in_front(self) -> None:
        """Draw what lies between the crown and the hairline, with strands and a shine."""
        random, behind = self.random, self.canvas.pixels
        front, parting, temple = self._hair_front()
        self.canvas.pixels = np.empty_like(behind)
        self.canvas.pixels[:] = self.hair.clip(0, 255)
        for _ in range(5):
            ends = random.uniform(-1.1, 1.1, 3)
            strands = [
                np.array([parting - 1.4j, 0.5 * parting + 0.6 * x - 1j, 1.15 * x + 1j * temple])
                for x in ends
            ]
            self.canvas.line(
                self.hair * random.uniform(0.72, 1.35), random.uniform(0.03, 0.1), *strands
            )
        shine = oval(-0.4 + 0.5 * self.light_x, -1.05, 0.45, 0.14)
        self.canvas.blend(self.hair * 1.3 + 40, random.uniform(0.2, 0.6), 0.1, shine)
        self.canvas.pixels = mixed(self.canvas.pixels, behind, self.canvas.mask(front))

    def _hair_front(self) -> tuple[np.ndarray, float, float]:
        """Return the outline of the hair above the face, where it parts, and where it ends."""
        random = self.random
        forehead, temple, power, volume = {
            "short": (random.uniform(-0.85, -0.65), -0.3, 3, 1.07),
            "parted": (-0.92, -0.4, 0.9, 1.13),
            "curly": (-0.7, -0.2, 4, 1.13),
            "fringe": (random.uniform(-0.5, -0.34), -0.1, 4, 1.13),
            "bob": (random.uniform(-0.9, -0.7), 0.3, 1.6, 1.13),
            "long": (random.uniform(-1.0, -0.8), 0.35, 1.3, 1.13),
            "bun": (-0.85, -0.1, 2.4, 1.04),
        }[self.style]
        parting = random.normal(0, 0.12) + np.sin(self.turn)
        if self.style == "parted":
            parting += random.choice([-0.5, 0.5])
        x = np.linspace(1, -1, 25)
        reach = np.where(x > parting, 1 - parting, 1 + parting)
        edge = forehead + (temple - forehead) * np.abs((x - parting) / reach) ** power
        if self.style in ("fringe", "curly", "short"):
            edge += random.normal(0, 0.035, len(x))
        start = np.arctan2(temple - 0.08, self.height)
        angles = np.linspace(np.pi - start, 2 * np.pi + start, 25)
        y = np.sin(angles)
        crown = 1.06 * self.width * np.cos(angles)
        crown = crown + 1j * (0.08 + self.height * np.where(y < 0, volume, 1) * y)
        return np.concatenate([crown, 1.04 * self.width * x + 1j * edge]), parting, temple

    def _draw_glasses(self) -> None:
        random, on_face = self.random, self._on_face
        colour, width = random.uniform(10, 110, 3), random.uniform(0.04, 0.07)
        radius, height = random.uniform(0.28, 0.34), random.uniform(0.22, 0.28)
        inner, outer = self.eye_distance - radius, self.eye_distance + radius
        rims = [oval(side * self.eye_distance, 0.04, radius, height) for side in SIDES]
        lines = [np.append(rim, rim[0]) for rim in rims]
        lines += [np.array([side * outer, side * 0.98 - 0.05j]) for side in SIDES]
        lines.append(np.array([-inner, -0.04j, inner]))
        self.canvas.line(colour, width, *map(on_face, lines))
