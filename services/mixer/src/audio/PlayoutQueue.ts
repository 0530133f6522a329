import { FRAME_SAMPLES, SAMPLE_RATE } from '@parley/contract';
import { packetOf } from './packets.ts';
import { BLOCK_SAMPLES, giveBlock, takeBlock } from './SampleBlocks.ts';

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

/** Samples of a block, or a frame that carries its packet. */
interface Chunk {
  readonly samples: Int16Array;
  length: number;
  readonly carries: boolean;
}

interface Part {
  readonly itemId: string;
  readonly contentIndex: number;
  readonly chunks: Chunk[];
  /** Samples of the first chunk that have left. */
  offset: number;
  pushed: number;
  played: number;
  ended: boolean;
}

const SAMPLES_PER_MS = SAMPLE_RATE / 1000;
const MAX_SAMPLES = 10 * 60 * SAMPLE_RATE;
/** Items that are over and still known: for questions and late audio. */
const MAX_REMEMBERED = 64;

/** The assistant's voice on its way out: comes faster than real time, leaves in frames of 20 ms. */
export class PlayoutQueue {
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  /** Unfinished, in the order in which they are heard. */
  readonly #parts: Part[] = [];
  /** Samples played of parts that are over, by item; the oldest items are forgotten. */
  readonly #over = new Map<string, number>();
  /** Items that take no more audio; the oldest are forgotten. */
  readonly #ended = new Set<string>();
  #queued = 0;
  #refused = 0;

  /**
   * Appends samples, any number; they are copied, but for a frame that carries its packet. A reply waits for seconds: what
   * it came in would be old garbage by then, which the engine is slow to collect. False when they were not taken: the queue is full
   * (10 minutes), or the item was ended or flushed before. A new item or part ends the one before it.
   */
  push(itemId: string, contentIndex: number, pcm: Int16Array): boolean {
    let part = this.#parts.find((other) => other.itemId === itemId && other.contentIndex === contentIndex);
    if (this.#ended.has(itemId) || part?.ended) return false;
    if (this.#queued + pcm.length > MAX_SAMPLES) {
      this.#refused += pcm.length;
      return false;
    }
    if (!part) {
      for (const other of this.#parts) {
        if (other.itemId !== itemId) remember(this.#ended, other.itemId);
        other.ended = true;
      }
      part = { itemId, contentIndex, chunks: [], offset: 0, pushed: 0, played: 0, ended: false };
      this.#parts.push(part);
    }
    append(part.chunks, pcm);
    part.pushed += pcm.length;
    this.#queued += pcm.length;
    return true;
  }

  /** No more audio comes for the item: its last partial frame may leave, padded with silence. */
  end(itemId: string): void {
    for (const part of this.#parts) if (part.itemId === itemId) part.ended = true;
    remember(this.#ended, itemId);
    this.#dropFinished();
  }

  /** The next frame of 480 samples (valid until the next pull), or undefined when no whole one is there. */
  pull(): PlayoutFrame | undefined {
    this.#dropFinished();
    const [part] = this.#parts;
    if (!part || (!part.ended && part.pushed - part.played < FRAME_SAMPLES)) return undefined;
    const frame = this.#whole(part) ?? this.#read(part);
    this.#dropFinished();
    return { itemId: part.itemId, frame };
  }

  /** Throws away everything; tells of each part that was not finished, in order. Late audio of those items is refused. */
  flush(): FlushedPart[] {
    const flushed = this.#parts.map(({ itemId, contentIndex, played, pushed }) => ({
      itemId,
      contentIndex,
      playedMs: toMs(played),
      audioMs: toMs(pushed),
    }));
    for (const part of this.#parts.splice(0)) {
      remember(this.#ended, part.itemId);
      for (const chunk of part.chunks.splice(0)) release(chunk);
      this.#finish(part);
    }
    this.#queued = 0;
    return flushed;
  }

  /** Audio of the item that left the queue (padding not counted), whole ms; 0 for an item long over or unknown. */
  playedMs(itemId: string): number {
    let samples = this.#over.get(itemId) ?? 0;
    for (const part of this.#parts) if (part.itemId === itemId) samples += part.played;
    return toMs(samples);
  }

  /** True while the item has audio in the queue or has not ended. */
  has(itemId: string): boolean {
    return this.#parts.some((part) => part.itemId === itemId);
  }

  /** What waits, ms. */
  get queuedMs(): number {
    return toMs(this.#queued);
  }

  /** Audio that `push` refused because the queue was full, ms. */
  get refusedMs(): number {
    return toMs(this.#refused);
  }

  /** A frame that carries its packet is handed on as it is. */
  #whole(part: Part): Int16Array | undefined {
    const [chunk] = part.chunks;
    if (part.offset > 0 || !chunk?.carries) return undefined;
    part.chunks.shift();
    part.played += FRAME_SAMPLES;
    this.#queued -= FRAME_SAMPLES;
    return chunk.samples;
  }

  #read(part: Part): Int16Array {
    let filled = 0;
    while (filled < FRAME_SAMPLES) {
      const [chunk] = part.chunks;
      if (!chunk) break;
      const to = Math.min(chunk.length, part.offset + FRAME_SAMPLES - filled);
      const piece = chunk.samples.subarray(part.offset, to);
      this.#frame.set(piece, filled);
      filled += piece.length;
      part.offset += piece.length;
      if (part.offset < chunk.length) continue;
      part.chunks.shift();
      part.offset = 0;
      release(chunk);
    }
    this.#frame.fill(0, filled);
    part.played += filled;
    this.#queued -= filled;
    return this.#frame;
  }

  #dropFinished(): void {
    for (let [part] = this.#parts; part?.ended && part.played === part.pushed; [part] = this.#parts) {
      this.#parts.shift();
      this.#finish(part);
    }
  }

  #finish(part: Part): void {
    const played = (this.#over.get(part.itemId) ?? 0) + part.played;
    this.#over.delete(part.itemId); // so that it counts as the newest
    this.#over.set(part.itemId, played);
    forgetOldest(this.#over);
  }
}

function append(chunks: Chunk[], pcm: Int16Array): void {
  if (pcm.length === FRAME_SAMPLES && packetOf(pcm)) {
    chunks.push({ samples: pcm, length: FRAME_SAMPLES, carries: true });
    return;
  }
  for (let at = 0; at < pcm.length;) {
    let last = chunks.at(-1);
    if (!last || last.carries || last.length === BLOCK_SAMPLES) {
      last = { samples: takeBlock(), length: 0, carries: false };
      chunks.push(last);
    }
    const piece = pcm.subarray(at, at + BLOCK_SAMPLES - last.length);
    last.samples.set(piece, last.length);
    last.length += piece.length;
    at += piece.length;
  }
}

function release({ samples, carries }: Chunk): void {
  if (!carries) giveBlock(samples);
}

function remember(items: Set<string>, itemId: string): void {
  items.delete(itemId);
  items.add(itemId);
  forgetOldest(items);
}

function forgetOldest(items: Set<string> | Map<string, number>): void {
  const [oldest] = items.keys();
  if (items.size > MAX_REMEMBERED && oldest !== undefined) items.delete(oldest);
}

function toMs(samples: number): number {
  return Math.floor(samples / SAMPLES_PER_MS);
}
