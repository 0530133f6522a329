import type { EventData, NewEvent, ParticipantId } from '@parley/contract';
import { until } from '../../support/until.ts';
import type { TestMixer, TestRoom } from '../../media/support/startMixer.ts';
import type { ClockedAssistant } from './ClockedAssistant.ts';
import { recordScript } from './microphones.ts';
import { score, type Score, type ToldTurn } from './score.ts';
import { makeScript, type Script, type ScriptedEvent, SPEAKERS } from './script.ts';
import { type Network, StagedDevice } from './StagedDevice.ts';
import { trueTurns } from './truth.ts';

const NAMES = ['Anna', 'Ben', 'Alex', 'Alex'];
/** These two have the same name: they must be told apart all the same. */
export const NAMESAKES = [2, 3] as const;
/** After the last word: the detector's silence and the transcript. */
const TAIL_MS = 1_500;

export interface StagedRoomOptions {
  mixer: TestMixer<ClockedAssistant>;
  voices: readonly Int16Array[];
  turns: number;
  seed: number;
  network: Network;
}

/** One room of the mixer with four devices that speak by the script. */
export class StagedRoom {
  readonly devices: StagedDevice[];
  readonly #room: TestRoom<ClockedAssistant>;
  readonly #facts: readonly NewEvent[];
  readonly #script: Script;
  readonly #clean: readonly Int16Array[];
  readonly #events: ScriptedEvent[];
  readonly #acting: Promise<void>[] = [];
  #startedAt = Infinity;

  private constructor(
    room: TestRoom<ClockedAssistant>,
    facts: readonly NewEvent[],
    { voices, turns, seed, network }: StagedRoomOptions,
  ) {
    this.#room = room;
    this.#facts = facts;
    this.#script = makeScript(seed, turns);
    this.#events = [...this.#script.events].sort((one, other) => one.atMs - other.atMs);
    const { clean, heard } = recordScript(this.#script, voices, seed, TAIL_MS);
    this.#clean = clean;
    this.devices = heard.map(
      (pcm, speaker) =>
        new StagedDevice(room, NAMES[speaker] ?? '', pcm, { ...network, seed: seed * SPEAKERS + speaker }),
    );
  }

  static async open(options: StagedRoomOptions): Promise<StagedRoom> {
    const { mixer } = options;
    // A scribe never speaks: whoever is speaking, it is a person.
    const room = await mixer.openRoom({ answer: 'scribe' });
    await room.assistant.settled();
    const staged = new StagedRoom(room, mixer.facts, options);
    await Promise.all(staged.devices.map((device) => device.join()));
    return staged;
  }

  get lengthMs(): number {
    return this.#script.lengthMs + TAIL_MS;
  }

  /** The script begins at this moment of the wall clock. */
  start(atMs: number): void {
    this.#startedAt = atMs;
    for (const device of this.devices) device.start(atMs);
  }

  /** Sends and does what is due. */
  tick(nowMs: number): void {
    for (let [event] = this.#events; event && this.#startedAt + event.atMs <= nowMs; [event] = this.#events) {
      this.#events.shift();
      const device = this.devices[event.speaker];
      if (device) this.#acting.push(device.act(event.kind));
    }
    for (const device of this.devices) device.send(nowMs);
  }

  /** After the end: waits for the last records and compares them with the truth. */
  async score(): Promise<Score> {
    await Promise.all(this.#acting);
    const inputAt = this.#room.assistant.inputClock();
    const toInput = (ms: number) => inputAt(this.#startedAt + ms);
    const present = this.devices.map((device) => device.present(this.#startedAt));
    const truth = trueTurns(this.#script, this.#clean, present).map((turn) => ({
      ...turn,
      startMs: toInput(turn.startMs),
      endMs: toInput(turn.endMs),
    }));
    // A turn may be missing for good: that is for the score to say.
    await until('all turns on record', () => this.#told().length >= truth.length, { withinMs: 3_000 }).catch(
      () => undefined,
    );
    return score(truth, this.#told());
  }

  async close(): Promise<void> {
    await Promise.all(this.devices.map((device) => device.close()));
    await this.#room.close();
  }

  #told(): ToldTurn[] {
    const mine = this.#facts.filter(
      (fact): fact is NewEvent<'turn:completed'> =>
        fact.type === 'turn:completed' && fact.sessionId === this.#room.sessionId,
    );
    return mine.map(({ data }) => this.#read(data));
  }

  #read({ startMs, endMs, speakers, overlap }: EventData<'turn:completed'>): ToldTurn {
    const shares = new Map<number, number>();
    for (const { participantId, share } of speakers) {
      const speaker = this.#speakerOf(participantId);
      shares.set(speaker, (shares.get(speaker) ?? 0) + share);
    }
    return { startMs, endMs, overlap, shares };
  }

  /** -1 for nobody that is known. */
  #speakerOf(id: ParticipantId): number {
    return this.devices.findIndex((device) => device.ids.has(id));
  }
}
