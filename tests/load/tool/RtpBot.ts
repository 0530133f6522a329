import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { RtpWriter } from '@parley/mixer/audio/rtp';
import { AddedRtpParticipant, type RtpAddress, type SessionId } from '@parley/contract';
import { asHubError, type HubApi } from '../../support/HubApi.ts';
import type { Bot, Joining } from './Bot.ts';
import type { BotRecord } from './Players.ts';
import { Reception } from './Reception.ts';

/** A bigger buffer of the kernel: this process serves hundreds of bots in turn. */
const RECEIVE_BYTES = 1 << 20;

type Session = { sessionId: SessionId; ownerToken: string };

/** One plain RTP participant that sends what it is given and counts what it hears. */
export class RtpBot implements Bot {
  readonly reception = new Reception();
  /** Gets each packet, too: for whoever wants to hear what is in it. */
  onPacket: ((packet: Uint8Array, nowMs: number) => void) | undefined;
  readonly #socket: Socket;
  #to: RtpAddress | undefined;
  #writer: RtpWriter | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      const nowMs = performance.now();
      const sequence = ((data[2] ?? 0) << 8) | (data[3] ?? 0);
      this.reception.take(sequence, (data[1] ?? 0) >= 0x80, nowMs);
      this.onPacket?.(data, nowMs);
    });
  }

  static async open(): Promise<RtpBot> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BYTES });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new RtpBot(socket);
  }

  /** A new participant of a session. Rejects with the hub's error when it is refused. */
  static async join(api: HubApi, to: Session, index: number): Promise<RtpBot> {
    const bot = await RtpBot.open();
    try {
      const json = { name: `Bot ${index + 1}`, ip: '127.0.0.1', port: bot.port };
      const path = `/api/sessions/${to.sessionId}/rtp`;
      const response = await api.raw(path, { method: 'POST', json, token: to.ownerToken });
      if (!response.ok) throw await asHubError(response);
      bot.joined(AddedRtpParticipant.parse(await response.json()), index + 1);
      return bot;
    } catch (error) {
      bot.close();
      throw error;
    }
  }

  static readonly joining =
    (api: HubApi): Joining =>
    (plan) =>
    (index) =>
      RtpBot.join(api, plan, index);

  /** One mixed stream: whose voice begins in it is not to be told. */
  get record(): BotRecord {
    const { received, beginnings } = this.reception;
    return { received: [received], beginnings: [{ who: 'anybody', atMs: beginnings }], troubles: [] };
  }

  restart(): void {
    this.reception.restart();
  }

  get port(): number {
    return this.#socket.address().port;
  }

  joined(to: RtpAddress, ssrc: number): void {
    this.#to = to;
    this.#writer = new RtpWriter({ ssrc, payloadType: to.payloadType });
  }

  /** `skippedFrames` of 20 ms were not sent before it. */
  send(payload: Uint8Array, skippedFrames: number): void {
    if (!this.#to || !this.#writer) return;
    const packet = this.#writer.write(payload, { marker: skippedFrames > 0, skippedFrames });
    this.#socket.send(packet, this.#to.port, this.#to.ip, ignore);
  }

  close(): void {
    this.#to = undefined;
    this.#socket.close();
  }
}

const ignore = (): void => {};
