// The ten classes: each an outline about as large as the unit circle, as its signed distance (negative inside).

/** Distance of a point from the outline, in units of the shape's radius. */
export type Outline = (x: number, y: number) => number;
type Point = readonly [number, number];

const turn = (share: number, radius = 1): Point => [
  radius * Math.sin(2 * Math.PI * share),
  -radius * Math.cos(2 * Math.PI * share),
];
const around = (count: number, radius: (index: number) => number): Point[] =>
  Array.from({ length: count }, (_, index) => turn(index / count, radius(index)));

export const outlines: Readonly<Record<string, Outline>> = {
  arrow: polygon([
    [0, -1],
    [0.75, -0.1],
    [0.28, -0.1],
    [0.28, 0.95],
    [-0.28, 0.95],
    [-0.28, -0.1],
    [-0.75, -0.1],
  ]),
  circle: disc(0, 0, 0.85),
  crescent: without(disc(0, 0, 0.95), disc(0.42, 0, 0.78)),
  cross: polygon(
    around(4, () => 1).flatMap(([x, y]): Point[] => [
      [x * 0.95 + y * 0.3, y * 0.95 - x * 0.3],
      [x * 0.95 - y * 0.3, y * 0.95 + x * 0.3],
      [x * 0.3 - y * 0.3, y * 0.3 + x * 0.3],
    ]),
  ),
  heart: polygon(Array.from({ length: 40 }, (_, index) => heartPoint(index / 40))),
  pentagon: polygon(around(5, () => 0.95)),
  ring: without(disc(0, 0, 0.9), disc(0, 0, 0.48)),
  square: polygon(around(4, () => 1.05)),
  star: polygon(around(10, (index) => (index % 2 === 0 ? 1.05 : 0.45))),
  triangle: polygon(around(3, () => 1.1)),
};

/** The curve 16 sin^3 t, 13 cos t - 5 cos 2t - 2 cos 3t - cos 4t, scaled and centred. */
function heartPoint(share: number): Point {
  const t = 2 * Math.PI * share;
  const height = 13 * Math.cos(t) - 5 * Math.cos(2 * t) - 2 * Math.cos(3 * t) - Math.cos(4 * t);
  return [Math.sin(t) ** 3, -(height + 2.5) / 15.5];
}

function disc(centreX: number, centreY: number, radius: number): Outline {
  return (x, y) => Math.hypot(x - centreX, y - centreY) - radius;
}

function without(outline: Outline, hole: Outline): Outline {
  return (x, y) => Math.max(outline(x, y), -hole(x, y));
}

/** Distance from the nearest edge; inside where a ray to the right crosses an odd number of edges. */
function polygon(points: readonly Point[]): Outline {
  return (x, y) => {
    let nearest = Number.POSITIVE_INFINITY;
    let inside = false;
    let [fromX, fromY] = points.at(-1)!;
    for (const [toX, toY] of points) {
      const [edgeX, edgeY] = [toX - fromX, toY - fromY];
      const along = ((x - fromX) * edgeX + (y - fromY) * edgeY) / (edgeX * edgeX + edgeY * edgeY);
      const clamped = Math.min(1, Math.max(0, along));
      const [offX, offY] = [x - fromX - clamped * edgeX, y - fromY - clamped * edgeY];
      nearest = Math.min(nearest, offX * offX + offY * offY);
      if (fromY > y !== toY > y && x < fromX + ((y - fromY) / edgeY) * edgeX) inside = !inside;
      [fromX, fromY] = [toX, toY];
    }
    return inside ? -Math.sqrt(nearest) : Math.sqrt(nearest);
  };
}
