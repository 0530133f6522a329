import { availableParallelism, cpus, loadavg } from 'node:os';

/** What was measured on, and how busy it was just then. */
export function machineLine(): string {
  const [load = 0] = loadavg();
  return `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, load average ${load.toFixed(1)}`;
}

/** A Markdown table; everything behind the first column is aligned to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) => {
    const padded = widths.map((width, at) => {
      const cell = cells[at] ?? '';
      return at === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${padded.join(' | ')} |`;
  };
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

export const print = (text: string): void => void process.stdout.write(`${text}\n`);
