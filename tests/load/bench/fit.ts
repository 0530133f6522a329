export interface Line {
  slope: number;
  intercept: number;
}

/** The straight line with the least squares through some points. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): Line {
  const mean = (pick: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const [mx, my] = [mean(([x]) => x), mean(([, y]) => y)];
  const across = mean(([x, y]) => (x - mx) * (y - my));
  const along = mean(([x]) => (x - mx) ** 2);
  const slope = along === 0 ? 0 : across / along;
  return { slope, intercept: my - slope * mx };
}
