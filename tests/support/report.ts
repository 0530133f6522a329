/** One line of measured figures, so that a run tells more than green or red: `two browsers | heard 0.91 | 43 ms`. */
export function report(what: string, figures: Readonly<Record<string, number | string>>): void {
  const words = Object.entries(figures).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toPrecision(4)) : value}`,
  );
  process.stdout.write(`${[what, ...words].join(' | ')}\n`);
}
