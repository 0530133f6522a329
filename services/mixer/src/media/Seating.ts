import type { MediaWorker } from './MediaWorker.ts';
import { type Producers, Wing } from './Wing.ts';

export interface SeatingOptions {
  /** Devices in one wing, as long as there is a worker for another one. */
  participantsPerWorker: number;
  /** A worker that has no part of this room yet, if there is one. */
  another: (used: ReadonlySet<MediaWorker>) => MediaWorker | undefined;
}

interface Row {
  worker: MediaWorker;
  wing: Promise<Wing>;
  devices: number;
}

/** Which device of a room sits in which wing. A wing is opened when all others are full. */
export class Seating {
  readonly #options: SeatingOptions;
  readonly #producers: Producers;
  readonly #onWing: (wing: Wing) => void;
  readonly #rows: Row[];

  /** `onWing` is called for each wing but the first. */
  constructor(options: SeatingOptions, first: Wing, onWing: (wing: Wing) => void) {
    this.#options = options;
    this.#producers = first.producers;
    this.#onWing = onWing;
    this.#rows = [{ worker: first.worker, wing: Promise.resolve(first), devices: 0 }];
  }

  /** `stand` is harmless twice. */
  sit(): { wing: Promise<Wing>; stand: () => void } {
    const row = this.#free() ?? this.#open() ?? this.#emptiest();
    row.devices += 1;
    row.worker.devices += 1;
    let sitting = true;
    const stand = () => {
      if (!sitting) return;
      sitting = false;
      row.devices -= 1;
      row.worker.devices -= 1;
    };
    return { wing: row.wing, stand };
  }

  #free(): Row | undefined {
    return this.#rows.find(({ devices }) => devices < this.#options.participantsPerWorker);
  }

  #open(): Row | undefined {
    const worker = this.#options.another(new Set(this.#rows.map((row) => row.worker)));
    if (!worker) return undefined;
    const wing = Wing.open(worker, this.#producers).then((opened) => {
      this.#onWing(opened);
      return opened;
    });
    const row = { worker, wing, devices: 0 };
    this.#rows.push(row);
    // Whoever sits there is told; the next one tries another worker.
    wing.catch(() => this.#rows.splice(this.#rows.indexOf(row), 1));
    return row;
  }

  #emptiest(): Row {
    return this.#rows.reduce((least, row) => (row.devices < least.devices ? row : least));
  }
}
