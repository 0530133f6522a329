import {
  PROTOCOL_VERSION,
  type ApprovalId,
  type ConversationChange,
  type ConversationSettings,
  type DownwardMessage,
  type JobId,
  type ParticipantId,
  type UpwardMessage,
} from '@parley/contract';
import type { Request } from '../session/Signaling.ts';
import { TalkHold, type TalkPorts } from './TalkHold.ts';

interface Ports extends TalkPorts {
  request: Request;
  send(message: UpwardMessage): boolean;
}

/** What a person may ask of the conversation: to take part in another way, to be heard, to share one loudspeaker. */
export class RoomAsks {
  readonly talk: TalkHold;
  readonly #ports: Ports;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.talk = new TalkHold(ports);
  }

  /** The first message on a new channel. What is held is held again: the room forgot it with the former one. */
  hello(): void {
    this.#ports.send({ type: 'hello', protocol: PROTOCOL_VERSION });
    this.talk.channelOpen();
  }

  heard(message: DownwardMessage, me: ParticipantId): void {
    if (message.type === 'floor') this.talk.told(message.holders.includes(me));
  }

  /** Owner only. Throws what the hub says. */
  readonly configure = (change: ConversationChange): Promise<ConversationSettings> =>
    this.#ports.request('session:configure', change);

  /** Owner only, like the two below: nobody new may join. Throws what the hub says. */
  readonly lock = async (locked: boolean): Promise<void> => {
    await this.#ports.request('session:lock', { locked });
  };

  /** Takes somebody's microphone away, or gives it back. */
  readonly silence = async (participantId: ParticipantId, silenced: boolean): Promise<void> => {
    await this.#ports.request('participant:silence', { participantId, silenced });
  };

  /** Somebody has to go. */
  readonly remove = async (participantId: ParticipantId): Promise<void> => {
    await this.#ports.request('participant:remove', { participantId });
  };

  /** Whoever may allow it, like the two below. Throws what the hub says. */
  readonly decide = async (approvalId: ApprovalId, approve: boolean): Promise<void> => {
    await this.#ports.request('approval:decide', { approvalId, approve });
  };

  readonly cancelJob = async (jobId: JobId): Promise<void> => {
    await this.#ports.request('job:cancel', { jobId });
  };

  readonly steer = async (jobId: JobId, instruction: string): Promise<void> => {
    await this.#ports.request('job:steer', { jobId, instruction });
  };

  /** These devices, this one among them, become one; none dissolves this device's group. Throws what the hub says. */
  readonly group = async (participantIds: ParticipantId[]): Promise<void> => {
    await this.#ports.request('devices:group', { participantIds });
  };
}
