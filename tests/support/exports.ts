/** Strict little readers of what the export promises. Each throws on the first thing that is wrong. */

export interface Cue {
  fromMs: number;
  toMs: number;
  text: string;
}

const TIME = /^(\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3})$/;

/** WebVTT (W3C, 2019) without regions and styles: header, notes, cues with or without an identifier. */
export function readVtt(text: string): Cue[] {
  const [header, ...blocks] = text.replaceAll('\r\n', '\n').split(/\n{2,}/);
  if (!/^WEBVTT(?:[ \t].*)?(?:\n.*)*$/.test(header ?? '') || header?.includes('-->'))
    throw new Error(`Not a WebVTT header: ${JSON.stringify(header)}`);
  const cues: Cue[] = [];
  for (const block of blocks) {
    const lines = block.split('\n').filter((line) => line !== '');
    if (lines.length === 0 || lines[0]?.startsWith('NOTE')) continue;
    const timing = lines[0]?.includes('-->') ? lines.shift() : (lines.shift(), lines.shift());
    const [from, to] = timing?.split(/\s+-->\s+/) ?? [];
    const [fromMs, toMs] = [readTime(from), readTime(to?.split(/\s/)[0])];
    if (toMs <= fromMs) throw new Error(`A cue that ends before it begins: ${timing}`);
    if (fromMs < (cues.at(-1)?.fromMs ?? 0)) throw new Error(`Cues out of order at ${timing}`);
    if (lines.length === 0) throw new Error(`A cue without words at ${timing}`);
    for (const line of lines) {
      if (line.includes('-->')) throw new Error(`An arrow inside a cue: ${line}`);
      if (
        /&(?!amp;|lt;|gt;|nbsp;|lrm;|rlm;|#\d+;)/.test(line) ||
        /<(?!\/?(?:v|c|i|b|u|lang|ruby|rt)\b)/.test(line)
      )
        throw new Error(`Unescaped text in a cue: ${line}`);
    }
    cues.push({ fromMs, toMs, text: lines.join('\n') });
  }
  return cues;
}

function readTime(text: string | undefined): number {
  const [, hours, minutes, seconds, ms] = TIME.exec(text ?? '') ?? [];
  if (ms === undefined) throw new Error(`Not a WebVTT time: ${text}`);
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(ms);
}

/** Newline-delimited JSON: one object per line, a newline at the end, nothing else. */
export function readNdjson(text: string): unknown[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error('The last line has no end');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line, index) => {
      try {
        return JSON.parse(line) as unknown;
      } catch (error) {
        throw new Error(`Line ${index + 1} is no JSON: ${line.slice(0, 80)}`, { cause: error });
      }
    });
}
