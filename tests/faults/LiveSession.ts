import type { SessionEvent, SessionId } from '@parley/contract';
import { repeated } from '../support/audio/voices.ts';
import { HubApi } from '../support/HubApi.ts';
import { FaultDevice } from './FaultDevice.ts';
import { Muter } from './Muter.ts';

const MUTERS = 10;

/** A session in full swing: Anna and Ben speak, Chloe listens to Anna, ten more make events by muting and unmuting. */
export class LiveSession {
  readonly id: SessionId;
  readonly devices: readonly FaultDevice[];
  readonly listener: FaultDevice;
  readonly muters: readonly Muter[];

  readonly #ownerToken: string;

  private constructor(
    { id, ownerToken }: { id: SessionId; ownerToken: string },
    devices: FaultDevice[],
    listener: FaultDevice,
    muters: Muter[],
  ) {
    this.id = id;
    this.#ownerToken = ownerToken;
    this.devices = devices;
    this.listener = listener;
    this.muters = muters;
  }

  /** Everybody tries the first of `urls` first. */
  static async open(urls: readonly string[], eventsPerSecond: number): Promise<LiveSession> {
    const hub = new HubApi(urls[0] ?? '');
    const { session, ownerToken } = await hub.createSession();
    const seat = async (name: string) => {
      const { participantId, token } = await hub.addParticipant(session.id, name);
      return { participantId, token, urls };
    };
    const anna = await FaultDevice.join({ ...(await seat('Anna')), says: await repeated('anna', 60, 0) });
    const ben = await FaultDevice.join({ ...(await seat('Ben')), says: await repeated('ben', 60, 0) });
    const silence = new Int16Array(48_000);
    const chloe = await FaultDevice.join({ ...(await seat('Chloe')), says: silence, hears: anna });
    const muters: Muter[] = [];
    for (let number = 1; number <= MUTERS; number++) {
      const { participantId, ...options } = await seat(`Muter ${number}`);
      muters.push(await Muter.join(participantId, options, (MUTERS * 1_000) / eventsPerSecond));
    }
    return new LiveSession({ id: session.id, ownerToken }, [anna, ben, chloe], chloe, muters);
  }

  get acknowledged(): number {
    return this.muters.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  }

  get absencesMs(): number[] {
    return [...this.devices, ...this.muters].flatMap(({ absencesMs }) => absencesMs);
  }

  /** Ends it for everybody. */
  async end(hubUrl: string): Promise<void> {
    await new HubApi(hubUrl).endSession(this.id, this.#ownerToken);
  }

  async close(): Promise<void> {
    for (const muter of this.muters) muter.close();
    for (const device of this.devices) await device.close();
  }

  /** What became of the acknowledged changes, by the whole timeline after everybody has stopped. */
  settle(events: readonly SessionEvent[]): Account {
    const account = { lost: 0, doubled: 0, gaps: 0, left: 0 };
    for (const [index, { seq, type }] of events.entries()) {
      if (seq !== (events[index - 1]?.seq ?? 0) + 1) account.gaps += 1;
      if (type === 'participant:left') account.left += 1;
    }
    for (const { participantId, acknowledged } of this.muters) {
      const values = events.flatMap(({ type, data }) =>
        type === 'participant:muted' && data.participantId === participantId ? [data.muted] : [],
      );
      const repeats = values.filter((value, index) => value === (values[index - 1] ?? false)).length;
      account.doubled += repeats;
      account.lost += Math.max(0, acknowledged - (values.length - repeats));
    }
    return account;
  }
}

export interface Account {
  /** Acknowledged changes without their fact. */
  lost: number;
  /** Facts that were told twice. */
  doubled: number;
  /** Places at which `seq` does not go on by one. */
  gaps: number;
  /** Participants who lost their place. */
  left: number;
}
