/** Seconds of CPU per second of this process and its media worker, between two looks. */
export class Load {
  readonly #workerSeconds: () => Promise<number>;
  readonly #ownSeconds: () => number;
  readonly #nowMs: () => number;
  #before: { atMs: number; seconds: number } | undefined;

  constructor(
    workerSeconds: () => Promise<number>,
    ownSeconds: () => number = processSeconds,
    nowMs: () => number = () => performance.now(),
  ) {
    this.#workerSeconds = workerSeconds;
    this.#ownSeconds = ownSeconds;
    this.#nowMs = nowMs;
  }

  /** 0 at the first look, and when a worker that died took its count with it. */
  async look(): Promise<number> {
    const now = { atMs: this.#nowMs(), seconds: this.#ownSeconds() + (await this.#workerSeconds()) };
    const before = this.#before;
    this.#before = now;
    if (!before || now.atMs <= before.atMs) return 0;
    return Math.max(0, (now.seconds - before.seconds) / ((now.atMs - before.atMs) / 1000));
  }
}

function processSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}
