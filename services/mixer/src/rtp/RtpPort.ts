import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import { randomInt } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { type BlockList, isIP } from 'node:net';
import { AppError, type RtpAddress } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { RtpWriter } from '../audio/rtp.ts';
import type {
  InjectedMicrophone,
  LineEvents,
  RtpLine,
  RtpOptions,
  SpeakOptions,
} from '../room/mediaPorts.ts';
import type { Clock } from '../room/ports.ts';
import { addressFor } from './addressFor.ts';
import { bindWithin } from './bindWithin.ts';
import { Continuity } from './Continuity.ts';
import { type RtpCounts, RtpGuard } from './RtpGuard.ts';
import { isAllowed } from './sources.ts';

export interface RtpPortOptions {
  listenIp: string;
  announcedAddress: string | undefined;
  /** UDP ports, first and last; unset takes any. */
  ports: [number, number] | undefined;
  allowed: BlockList;
  /** 0: it may be silent for ever. */
  silenceMs: number;
  counts: RtpCounts;
  clock: Clock;
  log: Log;
}

/**
 * A plain RTP participant: a UDP port of its own, which takes Opus from allowed addresses, and an address to which goes
 * the one stream that is mixed for it. RTCP may come to the same port. Owns its socket.
 */
export class RtpPort implements RtpLine {
  readonly events = new EventEmitter<LineEvents>();
  /** Gateways are near: the same machine, or the same rack. */
  readonly encoding = 'light';
  readonly address: RtpAddress;
  readonly #options: RtpPortOptions;
  readonly #socket: Socket;
  readonly #to: { ip: string; port: number };
  readonly #rtp: RtpWriter;
  readonly #guard: RtpGuard;
  readonly #continuity = new Continuity();
  readonly #openedMs: number;
  #inject: RtpOptions['inject'] | undefined;
  #microphone: InjectedMicrophone | undefined;
  #cancelSilence: (() => void) | undefined;
  #closed = false;

  private constructor(
    options: RtpPortOptions,
    { wishes, maySpeak, inject }: RtpOptions,
    { socket, ip }: { socket: Socket; ip: string },
  ) {
    const { listenIp, allowed, counts, clock } = options;
    this.#options = options;
    this.#socket = socket;
    // A socket for both families knows IPv4 addresses by this name.
    const mapped = isIP(listenIp) === 6 && isIP(wishes.ip) === 4;
    this.#to = { ip: mapped ? `::ffff:${wishes.ip}` : wishes.ip, port: wishes.port };
    const { payloadType, ssrc, audioLevelExtId } = wishes;
    const own = randomInt(1, 2 ** 32 - 1);
    this.address = { ip, port: socket.address().port, payloadType, ssrc: own };
    this.#rtp = new RtpWriter({ ssrc: own, payloadType });
    this.#guard = new RtpGuard({ allowed, payloadType, ssrc, audioLevelExtId, counts });
    if (maySpeak) this.#inject = inject;
    this.#openedMs = clock.now();
    socket.on('message', (data, { address }) => this.#receive(data, address));
    this.#watchSilence();
  }

  static async open(options: RtpPortOptions, wanted: RtpOptions): Promise<RtpPort> {
    const { ip } = wanted.wishes;
    if (!isAllowed(options.allowed, ip))
      throw new AppError('forbidden', `${ip} is not among the addresses for RTP. See RTP_ALLOWED_SOURCES.`);
    const { listenIp, ports, log } = options;
    const family = isIP(listenIp);
    if (isIP(ip) !== family && listenIp !== '::')
      throw new AppError('bad-request', `RTP is received at ${listenIp}: give an IPv${family} address.`);
    const socket = createSocket({ type: family === 6 ? 'udp6' : 'udp4', lookup: alreadyAnAddress });
    socket.on('error', (error) => log.warn({ err: error }, 'RTP port failed'));
    await bindWithin(socket, listenIp, ports);
    return new RtpPort(options, wanted, { socket, ip: await addressFor(ip, options) });
  }

  /** It has no data channel. */
  send(): void {}

  speak(payload: Uint8Array, options: SpeakOptions): void {
    if (this.#closed) return;
    // Without a callback: a packet that cannot be sent is lost, as on any network, and Node makes no second turn of each.
    this.#socket.send(this.#rtp.write(payload, options), this.#to.port, this.#to.ip);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelSilence?.();
    this.#socket.close();
  }

  #receive(data: Buffer, from: string): void {
    if (this.#closed) return;
    const nowMs = this.#options.clock.now();
    const packet = this.#guard.take(data, from, nowMs);
    if (!packet || packet.payload.length === 0) return;
    if (this.#inject) void this.#open(this.#inject);
    this.#microphone?.send(this.#continuity.follow(packet, nowMs));
  }

  /** With its first packet: nobody is listed as a source who has never sent one. Never rejects. */
  async #open(inject: RtpOptions['inject']): Promise<void> {
    this.#inject = undefined;
    try {
      const microphone = await inject();
      if (this.#closed) {
        microphone.close();
        return;
      }
      this.#microphone = microphone;
      this.events.emit('microphone', microphone);
    } catch (error) {
      this.#options.log.warn({ err: error }, 'RTP not brought into the room');
    }
  }

  #watchSilence(): void {
    const { silenceMs, clock } = this.#options;
    if (silenceMs === 0) return;
    const silentMs = clock.now() - Math.max(this.#openedMs, this.#guard.lastMs);
    if (silentMs < silenceMs) {
      this.#cancelSilence = clock.after(silenceMs - silentMs, () => this.#watchSilence());
      return;
    }
    this.close();
    this.events.emit('gone', 'silent');
  }
}

/** Node would ask its resolver for every packet, and send in a later turn. The contract lets no names in. */
const alreadyAnAddress: NonNullable<SocketOptions['lookup']> = (address, _options, found) =>
  found(null, address, isIP(address));
