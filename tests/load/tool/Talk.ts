import { SILENCE_DBOV } from '@parley/contract';
import type { Bot } from './Bot.ts';
import { CYCLE_MS, type Stretch, stretches } from './script.ts';
import { type EncodedVoice, faintNoise } from './voices.ts';

const FRAME_MS = 20;
/** A silent sender with DTX: an ordinary packet of its faint noise every 420 ms, and an empty one behind it, as libopus does. */
const DTX_FRAMES = 20;
/** Nothing but its first byte (SILK, 20 ms). */
const DTX = Uint8Array.of(0x48);
const NOISE = await faintNoise();

type Sender = Pick<Bot, 'send'>;

export interface Begun {
  /** When the first packet left, ms. */
  atMs: number;
  voice: EncodedVoice;
  bot: number;
}

/** The conversation in one room: sends each bot's packets by the script. */
export class Talk {
  /** Who began each cycle: nobody else was to be heard then. */
  readonly begun: Begun[] = [];
  /** When the last one of each cycle fell silent. */
  readonly ended: number[] = [];
  /** Nobody speaks while it is set; time goes on. */
  silent = false;
  readonly #bots: readonly Sender[];
  readonly #voices: readonly EncodedVoice[];
  readonly #talkers: number;
  readonly #sentAt: number[];
  /** Of each bot: its last packet was empty. */
  readonly #empty: boolean[];
  #frame: number;
  #cycle = -1;
  #stretches: Stretch[] = [];

  /** `fromMs`: its place in the cycle at the first frame. */
  constructor(bots: readonly Sender[], voices: readonly EncodedVoice[], talkers: number, fromMs: number) {
    this.#bots = bots;
    this.#voices = voices;
    this.#talkers = talkers;
    this.#frame = Math.round(fromMs / FRAME_MS);
    this.#sentAt = bots.map((_, index) => this.#frame - 1 - (index % DTX_FRAMES));
    this.#empty = bots.map(() => true);
  }

  /** The next 20 ms, which leave at `nowMs`. */
  tick(nowMs: number): void {
    const frame = this.#frame++;
    const cycle = Math.floor((frame * FRAME_MS) / CYCLE_MS);
    if (cycle !== this.#cycle) {
      this.#cycle = cycle;
      this.#stretches = stretches(cycle, this.#bots.length, this.#talkers);
    }
    const atMs = frame * FRAME_MS - cycle * CYCLE_MS;
    for (const [index, bot] of this.#bots.entries()) {
      const stretch = this.#stretches.find(
        ({ bot: speaker, fromMs, toMs }) =>
          !this.silent && speaker === index && atMs >= fromMs && atMs < toMs,
      );
      const voice = voiceOf(this.#voices, index);
      if (stretch && voice) {
        const place = Math.round((atMs - stretch.fromMs) / FRAME_MS);
        if (atMs === 0 && place === 0) this.begun.push({ atMs: nowMs, voice, bot: index });
        const packet = place % voice.packets.length;
        this.#send(bot, index, frame, voice.packets[packet] ?? DTX, voice.levels[packet]);
      } else this.#keepSilent(bot, index, frame);
    }
    if (
      this.#stretches.length > 0 &&
      this.#stretches.every(({ toMs }) => atMs >= toMs) &&
      this.ended.length < this.begun.length
    )
      this.ended.push(nowMs);
  }

  #keepSilent(bot: Sender, index: number, frame: number): void {
    const silentFrames = frame - (this.#sentAt[index] ?? 0);
    if (silentFrames >= DTX_FRAMES) this.#send(bot, index, frame, NOISE);
    else if (silentFrames === 1 && !this.#empty[index]) this.#send(bot, index, frame, DTX);
  }

  #send(bot: Sender, index: number, frame: number, payload: Uint8Array, dbov = SILENCE_DBOV): void {
    bot.send(payload, frame - (this.#sentAt[index] ?? frame - 1) - 1, dbov);
    this.#sentAt[index] = frame;
    this.#empty[index] = payload === DTX;
  }
}

/** The voice of the bot at a place of a room. */
export const voiceOf = (voices: readonly EncodedVoice[], bot: number): EncodedVoice | undefined =>
  voices[bot % voices.length];
