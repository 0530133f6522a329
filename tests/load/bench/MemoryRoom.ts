import { EventEmitter } from 'node:events';
import { BlockList } from 'node:net';
import { newParticipantId, newSessionId, type RtpAddress } from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import type { Codec } from '@parley/mixer/audio/codec';
import { RtpWriter } from '@parley/mixer/audio/rtp';
import { InjectedRouterMicrophone } from '@parley/mixer/media/InjectedRouterMicrophone';
import type { Wing } from '@parley/mixer/media/Wing';
import type {
  InjectedMicrophone,
  LineEvents,
  RtpLine,
  RtpOptions,
  SpeakOptions,
} from '@parley/mixer/room/mediaPorts';
import { Room } from '@parley/mixer/room/Room';
import { Continuity } from '@parley/mixer/rtp/Continuity';
import { noRtpCounts, RtpGuard } from '@parley/mixer/rtp/RtpGuard';
import { FakeAssistant } from '@parley/mixer/testing/FakeAssistant';
import type { FakeClock } from '@parley/mixer/testing/FakeClock';
import { FakeMedia } from '@parley/mixer/testing/FakeMedia';
import type { ManualFrames } from '@parley/mixer/testing/ManualFrames';

const FROM = '127.0.0.1';
const PAYLOAD_TYPE = 111;
const allowed = new BlockList();
allowed.addSubnet('127.0.0.0', 8, 'ipv4');

/** Plain RTP without a socket: what `RtpPort` does between the kernel and the room. */
class MemoryLine implements RtpLine {
  readonly events = new EventEmitter<LineEvents>();
  readonly encoding = 'light';
  readonly address: RtpAddress = { ip: FROM, port: 0, payloadType: PAYLOAD_TYPE, ssrc: 1 };
  /** Packets that would have been sent. */
  sent = 0;
  readonly #clock: FakeClock;
  readonly #guard: RtpGuard;
  readonly #continuity = new Continuity();
  readonly #rtp = new RtpWriter({ ssrc: 1, payloadType: PAYLOAD_TYPE });
  #microphone: InjectedMicrophone | undefined;

  constructor({ wishes: { payloadType, ssrc, audioLevelExtId } }: RtpOptions, clock: FakeClock) {
    this.#clock = clock;
    this.#guard = new RtpGuard({ allowed, payloadType, ssrc, audioLevelExtId, counts: noRtpCounts() });
  }

  async speakInto(inject: RtpOptions['inject']): Promise<void> {
    this.#microphone = await inject();
    this.events.emit('microphone', this.#microphone);
  }

  receive(data: Uint8Array): void {
    const nowMs = this.#clock.now();
    const packet = this.#guard.take(data, FROM, nowMs);
    if (packet) this.#microphone?.send(this.#continuity.follow(packet, nowMs));
  }

  speak(payload: Uint8Array, options: SpeakOptions): void {
    if (this.#rtp.write(payload, options).length > 0) this.sent++;
  }

  send(): void {}
  close(): void {}
}

/** A media worker's half, where nothing arrives. */
class NoMedia extends FakeMedia {
  #rtpTimestamp = 0;

  override inject(): ReturnType<FakeMedia['inject']> {
    const producer = {
      id: 'memory',
      rtpParameters: { codecs: [{ payloadType: 100 }], encodings: [{ ssrc: 1 }] },
      observer: new EventEmitter(),
      close: () => undefined,
    };
    const wing = { direct: { produce: () => Promise.resolve(producer) }, keep: () => undefined };
    const microphone = InjectedRouterMicrophone.inject(wing as unknown as Wing, () => false);
    return microphone as unknown as ReturnType<FakeMedia['inject']>;
  }

  override speak(_payload: Uint8Array, { skippedFrames }: SpeakOptions): number {
    return (this.#rtpTimestamp += 960 * (1 + skippedFrames));
  }

  override broadcast(): void {}
}

/** Hears and forgets; speaks a recording while it is told to. */
class RecordedAssistant extends FakeAssistant {
  readonly #voice: Int16Array;
  #speaking = false;
  #at: number;
  #frame: Int16Array | undefined;

  constructor(voice: Int16Array, at: number) {
    super();
    this.#voice = voice;
    this.#at = at % (voice.length - 480);
  }

  speak(speaking: boolean): void {
    this.#speaking = speaking;
    this.become({ phase: speaking ? 'speaking' : 'listening' });
  }

  override get hasOutput(): boolean {
    return this.#speaking;
  }

  override pullOutput(): Int16Array | undefined {
    if (!this.#speaking) return undefined;
    if (this.#at + 480 > this.#voice.length) this.#at = 0;
    this.#frame = this.#voice.subarray(this.#at, (this.#at += 480));
    return this.#frame;
  }

  override pushInput(): void {}
  override hear(): void {}
  override sent(): void {}
}

export interface MemoryRoomOptions {
  codec: Codec;
  clock: FakeClock;
  frames: ManualFrames;
  participants: number;
  /** The assistant's, 24 kHz, and where it begins. */
  voice: Int16Array;
  at: number;
}

/** A real room whose participants are plain RTP in this process; media worker, provider and network are not there. */
export class MemoryRoom {
  readonly lines: MemoryLine[] = [];
  readonly assistant: RecordedAssistant;
  readonly #room: Room;

  private constructor({ codec, clock, frames, voice, at }: MemoryRoomOptions) {
    this.assistant = new RecordedAssistant(voice, at);
    this.#room = new Room({
      sessionId: newSessionId(),
      media: new NoMedia(),
      assistant: this.assistant,
      openPeer: () => Promise.reject(new Error('No peers here')),
      openRtp: async (options) => {
        const line = new MemoryLine(options, clock);
        this.lines.push(line);
        return line;
      },
      codec,
      frameClock: frames,
      clock,
      facts: { append: () => undefined },
      log: silentLog,
    });
  }

  static async open(options: MemoryRoomOptions): Promise<MemoryRoom> {
    const room = new MemoryRoom(options);
    for (let index = 0; index < options.participants; index++) await room.#join(`Bot ${index + 1}`);
    return room;
  }

  get awake(): boolean {
    return this.#room.awake;
  }

  close(): void {
    this.#room.close('closed');
  }

  async #join(name: string): Promise<void> {
    const wishes = { ip: FROM, port: 9, payloadType: PAYLOAD_TYPE };
    await this.#room.joinRtp({ id: newParticipantId(), name, role: 'speaker' }, wishes);
    await this.lines.at(-1)?.speakInto(() => new NoMedia().inject());
  }
}
