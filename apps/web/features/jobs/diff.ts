/** One line of a unified diff. `gap`: lines in between are left out. */
export interface DiffLine {
  kind: 'added' | 'removed' | 'same' | 'gap' | 'file';
  text: string;
  /** In the file as it is now; null where it is not in it. */
  number: number | null;
}

/** `@@ -12,5 +12,6 @@ where`: a length that is not told is 1. */
const HUNK = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/;

/** True for a text that is a unified diff, or has one near its beginning. */
export const isDiff = (text: string): boolean => text.split('\n', 50).some((line) => HUNK.test(line));

/** The lines of a unified diff, without its bookkeeping. One that was cut off is read as far as it goes. */
export function readDiff(text: string): DiffLine[] {
  const lines: DiffLine[] = [];
  let number = 0;
  // Lines of the former and of the new file that this hunk still has: what looks like a header may be content.
  let left = { old: 0, new: 0 };
  let hunks = 0;
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const hunk = HUNK.exec(line);
    if (left.old + left.new > 0 && !line.startsWith('\\')) {
      const kind = line.startsWith('+') ? 'added' : line.startsWith('-') ? 'removed' : 'same';
      lines.push({ kind, text: line.slice(1), number: kind === 'removed' ? null : number });
      if (kind !== 'removed') number += 1;
      left = { old: left.old - (kind === 'added' ? 0 : 1), new: left.new - (kind === 'removed' ? 0 : 1) };
    } else if (hunk) {
      if (hunks > 0) lines.push({ kind: 'gap', text: hunk[4] ?? '', number: null });
      hunks += 1;
      number = Number(hunk[2]);
      left = { old: Number(hunk[1] ?? 1), new: Number(hunk[3] ?? 1) };
    } else if (line.startsWith('+++ ')) {
      lines.push({ kind: 'file', text: line.slice(4).replace(/^b\//, ''), number: null });
      hunks = 0;
    }
  }
  return lines;
}
