import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { RtpWriter } from '@parley/mixer/audio/rtp';
import type { RtpAddress } from '@parley/contract';
import { Reception } from './Reception.ts';

/** A bigger buffer of the kernel: this process serves hundreds of bots in turn. */
const RECEIVE_BYTES = 1 << 20;

/** One plain RTP participant that sends what it is given and counts what it hears. */
export class RtpBot {
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
      this.reception.take(data, nowMs);
      this.onPacket?.(data, nowMs);
    });
  }

  static async open(): Promise<RtpBot> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BYTES });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new RtpBot(socket);
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
