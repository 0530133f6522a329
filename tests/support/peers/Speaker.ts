import type { OpusEncoderHandle } from 'libopus-wasm';
import { ExtensionProfiles, RtpHeader, RtpPacket } from 'werift';
import { voiceEncoder } from '../audio/voiceEncoder.ts';
import { RATE } from '../audio/voices.ts';

const FRAME = (RATE * 20) / 1000;

/** What a sender says of a packet in its header (RFC 6464). */
interface Level {
  dbov: number;
  voice: boolean;
}

/** Speaks a recording as RTP, one 20 ms packet at a time at the pace of real time, for as long as it is wanted. */
export class Speaker {
  readonly #encoder: OpusEncoderHandle;
  readonly #send: (packet: RtpPacket) => void;
  readonly #levelExtensionId: number | undefined;
  #samples: Int16Array = new Int16Array();
  #frames = 0;
  /** The frame with which the recording began, when it is said once, and who wants to know. */
  #once: { from: number; left: (atMs: number) => void } | undefined;
  #begun = 0;
  #sequence = 65_500; // wraps within the first second: everybody must take that
  #timestamp = 4_294_900_000;
  #timer: NodeJS.Timeout | undefined;

  private constructor(
    encoder: OpusEncoderHandle,
    send: (packet: RtpPacket) => void,
    levelExtensionId: number | undefined,
  ) {
    this.#encoder = encoder;
    this.#send = send;
    this.#levelExtensionId = levelExtensionId;
  }

  /** `levelExtensionId`: the negotiated one, if levels can be sent. */
  static async make(send: (packet: RtpPacket) => void, levelExtensionId?: number): Promise<Speaker> {
    return new Speaker(await voiceEncoder(), send, levelExtensionId);
  }

  /** Begins a recording (24 kHz mono), from its start again when it ends. Replaces the one before. */
  say(samples: Int16Array): void {
    this.#samples = samples;
    this.#once = undefined;
    this.#frames = 0;
    this.#begun = performance.now();
    this.#timer ??= setInterval(() => this.#catchUp(), 10);
  }

  /**
   * Says a recording (24 kHz mono) once, from the next packet on, then silence as from an open microphone. Resolves with
   * the moment at which its first packet left (`performance.now()`).
   */
  sayOnce(samples: Int16Array): Promise<number> {
    if (!this.#timer) this.say(new Int16Array(2 * FRAME));
    this.#samples = samples;
    return new Promise((left) => (this.#once = { from: this.#frames, left }));
  }

  /** No more packets, as a sender with DTX in a pause. */
  hush(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** One packet of any content, sequence number and timestamp, as no encoder would send it. */
  sendRaw(payload: Buffer, sequenceNumber: number, timestamp: number, level?: Level): void {
    const header = new RtpHeader({ sequenceNumber: sequenceNumber & 0xffff, timestamp: timestamp >>> 0 });
    if (level && this.#levelExtensionId !== undefined) {
      header.extension = true;
      header.extensionProfile = ExtensionProfiles.OneByte;
      const said = Buffer.of((level.voice ? 0x80 : 0) | -level.dbov);
      header.extensions = [{ id: this.#levelExtensionId, payload: said }];
    }
    this.#send(new RtpPacket(header, payload));
  }

  close(): void {
    this.hush();
    this.#encoder.free();
  }

  #catchUp(): void {
    const due = (performance.now() - this.#begun) / 20;
    while (this.#frames < due) {
      const frame = new Int16Array(FRAME);
      const from = this.#once
        ? (this.#frames - this.#once.from) * FRAME
        : (this.#frames * FRAME) % Math.max(FRAME, this.#samples.length - FRAME);
      frame.set(this.#samples.subarray(from, from + FRAME));
      this.#frames += 1;
      this.#sequence = (this.#sequence + 1) & 0xffff;
      this.#timestamp = (this.#timestamp + 960) >>> 0;
      const header = new RtpHeader({
        sequenceNumber: this.#sequence,
        timestamp: this.#timestamp,
        marker: this.#frames === 1,
      });
      this.#send(new RtpPacket(header, Buffer.from(this.#encoder.encode(frame))));
      if (this.#once && from === 0) this.#once.left(performance.now());
    }
  }
}
