export interface PlayoutFrame {
  itemId: string;
  frame: Int16Array;
}

/** Where an unfinished part of an item was when the queue was flushed; whole milliseconds, rounded down. */
export interface FlushedPart {
  itemId: string;
  contentIndex: number;
  /** What left the queue. */
  playedMs: number;
  /** What was pushed in all. */
  audioMs: number;
}

/** The assistant's voice on its way out: comes faster than real time, leaves in frames of 20 ms. */
export class PlayoutQueue {
  /**
   * Appends samples of any number; they are kept, not copied. False when they were not taken: the queue is full
   * (10 minutes), or the item was flushed or ended before.
   */
  push(_itemId: string, _contentIndex: number, _pcm: Int16Array): boolean {
    return true;
  }

  /** No more audio comes for the item: its last partial frame may leave, padded with silence. */
  end(_itemId: string): void {}

  /** The next frame of 480 samples (valid until the next pull), or undefined when no whole one is there. */
  pull(): PlayoutFrame | undefined {
    return undefined;
  }

  /** Throws away everything; tells of each part that was not finished, in order. Late audio of those items is refused. */
  flush(): FlushedPart[] {
    return [];
  }

  /** Audio of the item that left the queue (padding not counted), whole ms; 0 for an unknown item. */
  playedMs(_itemId: string): number {
    return 0;
  }

  /** True while the item has audio in the queue or has not ended. */
  has(_itemId: string): boolean {
    return false;
  }

  /** What waits, ms. */
  get queuedMs(): number {
    return 0;
  }

  /** Audio that `push` refused because the queue was full, ms. */
  get refusedMs(): number {
    return 0;
  }
}
