import { EventEmitter } from 'node:events';
import { DownwardMessage, type MediaCommand } from '@parley/contract';
import type { Encoding } from '../audio/codec.ts';
import type {
  DeviceLine,
  EarLine,
  InjectedMicrophone,
  InjectedPacket,
  LineEvents,
  MicrophoneEvents,
  PeerLine,
  RoomMedia,
  RoomMediaEvents,
  RtpLine,
  SpeakOptions,
} from '../room/mediaPorts.ts';

let made = 0;

export class FakeMicrophone implements InjectedMicrophone {
  readonly events = new EventEmitter<MicrophoneEvents>();
  readonly producerId = `producer-${++made}`;
  readonly levelExtensionId: number | undefined;
  readonly sent: InjectedPacket[] = [];
  muted = false;
  closed = false;

  constructor(levelExtensionId?: number) {
    this.levelExtensionId = levelExtensionId;
  }

  async setMuted(muted: boolean): Promise<void> {
    this.muted = muted;
  }

  send(packet: InjectedPacket): void {
    this.sent.push(packet);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.events.emit('closed');
  }
}

class FakeLine {
  readonly events = new EventEmitter<LineEvents>();
  readonly received: DownwardMessage[] = [];
  closed = false;

  send(text: string): void {
    this.received.push(DownwardMessage.parse(JSON.parse(text)));
  }

  /** The device says something; objects as JSON. */
  say(message: unknown): void {
    this.events.emit('message', Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)));
  }

  /** The device has a microphone now. */
  speakInto(microphone = new FakeMicrophone()): FakeMicrophone {
    this.events.emit('microphone', microphone);
    return microphone;
  }

  close(): void {
    this.closed = true;
  }
}

export class FakeDevice extends FakeLine implements DeviceLine {
  readonly maySpeak: boolean;
  readonly commands: [MediaCommand, unknown][] = [];

  constructor(maySpeak: boolean) {
    super();
    this.maySpeak = maySpeak;
  }

  async command(name: MediaCommand, body: unknown): Promise<unknown> {
    this.commands.push([name, body]);
    return { did: name };
  }
}

class FakeEar extends FakeLine implements EarLine {
  readonly encoding: Encoding = 'robust';
  readonly heard: { payload: Uint8Array; options: SpeakOptions }[] = [];

  speak(payload: Uint8Array, options: SpeakOptions): void {
    this.heard.push({ payload: payload.slice(), options });
  }
}

export class FakePeer extends FakeEar implements PeerLine {
  readonly answer = 'v=0 answer';
}

export class FakeRtpLine extends FakeEar implements RtpLine {
  override readonly encoding = 'light';
  readonly address = { ip: '127.0.0.1', port: 5_004, payloadType: 111, ssrc: 1 };
}

/** A room's media in memory. */
export class FakeMedia implements RoomMedia {
  readonly events = new EventEmitter<RoomMediaEvents>();
  readonly routerRtpCapabilities = { codecs: [] };
  readonly assistantProducerId = 'assistant-producer';
  readonly devices: FakeDevice[] = [];
  readonly spoken: { payload: Uint8Array; options: SpeakOptions }[] = [];
  readonly told: DownwardMessage[] = [];
  rtpTimestamp = 0;
  closed = false;

  openDevice({ maySpeak }: { maySpeak: boolean }): FakeDevice {
    const device = new FakeDevice(maySpeak);
    this.devices.push(device);
    return device;
  }

  async inject(): Promise<FakeMicrophone> {
    return new FakeMicrophone();
  }

  speak(payload: Uint8Array, options: SpeakOptions): number {
    this.spoken.push({ payload: payload.slice(), options });
    this.rtpTimestamp += 960 * (1 + options.skippedFrames);
    return this.rtpTimestamp;
  }

  broadcast(text: string): void {
    this.told.push(DownwardMessage.parse(JSON.parse(text)));
  }

  /** The last message of a type that everybody got. */
  last<Type extends DownwardMessage['type']>(
    type: Type,
  ): Extract<DownwardMessage, { type: Type }> | undefined {
    return this.told.findLast(
      (message): message is Extract<DownwardMessage, { type: Type }> => message.type === type,
    );
  }

  close(): void {
    this.closed = true;
  }
}
