/** The nearest-rank percentile (0…100) of some values; NaN of none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? NaN;
}

/** `name | count | p50 | p95 | most`, the last three rounded to whole numbers. */
export function row(name: string, values: readonly (number | undefined)[]): string[] {
  const known = values.filter((value) => value !== undefined);
  const [p50, p95, most] = [50, 95, 100].map((percent) => percentile(known, percent));
  return [name, known.length, ...[p50, p95, most].map((value = NaN) => Math.round(value))].map(String);
}

/** As Markdown, aligned for the terminal too. The first column is text, the others are figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, i) => (i === 0 ? (cells[i] ?? '').padEnd(width) : (cells[i] ?? '').padStart(width))).join(' | ')} |`;
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
