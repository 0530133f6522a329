import { levelDbov } from '../audio/level.ts';
import type { Clock } from '../room/ports.ts';
import type { ServerEvent } from './protocol.ts';

/** Packets and events go separate ways: so much of a reply may arrive before its start is told, and after its end. */
const EARLY_FRAMES = 10;
const LATE_MS = 80;
const SILENT_DBOV = -60;
/** Sent on together when a reply begins, so that jitter does not tear it: 60 ms. */
const LEAD_FRAMES = 3;
/** A provider that neither sends nor tells the end has forgotten it. */
const FORGOTTEN_MS = 3_000;

type Done = Extract<ServerEvent, { type: 'response.done' }>;

export interface ServerPlaybackEffects {
  audio(place: { responseId: string; itemId: string; contentIndex: number }, pcm: Int16Array): void;
  /** The response is over, and everything that is heard of it was told. */
  over(done: Done): void;
}

interface Playing {
  responseId: string;
  lead: Int16Array[] | undefined;
  /** The server has said that it is over: only late packets come. */
  ending: boolean;
}

/**
 * Over WebRTC the provider plays its replies itself: `response.done` comes long before their end, and their packets name
 * no response. Here they get their names, and the end waits for them, so that a room sees the same order as over a
 * WebSocket. Knows no network.
 */
export class ServerPlayback {
  readonly #clock: Clock;
  readonly #effects: ServerPlaybackEffects;
  /** Where the audio of a response belongs, from when it is announced until it has been heard. */
  readonly #places = new Map<string, { itemId: string; contentIndex: number }>();
  readonly #done = new Map<string, Done>();
  /** Nothing more of these is wanted. */
  readonly #cut = new Set<string>();
  readonly #early: Int16Array[] = [];
  #playing: Playing | undefined;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, effects: ServerPlaybackEffects) {
    this.#clock = clock;
    this.#effects = effects;
  }

  /** True when the event is kept for later. */
  take(event: ServerEvent): boolean {
    switch (event.type) {
      case 'response.content_part.added':
        if (event.part.type === 'audio' && !this.#places.has(event.response_id))
          this.#places.set(event.response_id, {
            itemId: event.item_id,
            contentIndex: event.content_index,
          });
        return false;
      case 'output_audio_buffer.started':
        this.#start(event.response_id);
        return false;
      case 'output_audio_buffer.stopped':
        if (this.#playing?.responseId === event.response_id) this.#playing.ending = true;
        this.#later(LATE_MS, () => this.#finish(event.response_id));
        return false;
      case 'output_audio_buffer.cleared':
        this.#finish(event.response_id);
        return false;
      case 'response.done':
        return this.#hold(event);
      default:
        return false;
    }
  }

  /** Frames in order; they belong to the listener from now on. */
  hear(frames: readonly Int16Array[]): void {
    for (const frame of frames) {
      if (this.#playing) this.#tell(this.#playing, frame);
      else {
        this.#early.push(frame);
        if (this.#early.length > EARLY_FRAMES) this.#early.shift();
      }
    }
    const { responseId, ending } = this.#playing ?? { responseId: '', ending: true };
    if (!ending && this.#done.has(responseId)) this.#watch(responseId);
  }

  /** Silence at once. What is to be said to the server: is it still being made, is it being played? */
  cut(responseId: string): { making: boolean; playing: boolean } {
    const playing = this.#places.has(responseId) && this.#playing?.responseId === responseId;
    if (this.#places.has(responseId)) this.#cut.add(responseId);
    if (playing) this.#playing = { responseId, lead: undefined, ending: false };
    const held = this.#done.has(responseId);
    if (held) this.#watch(responseId);
    return { making: !held, playing };
  }

  /** The server plays (or will play) audio of this item and truncates it itself. */
  owns(itemId: string): boolean {
    for (const place of this.#places.values()) if (place.itemId === itemId) return true;
    return false;
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#playing = undefined;
  }

  #start(responseId: string): void {
    const former = this.#playing?.responseId;
    if (former !== undefined && former !== responseId) this.#finish(former);
    this.#playing = { responseId, lead: [], ending: false };
    const early = this.#early.splice(0);
    // A server that sends silence between replies must not make each of them begin with it.
    const first = early.findIndex((frame) => levelDbov(frame) > SILENT_DBOV);
    if (first >= 0) for (const frame of early.slice(first)) this.#tell(this.#playing, frame);
  }

  #tell(playing: Playing, frame: Int16Array): void {
    const place = this.#places.get(playing.responseId);
    if (!place || this.#cut.has(playing.responseId)) return;
    if (playing.lead) {
      playing.lead.push(frame);
      if (playing.lead.length < LEAD_FRAMES) return;
    }
    this.#release(playing, playing.lead ? [] : [frame]);
  }

  #release(playing: Playing, frames: Int16Array[]): void {
    const place = this.#places.get(playing.responseId);
    const ready = [...(playing.lead ?? []), ...frames];
    playing.lead = undefined;
    if (!place || this.#cut.has(playing.responseId)) return;
    for (const pcm of ready) this.#effects.audio({ responseId: playing.responseId, ...place }, pcm);
  }

  /** A reply without audio, or one that ended before any, waits for nothing. */
  #hold(event: Done): boolean {
    const { id, status } = event.response;
    const begun = this.#playing?.responseId === id;
    if (!this.#places.has(id) || (status !== 'completed' && status !== 'incomplete' && !begun)) {
      this.#forget(id);
      return false;
    }
    this.#done.set(id, event);
    this.#watch(id);
    return true;
  }

  #watch(responseId: string): void {
    this.#later(FORGOTTEN_MS, () => this.#finish(responseId));
  }

  #later(ms: number, run: () => void): void {
    this.#cancel?.();
    this.#cancel = this.#clock.after(ms, run);
  }

  #finish(responseId: string): void {
    const playing = this.#playing;
    if (playing?.responseId === responseId) {
      this.#release(playing, []);
      this.#playing = undefined;
      this.#early.length = 0;
    }
    this.#cancel?.();
    this.#cancel = undefined;
    const done = this.#done.get(responseId);
    if (!done) return;
    const cut = this.#cut.has(responseId);
    this.#forget(responseId);
    // Made to its end, but not heard to its end: for a room that is the same as cancelled in the making.
    this.#effects.over(cut ? { ...done, response: { ...done.response, status: 'cancelled' } } : done);
  }

  #forget(responseId: string): void {
    this.#done.delete(responseId);
    this.#places.delete(responseId);
    this.#cut.delete(responseId);
  }
}
