import type { WriteStream } from 'node:tty';

/** Where nobody looks (a file, a pipe), steps are told this far apart. */
const QUIET_MS = 10_000;

/** What happens, for a person who waits: the present step in one line that is overwritten, notes in lines that stay. */
export class Progress {
  readonly #out: Pick<WriteStream, 'write' | 'isTTY'>;
  #width = 0;
  #toldMs = -Infinity;

  constructor(out: Pick<WriteStream, 'write' | 'isTTY'>) {
    this.#out = out;
  }

  step(text: string): void {
    if (this.#out.isTTY) {
      this.#out.write(`\r${text.padEnd(this.#width)}`);
      this.#width = text.length;
    } else if (performance.now() - this.#toldMs > QUIET_MS) {
      this.#toldMs = performance.now();
      this.#out.write(`${text}\n`);
    }
  }

  /** A line that stays. */
  line(text: string): void {
    this.end();
    this.#out.write(`${text}\n`);
  }

  /** A step worth telling at once. */
  note(text: string): void {
    this.#toldMs = -Infinity;
    this.step(text);
    this.#toldMs = -Infinity;
  }

  /** What is printed next begins a line. */
  end(): void {
    if (this.#width > 0) this.#out.write(`\r${' '.repeat(this.#width)}\r`);
    this.#width = 0;
  }
}
