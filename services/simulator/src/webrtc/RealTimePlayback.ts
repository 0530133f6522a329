import { FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE } from '@parley/contract';
import type { AnswerAudio, Playback } from '../http/playback.ts';
import type { ServerEvent } from '../protocol/serverEvents.ts';

/** Often enough that a packet is hardly ever late, seldom enough to cost nothing. */
const LOOK_EVERY_MS = 5;
/** After a standstill of the process this much is caught up; the rest of the time is lost. */
const MAX_BEHIND_MS = 500;

export interface PlaybackOptions {
  /** A frame of 480 samples whose time has come; `skippedFrames` were silent before it. Valid during the call. */
  send: (frame: Int16Array, skippedFrames: number) => void;
  tell: (event: ServerEvent) => void;
  /** So much of an item was played when it was cut off. */
  cut: (itemId: string, contentIndex: number, playedMs: number) => void;
  /** Milliseconds, monotonic. */
  now?: () => number;
}

interface Piece extends AnswerAudio {
  offset: number;
}

/** The output audio buffer: answers come faster than real time and leave in frames of 20 ms (S82). */
export class RealTimePlayback implements Playback {
  readonly #options: PlaybackOptions;
  readonly #now: () => number;
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  readonly #generated = new Set<string>();
  #pieces: Piece[] = [];
  /** Samples played of the items of the response that is being played. */
  #played = new Map<string, { contentIndex: number; samples: number }>();
  #playing: string | undefined;
  /** When the next frame is due, and when the last one left. */
  #dueMs = 0;
  #sentMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: PlaybackOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  play(audio: AnswerAudio): void {
    if (this.#closed || audio.samples.length === 0) return;
    this.#pieces.push({ ...audio, offset: 0 });
    this.#run();
  }

  generated(responseId: string): void {
    const waits = this.#pieces.some((piece) => piece.responseId === responseId);
    if (!waits && this.#playing !== responseId) return;
    this.#generated.add(responseId);
    this.#look();
  }

  /** Tells `cleared`, and how much was heard of what was cut off. Nothing when nothing is played. */
  clear(): void {
    const responseId = this.#playing ?? this.#pieces[0]?.responseId;
    if (responseId === undefined) return;
    const unheard = new Map(this.#pieces.map((piece) => [piece.itemId, piece.contentIndex]));
    const played = this.#played;
    this.#stop();
    this.#options.tell({ type: 'output_audio_buffer.cleared', response_id: responseId });
    for (const [itemId, contentIndex] of unheard) {
      const samples = played.get(itemId)?.samples ?? 0;
      this.#options.cut(itemId, contentIndex, Math.floor((samples * 1000) / SAMPLE_RATE));
    }
  }

  close(): void {
    this.#closed = true;
    this.#stop();
  }

  #run(): void {
    if (this.#timer) return;
    // Pauses are not caught up.
    this.#dueMs = Math.max(this.#dueMs, this.#now());
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  #look(): void {
    const now = this.#now();
    this.#dueMs = Math.max(this.#dueMs, now - MAX_BEHIND_MS);
    while (!this.#closed && this.#dueMs <= now && this.#next()) this.#dueMs += FRAME_MS;
    if (this.#pieces.length > 0 || this.#playing !== undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Sends the next frame. False when there is none yet. */
  #next(): boolean {
    const responseId = this.#pieces[0]?.responseId;
    if (this.#playing !== undefined && this.#playing !== responseId && !this.#finish()) return false;
    if (responseId === undefined) return false;
    const samples = this.#pieces.reduce(
      (sum, piece) => (piece.responseId === responseId ? sum + piece.samples.length - piece.offset : sum),
      0,
    );
    if (samples < FRAME_SAMPLES && !this.#generated.has(responseId)) {
      this.#dueMs = Math.max(this.#dueMs, this.#now());
      return false;
    }
    if (this.#playing === undefined) {
      this.#playing = responseId;
      this.#options.tell({ type: 'output_audio_buffer.started', response_id: responseId });
    }
    this.#fill(responseId);
    const silentMs = this.#sentMs === undefined ? 0 : this.#dueMs - this.#sentMs - FRAME_MS;
    this.#sentMs = this.#dueMs;
    this.#options.send(this.#frame, Math.max(0, Math.round(silentMs / FRAME_MS)));
    if (this.#pieces[0]?.responseId !== responseId) this.#finish();
    return true;
  }

  /** The response has been played to its end, if nothing more can come of it. */
  #finish(): boolean {
    const responseId = this.#playing;
    if (responseId === undefined) return true;
    // Another one behind it proves the same: responses that speak come one after the other.
    if (!this.#generated.has(responseId) && this.#pieces.length === 0) return false;
    this.#playing = undefined;
    this.#generated.delete(responseId);
    this.#played = new Map();
    this.#options.tell({ type: 'output_audio_buffer.stopped', response_id: responseId });
    return true;
  }

  #fill(responseId: string): void {
    let filled = 0;
    while (filled < FRAME_SAMPLES) {
      const [piece] = this.#pieces;
      if (piece?.responseId !== responseId) break;
      const part = piece.samples.subarray(piece.offset, piece.offset + FRAME_SAMPLES - filled);
      this.#frame.set(part, filled);
      filled += part.length;
      piece.offset += part.length;
      const played = this.#played.get(piece.itemId) ?? { contentIndex: piece.contentIndex, samples: 0 };
      played.samples += part.length;
      this.#played.set(piece.itemId, played);
      if (piece.offset === piece.samples.length) this.#pieces.shift();
    }
    this.#frame.fill(0, filled);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#pieces = [];
    this.#generated.clear();
    this.#played = new Map();
    this.#playing = undefined;
  }
}
