import { findIn } from '../../support/audio/correlate.ts';
import type { Append, ProviderView } from '../../support/ProviderView.ts';
import { RATE } from '../../support/audio/voices.ts';
import { FRAME_MS, FRAME_SAMPLES } from '@parley/contract';

/** The mixer sends what it hears at once, in pieces of at most this. */
const ARRIVES_WITHIN_MS = 1_500;
const FOUND = 0.6;
/** Held until it is known what was said: the end of the turn, and its transcript. */
const TRUNCATED_WITHIN_MS = 6_000;

interface Seen {
  atMs: number;
  event: Record<string, unknown>;
}

/** What the provider saw of the conversation, in ms of this process' clock. */
export class Provider {
  readonly #input: Int16Array;
  /** Of the first sample that is still known. */
  readonly #inputFrom: number;
  readonly #appends: readonly Append[];
  readonly #received: readonly Seen[];
  readonly #openedMs: number;

  private constructor(
    input: Int16Array,
    inputFrom: number,
    appends: readonly Append[],
    received: readonly Seen[],
    openedMs: number,
  ) {
    this.#input = input;
    this.#inputFrom = inputFrom;
    this.#appends = appends;
    this.#received = received;
    this.#openedMs = openedMs;
  }

  static async look(view: ProviderView): Promise<Provider> {
    const { id, openedAt } = await view.latest();
    const [{ samples }, appends, received] = await Promise.all([
      view.input(id),
      view.appends(id),
      view.received(id),
    ]);
    // Asked for after the input, and nobody speaks any more.
    const { inputDroppedSamples } = await view.latest();
    const epochMs = Date.now() - performance.now();
    return new Provider(samples, inputDroppedSamples, appends, received, Date.parse(openedAt) - epochMs);
  }

  /**
   * When the mixer had this sound in its mix, which began to leave its speaker at `leftMs`. Its link sends two frames at
   * a time, at once when the second is there.
   */
  heardMs(sound: Int16Array, leftMs: number): number | undefined {
    const near = this.#appends.filter(({ atMs, start }) => {
      const sinceMs = atMs + this.#openedMs - leftMs;
      return sinceMs > -FRAME_MS && sinceMs < ARRIVES_WITHIN_MS && start >= this.#inputFrom;
    });
    const [first, last] = [near[0], near.at(-1)];
    if (!first || !last) return undefined;
    const from = first.start - this.#inputFrom;
    const piece = sound.subarray(0, (RATE * 300) / 1000);
    const { score, at } = findIn(
      piece,
      this.#input.subarray(from, last.start + last.samples - this.#inputFrom),
    );
    if (score < FOUND) return undefined;
    const place = first.start + at;
    const append = near.find(({ start, samples }) => place < start + samples);
    if (!append) return undefined;
    const after = append.start + append.samples - place;
    return append.atMs + this.#openedMs - (Math.ceil(after / FRAME_SAMPLES) - 1) * FRAME_MS;
  }

  /** How much of the reply that was spoken into at that moment the provider was told to keep, ms. */
  truncatedMs(onsetMs: number): number | undefined {
    const found = this.#received.find(({ atMs, event }) => {
      const sinceMs = atMs + this.#openedMs - onsetMs;
      return event['type'] === 'conversation.item.truncate' && sinceMs > 0 && sinceMs < TRUNCATED_WITHIN_MS;
    });
    const endMs = found?.event['audio_end_ms'];
    return typeof endMs === 'number' ? endMs : undefined;
  }
}
