/** One line may be so long: a step with a diff, a result of 1 MB. */
const MAX_LINE = 8 * 1024 * 1024;

/** Cuts a stream of bytes into lines, up to so many bytes in all. */
export class LineReader {
  readonly #onLine: (line: string) => void;
  readonly #onFlood: () => void;
  #left: number;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(maxBytes: number, onLine: (line: string) => void, onFlood: () => void) {
    this.#left = maxBytes;
    this.#onLine = onLine;
    this.#onFlood = onFlood;
  }

  write(data: Buffer): void {
    if (this.#left < 0) return;
    this.#left -= data.length;
    let start = 0;
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, start)) {
      this.#take(data.subarray(start, end));
      const line = Buffer.concat(this.#parts, this.#size).toString('utf8');
      this.#parts = [];
      this.#size = 0;
      start = end + 1;
      if (line.trim() !== '') this.#onLine(line);
    }
    this.#take(data.subarray(start));
    if (this.#left >= 0 && this.#size <= MAX_LINE) return;
    this.#left = -1;
    this.#parts = [];
    this.#onFlood();
  }

  #take(part: Buffer): void {
    if (part.length === 0) return;
    this.#parts.push(part);
    this.#size += part.length;
  }
}
