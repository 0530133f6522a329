import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { readEntry, type Entry } from './entry.ts';
import { rotate } from './rotate.ts';

export interface ProcessLogOptions {
  name: string;
  /** Holds `<name>.log`, one JSON object a line, and its predecessors. */
  dir: string;
  onEntry: (name: string, entry: Entry) => void;
  /** A longer file makes way for a new one. */
  maxBytes?: number;
}

/** Enough to see why a process died; the frames of a stack would push the reason out. */
const TAIL = 10;
const STACK_FRAME = /^\s+at /;

/** What one process says: into its file, and on to whoever shows it. Written at once, so that no crash loses a line. */
export class ProcessLog {
  readonly path: string;
  readonly #options: Required<ProcessLogOptions>;
  readonly #base: string;
  readonly #tail: string[] = [];
  #file: number | undefined;
  #bytes = 0;

  constructor(options: ProcessLogOptions) {
    this.#options = { maxBytes: 64 * 2 ** 20, ...options };
    this.#base = join(options.dir, options.name);
    this.path = `${this.#base}.log`;
    mkdirSync(options.dir, { recursive: true });
    this.#open();
  }

  /** The last messages, oldest first. */
  get tail(): readonly string[] {
    return this.#tail;
  }

  write(line: string, output: 'stdout' | 'stderr' = 'stdout'): void {
    if (this.#file === undefined || line.trim() === '') return;
    const entry = readEntry(line, output, new Date());
    const bytes = Buffer.from(`${JSON.stringify(entry)}\n`);
    if (this.#bytes + bytes.length > this.#options.maxBytes) this.#open();
    writeSync(this.#file, bytes);
    this.#bytes += bytes.length;
    const text = summary(entry);
    if (text !== '' && !STACK_FRAME.test(text)) this.#tail.push(text);
    if (this.#tail.length > TAIL) this.#tail.shift();
    this.#options.onEntry(this.#options.name, entry);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #open(): void {
    this.close();
    rotate(this.#base);
    this.#file = openSync(this.path, 'a');
    this.#bytes = 0;
  }
}

function summary({ msg, err }: Entry): string {
  const cause = typeof err === 'object' && err !== null && 'message' in err ? String(err.message) : undefined;
  return [msg, cause].filter(Boolean).join(': ');
}
