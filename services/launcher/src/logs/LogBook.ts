import { createLog, type Log } from '@parley/kit/log';
import type { LogView } from './LogView.ts';
import { ProcessLog } from './ProcessLog.ts';

/** The logs of one run: a file per process in one folder, all shown in one view. */
export class LogBook {
  readonly dir: string;
  readonly #view: LogView;
  readonly #logs = new Map<string, ProcessLog>();

  constructor(dir: string, view: LogView) {
    this.dir = dir;
    this.#view = view;
  }

  /** Something has been started, or tried. */
  get used(): boolean {
    return this.#logs.size > 0;
  }

  /** The log of that name; opened when asked for the first time. */
  of(name: string): ProcessLog {
    const log =
      this.#logs.get(name) ??
      new ProcessLog({ name, dir: this.dir, onEntry: (from, entry) => this.#view.show(from, entry) });
    this.#logs.set(name, log);
    return log;
  }

  /** For what this very process has to say, in its own name or a server's. */
  writer(name: string, level: string): Log {
    const log = this.of(name);
    return createLog(name, level, { write: (line) => log.write(line.trimEnd()) });
  }

  close(): void {
    for (const log of this.#logs.values()) log.close();
  }
}
