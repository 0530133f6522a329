import type { Writable } from 'node:stream';

/** What the setup and the start tell the person who typed the command. Lines are plain text without a newline. */
export interface Terminal {
  /** Something that lasts begins: "Installing the dependencies". */
  step(text: string): void;
  /** A fact worth a line. */
  note(text: string): void;
  /** It goes on, but less well than it could. */
  warn(text: string): void;
  /** How far a step is: replaces the last such line on a real terminal, and is thinned out elsewhere. */
  progress(text: string): void;
  /** A line as it is, such as one of a process's log. */
  line(text: string): void;
}

export interface Screen {
  stream: Writable;
  /** A terminal that understands colours and carriage returns. */
  rich: boolean;
  columns(): number;
}

/** Where nothing can be redrawn, one progress line in this time is enough. */
const PLAIN_PROGRESS_MS = 5_000;

export class ScreenTerminal implements Terminal {
  readonly #screen: Screen;
  readonly #now: () => number;
  #drawn = false;
  #plainProgressAt = -Infinity;

  constructor(screen: Screen, now: () => number = Date.now) {
    this.#screen = screen;
    this.#now = now;
  }

  step(text: string): void {
    this.#plainProgressAt = -Infinity;
    this.line(`${this.#paint('36', '▸')} ${text}`);
  }

  note(text: string): void {
    this.line(`  ${text}`);
  }

  warn(text: string): void {
    this.line(`${this.#paint('33', '!')} ${text}`);
  }

  progress(text: string): void {
    if (this.#screen.rich) {
      const room = Math.max(10, this.#screen.columns() - 3);
      const short = text.length > room ? `${text.slice(0, room - 1)}…` : text;
      this.#screen.stream.write(`\r\x1b[2K  ${this.#paint('2', short)}`);
      this.#drawn = true;
      return;
    }
    if (this.#now() - this.#plainProgressAt < PLAIN_PROGRESS_MS) return;
    this.#plainProgressAt = this.#now();
    this.#screen.stream.write(`  ${text}\n`);
  }

  line(text: string): void {
    if (this.#drawn) this.#screen.stream.write('\r\x1b[2K');
    this.#drawn = false;
    this.#screen.stream.write(`${text}\n`);
  }

  #paint(code: string, text: string): string {
    return this.#screen.rich ? `\x1b[${code}m${text}\x1b[0m` : text;
  }
}
