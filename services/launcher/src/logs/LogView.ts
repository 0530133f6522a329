import { prettyFactory } from 'pino-pretty';
import type { Terminal } from '../terminal/Terminal.ts';
import { LEVELS, type Entry } from './entry.ts';

export interface LogViewOptions {
  terminal: Terminal;
  colour: boolean;
  /** Name of the least level that is shown. */
  level: string;
}

const COLOURS = [36, 35, 34, 32, 33, 31];
const NAME_WIDTH = 9;

/** Shows entries of all processes on the terminal, each line with the name of its process in front. */
export class LogView {
  readonly #terminal: Terminal;
  readonly #colour: boolean;
  readonly #least: number;
  readonly #pretty: (entry: Entry) => string;
  readonly #names: string[] = [];

  constructor({ terminal, colour, level }: LogViewOptions) {
    this.#terminal = terminal;
    this.#colour = colour;
    this.#least = LEVELS[level] ?? 40;
    this.#pretty = prettyFactory({
      colorize: colour,
      translateTime: 'SYS:HH:MM:ss',
      ignore: 'pid,hostname,service',
      singleLine: true,
    });
  }

  show(name: string, entry: Entry): void {
    if (entry.level < this.#least) return;
    for (const line of this.#pretty(entry).trimEnd().split('\n'))
      this.#terminal.line(`${this.#label(name)} ${line}`);
  }

  #label(name: string): string {
    if (!this.#names.includes(name)) this.#names.push(name);
    const padded = name.padEnd(NAME_WIDTH);
    if (!this.#colour) return padded;
    return `\u001B[${COLOURS[this.#names.indexOf(name) % COLOURS.length]}m${padded}\u001B[0m`;
  }
}
