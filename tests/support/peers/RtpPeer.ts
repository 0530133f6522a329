import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { RtpAddress } from '@parley/contract';
import { RtpPacket } from 'werift';
import { Listener } from './Listener.ts';
import { Speaker } from './Speaker.ts';

/** A plain RTP participant: a UDP socket that speaks Opus and hears what comes. */
export class RtpPeer {
  readonly speaker: Speaker;
  readonly listener: Listener;
  /** Headers of what was heard. */
  readonly heard: { payloadType: number; ssrc: number; marker: boolean }[] = [];
  readonly #socket: Socket;
  #to: RtpAddress | undefined;
  #orderly = true;
  #sent = 0;
  #held: Buffer | undefined;

  private constructor(socket: Socket, speaker: Speaker, listener: Listener) {
    this.#socket = socket;
    this.speaker = speaker;
    this.listener = listener;
    socket.on('message', (data) => {
      const packet = RtpPacket.deSerialize(data);
      const { payloadType, ssrc, marker } = packet.header;
      this.heard.push({ payloadType, ssrc, marker });
      listener.receive(packet);
    });
  }

  /** `join` gives what the mixer answers to the address of this peer. */
  static async join(join: (own: { ip: string; port: number }) => Promise<RtpAddress>): Promise<RtpPeer> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const speaker = await Speaker.make((packet) => peer.#send(packet));
    const peer: RtpPeer = new RtpPeer(socket, speaker, await Listener.make());
    try {
      peer.#to = await join({ ip: '127.0.0.1', port: socket.address().port });
      return peer;
    } catch (error) {
      peer.close();
      throw error;
    }
  }

  get to(): RtpAddress {
    if (!this.#to) throw new Error('Not joined');
    return this.#to;
  }

  /** From now on every third packet comes twice, and every fifth after the next one. */
  disorder(): void {
    this.#orderly = false;
  }

  /** Any bytes. */
  sendRaw(bytes: Uint8Array): void {
    this.#socket.send(bytes, this.to.port, this.to.ip);
  }

  close(): void {
    this.speaker.close();
    this.listener.close();
    this.#socket.close();
  }

  #send(packet: RtpPacket): void {
    if (!this.#to) return;
    packet.header.payloadType = this.#to.payloadType;
    packet.header.ssrc ||= 0x1234;
    const bytes = packet.serialize();
    this.#sent += 1;
    if (this.#orderly) this.sendRaw(bytes);
    else this.#sendOddly(bytes);
  }

  #sendOddly(bytes: Buffer): void {
    if (this.#sent % 5 === 0) {
      this.#held = bytes;
      return;
    }
    this.sendRaw(bytes);
    if (this.#sent % 3 === 0) this.sendRaw(bytes);
    if (this.#held) this.sendRaw(this.#held);
    this.#held = undefined;
  }
}
