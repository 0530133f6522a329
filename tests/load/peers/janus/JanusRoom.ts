import { z } from 'zod';
import { RATE } from '../../../support/audio/voices.ts';
import { RtpBot } from '../../tool/RtpBot.ts';
import type { ContenderRoom } from '../Contender.ts';
import type { JanusApi } from './JanusApi.ts';

const PAYLOAD_TYPE = 111;
const Joined = z.looseObject({ rtp: z.object({ ip: z.string(), port: z.number() }) });

export interface JanusRoomOptions {
  /** The handle for what concerns the room itself. */
  desk: number;
  /** Its number. */
  room: number;
  participants: number;
  /** One packet is held back of each participant, not Janus' default of six. */
  hurried: boolean;
  /** Where the mix goes that stands for what a provider hears. */
  feedPort: number;
  /** A file. */
  announcement: string;
  /** Called when that begins. */
  answered: () => void;
}

/** A room of AudioBridge with its forwarder and its bots. Owns all of it. */
export class JanusRoom implements ContenderRoom {
  readonly bots: RtpBot[] = [];
  readonly joinMs: number[] = [];
  readonly hurried: boolean;
  readonly #api: JanusApi;
  readonly #options: JanusRoomOptions;
  readonly #handles: number[] = [];

  private constructor(api: JanusApi, options: JanusRoomOptions) {
    this.#api = api;
    this.#options = options;
    this.hurried = options.hurried;
  }

  static async open(api: JanusApi, options: JanusRoomOptions): Promise<JanusRoom> {
    const room = new JanusRoom(api, options);
    try {
      await room.#create();
      for (let index = 0; index < options.participants; index++) await room.#join(index);
      return room;
    } catch (error) {
      await room.close();
      throw error;
    }
  }

  answer(): void {
    const { desk, room, announcement, answered } = this.#options;
    answered();
    // A room that is being closed has nobody to hear it.
    this.#api.request(desk, { request: 'play_file', room, filename: announcement }).catch(() => undefined);
  }

  async close(): Promise<void> {
    for (const bot of this.bots) bot.close();
    const { desk, room } = this.#options;
    const rest = this.#handles.map((handle) => this.#api.detach(handle));
    await Promise.allSettled([...rest, this.#api.request(desk, { request: 'destroy', room })]);
  }

  async #create(): Promise<void> {
    const { desk, room, hurried, participants, feedPort } = this.#options;
    await this.#api.request(desk, {
      request: 'create',
      room,
      sampling_rate: RATE,
      allow_rtp_participants: true,
      ...(hurried && { default_prebuffering: 1 }),
    });
    if (participants === 0) return;
    const to = { host: '127.0.0.1', port: feedPort };
    await this.#api.request(desk, { request: 'rtp_forward', room, codec: 'opus', ...to });
  }

  async #join(index: number): Promise<void> {
    const { room } = this.#options;
    const bot = await RtpBot.open();
    this.bots.push(bot);
    const beganMs = performance.now();
    const handle = await this.#api.attach();
    this.#handles.push(handle);
    const { rtp } = Joined.parse(
      await this.#api.request(handle, {
        request: 'join',
        room,
        display: `Bot ${index + 1}`,
        rtp: { ip: '127.0.0.1', port: bot.port, payload_type: PAYLOAD_TYPE },
      }),
    );
    this.joinMs.push(performance.now() - beganMs);
    const ssrc = room * 100 + index + 1;
    bot.joined({ ip: rtp.ip, port: rtp.port, payloadType: PAYLOAD_TYPE, ssrc }, ssrc);
  }
}
