import { setTimeout as delay } from 'node:timers/promises';
import { Scope } from '@parley/kit/scope';
import { HubApi } from '../../support/HubApi.ts';
import type { Stack } from '../../support/stack/startStack.ts';
import { LoadRoom } from '../tool/LoadRoom.ts';
import { startMachine, usageOfAll } from '../tool/Machine.ts';
import { readOptions } from '../tool/options.ts';
import { Pace } from '../tool/Pace.ts';
import { Talk } from '../tool/Talk.ts';
import { type EncodedVoice, loadVoices } from '../tool/voices.ts';
import { offsetMs } from '../tool/script.ts';

const WARM_UP_MS = 10_000;

/** Seconds of CPU in a second. */
export type Busy = Readonly<Record<'mixer' | 'worker' | 'hub', number>>;

export interface FilledRooms {
  /** Nobody sends anything any more. */
  mute(): void;
  close(): Promise<void>;
}

/** The product on this machine and rooms of plain RTP that are played by hand. Owns both. */
export class LiveStack {
  readonly stack: Stack;
  readonly #api: HubApi;
  readonly #voices: readonly EncodedVoice[];
  readonly #scope: Scope;

  private constructor(stack: Stack, voices: readonly EncodedVoice[], scope: Scope) {
    this.stack = stack;
    this.#api = new HubApi(stack.url);
    this.#voices = voices;
    this.#scope = scope;
  }

  /** For so many rooms of so many at most. */
  static async open(rooms: number, participants: number): Promise<LiveStack> {
    // However busy the machine is: nothing is refused here.
    process.env['MIXER_MAX_LOAD'] ??= '1';
    const voices = await loadVoices();
    const scope = new Scope();
    const options = readOptions(['--rooms', String(rooms), '--participants', String(participants)]);
    return new LiveStack(scope.own(await startMachine(options)), voices, scope);
  }

  /** Rooms full of people who speak; 0 talkers are silent, with DTX. */
  async fill(count: number, participants: number, talkers: number): Promise<FilledRooms> {
    const pace = new Pace();
    const rooms: LoadRoom[] = [];
    const close = async () => {
      pace.close();
      await Promise.all(rooms.splice(0).map((room) => room.close()));
    };
    this.#scope.add(close);
    for (let index = 0; index < count; index++) {
      const room = await LoadRoom.open(this.#api, `Bench ${index + 1}`, participants);
      rooms.push(room);
      const talk = new Talk(room.bots, this.#voices, talkers, offsetMs(index, count));
      pace.add((nowMs) => talk.tick(nowMs));
    }
    return { mute: () => pace.close(), close };
  }

  /** The first conversations of a process are dearer than all others: the compiler is at work. */
  async warmUp(): Promise<void> {
    const rooms = await this.fill(4, 4, 1.4);
    await delay(WARM_UP_MS);
    await rooms.close();
  }

  async busy(seconds: number): Promise<Busy> {
    const [before, sinceMs] = [await usageOfAll(this.stack), performance.now()];
    await delay(seconds * 1000);
    const after = await usageOfAll(this.stack);
    const spent = (performance.now() - sinceMs) / 1000;
    const share = (name: keyof Busy) => (after[name].cpu - before[name].cpu) / spent;
    return { mixer: share('mixer'), worker: share('worker'), hub: share('hub') };
  }

  close(): Promise<void> {
    return this.#scope.close();
  }
}
