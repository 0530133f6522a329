import { AppError } from '@parley/contract';
import type { RoomMedia } from '../room/mediaPorts.ts';
import { MediaRoom, type MediaRoomOptions } from './MediaRoom.ts';
import type { MediaWorker, MediaWorkerOptions } from './MediaWorker.ts';
import { type StartWorker, WorkerSlot } from './WorkerSlot.ts';

/** When a worker died its devices come back at once: a new room waits for the new worker rather than being refused. */
const WORKER_WITHIN_MS = 4_000;

export interface MediaEngineOptions extends MediaWorkerOptions {
  /** How many; with a fixed port each takes the next one after it. */
  workers?: number;
  /** Devices of one room on one worker, before another one takes its next devices. */
  participantsPerWorker?: number;
}

/** What it makes; tests make something else. */
export interface MediaEngineParts {
  start?: StartWorker;
  openRoom?: (options: MediaRoomOptions) => Promise<RoomMedia>;
}

/** The media workers of this process. Rooms are spread over them by load, and a large one over several. */
export class MediaEngine {
  readonly #options: MediaEngineOptions;
  readonly #slots: readonly WorkerSlot[];
  readonly #openRoom: NonNullable<MediaEngineParts['openRoom']>;

  constructor(options: MediaEngineOptions, { start, openRoom }: MediaEngineParts = {}) {
    this.#options = options;
    this.#openRoom = openRoom ?? ((room) => MediaRoom.open(room));
    this.#slots = Array.from({ length: options.workers ?? 1 }, (_, index) => {
      const port = options.port === 0 ? 0 : options.port + index;
      return new WorkerSlot({ ...options, port }, start);
    });
  }

  /** Starts the first workers. Rejects when one does not start. */
  async open(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.open()));
  }

  /** There is a worker for another room. */
  get ready(): boolean {
    return this.#workers.length > 0;
  }

  get pids(): number[] {
    return this.#workers.map(({ pid }) => pid);
  }

  async openRoom(): Promise<RoomMedia> {
    const worker = this.#leastLoaded() ?? (await this.#next());
    if (!worker)
      throw new AppError('not-ready', 'The media server is starting again. Try again in a moment.');
    const { participantsPerWorker = Infinity, clock, log } = this.#options;
    const seating = { participantsPerWorker, another: this.#leastLoaded.bind(this) };
    return this.#openRoom({ worker, seating, clock, log });
  }

  /** Seconds of CPU that the present workers have used since they started. */
  async cpuSeconds(): Promise<number> {
    const used = await Promise.all(this.#workers.map((worker) => worker.cpuSeconds().catch(() => 0)));
    return used.reduce((sum, seconds) => sum + seconds, 0);
  }

  close(): void {
    for (const slot of this.#slots) slot.close();
  }

  get #workers(): MediaWorker[] {
    return this.#slots.flatMap(({ worker }) => worker ?? []);
  }

  #leastLoaded(except?: ReadonlySet<MediaWorker>): MediaWorker | undefined {
    const free = this.#workers.filter((worker) => !except?.has(worker));
    return free.sort((a, b) => a.load - b.load)[0];
  }

  /** The next worker, or nothing when it takes too long. */
  #next(): Promise<MediaWorker | undefined> {
    const { promise, resolve } = Promise.withResolvers<MediaWorker | undefined>();
    const cancel = this.#options.clock.after(WORKER_WITHIN_MS, () => resolve(undefined));
    const onStarted = () => resolve(this.#leastLoaded());
    for (const slot of this.#slots) slot.events.once('started', onStarted);
    return promise.finally(() => {
      cancel();
      for (const slot of this.#slots) slot.events.off('started', onStarted);
    });
  }
}
