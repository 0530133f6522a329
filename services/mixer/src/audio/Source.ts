import { FRAME_SAMPLES, SILENCE_DBOV } from '@parley/contract';
import type { Codec, OpusDecoder } from './codec.ts';
import { JitterBuffer, type JitterStats, type JitterTake } from './JitterBuffer.ts';
import { levelDbov } from './level.ts';
import { hasFec, isDtx, opusTicks, voiceFlag } from './opusPacket.ts';
import { readRtp, type RtpPacket } from './rtp.ts';
import { SmoothBuffer } from './SmoothBuffer.ts';

export interface SourceOptions {
  codec: Codec;
  /** The negotiated ID of the `ssrc-audio-level` header extension (RFC 6464), if there is one. */
  levelExtensionId?: number;
}

export interface SourceStats extends JitterStats {
  /** Packets that were no RTP, or that the codec refused. */
  malformed: number;
  /** Lost frames that the next packet's FEC brought back. */
  recovered: number;
  decoded: number;
  /** Packets that were not decoded because their level says silence. */
  skipped: number;
}

/** Between words a source stays awake. */
const AWAKE_MS = 1_000;
/**
 * What belongs together comes within this time. A sender with DTX that tells no level sends an ordinary packet every 400 ms
 * of its silence (libopus, RFC 6716 section 2.1.9); speech brings the next one 20 ms later.
 */
const TOGETHER_MS = 100;
const NO_SOUND = { dbov: SILENCE_DBOV, voice: false };
/** Two RTP ticks (48 kHz) per sample (24 kHz). */
const TICKS_PER_SAMPLE = 2;
/** Concealment fades away over 100 ms. */
const CONCEAL_FADE_SAMPLES = 5 * FRAME_SAMPLES;
/** Below this nobody hears a frame left out or added. */
const QUIET_DBOV = -50;
/** A packet this faint is silence; if the sender sees no voice in it, a little more already is. */
const SILENT_DBOV = -60;
const SILENT_WITHOUT_VOICE_DBOV = -50;
/** So many silent packets are still decoded, so that the ends of words are not cut off: 200 ms. */
const HANGOVER_PACKETS = 10;
/** Silent packets that are decoded after all, unheard, before the first loud one: the decoder builds on what it knows. */
const LOOK_BACK_PACKETS = 2;

/**
 * One participant's audio: RTP in, one frame of 20 ms out per pull. Owns a decoder. Packets that say they are silent are
 * not decoded: a decoder costs as much for silence as for speech.
 */
export class Source {
  readonly #codec: Codec;
  readonly #levelExtensionId: number | undefined;
  readonly #jitter = new JitterBuffer();
  readonly #smooth = new SmoothBuffer();
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  readonly #counts = { malformed: 0, recovered: 0, decoded: 0, skipped: 0 };
  #decoder: OpusDecoder | undefined;
  #packet: Uint8Array | undefined;
  #ssrc: number | undefined;
  #level = SILENCE_DBOV;
  #silentPackets = HANGOVER_PACKETS;
  #lookBack: Uint8Array[] = [];
  #muted = false;
  #closed = false;
  #awake = false;
  #loudAtMs = -Infinity;
  #untoldAtMs = -Infinity;

  constructor({ codec, levelExtensionId }: SourceOptions) {
    this.#codec = codec;
    this.#levelExtensionId = levelExtensionId;
  }

  /** A muted source fades out within the next frame; its packets are dropped. */
  get muted(): boolean {
    return this.#muted;
  }

  set muted(muted: boolean) {
    this.#muted = muted;
    if (!muted) return;
    this.#jitter.clear();
    this.#awake = false;
  }

  /** Takes one RTP packet as it came; never throws. The bytes must stay untouched afterwards. */
  receive(rtp: Uint8Array, nowMs: number): void {
    const packet = readRtp(rtp, this.#levelExtensionId);
    if (packet) this.take(packet, nowMs);
    else if (!this.#closed && !this.#muted) this.#counts.malformed++;
  }

  /** The same of a packet that was read already. */
  take(packet: RtpPacket, nowMs: number): void {
    if (this.#closed || this.#muted) return;
    if (packet.payload.length > 0 && opusTicks(packet.payload) === 0) {
      this.#counts.malformed++;
      return;
    }
    // Alone, a packet wakes nobody unless it says that there is a voice in it; what says that there is none is no sound.
    const voice = this.#isAlone(packet, nowMs) ? voiceFlag(packet.payload) : true;
    this.#jitter.put(voice === false ? { ...packet, level: NO_SOUND } : packet, nowMs);
    if (!voice || isSilent(packet)) return;
    this.#awake = true;
    this.#loudAtMs = nowMs;
  }

  /**
   * True from the first packet that is not silent until all has been silent for a second. A sender that tells neither level
   * nor voice (CELT) wakes it with the second one. A room that stopped pulling looks at it after each packet.
   */
  get awake(): boolean {
    return this.#awake;
  }

  /** How long after its packet a sound is heard at the earliest, ms. */
  heldBackMs(nowMs: number): number {
    return this.#jitter.targetMs(nowMs);
  }

  /** The next 20 ms (480 samples), or undefined when silent. The frame is valid until the next pull. */
  pull(nowMs: number): Int16Array | undefined {
    this.#packet = undefined;
    if (this.#closed || this.#muted) this.#smooth.cut();
    else this.#fill(nowMs);
    this.#smooth.silence(FRAME_SAMPLES - this.#smooth.length);
    this.#level = this.#smooth.read(this.#frame) ? levelDbov(this.#frame) : SILENCE_DBOV;
    if (this.#level > SILENCE_DBOV) return this.#frame;
    if (nowMs - this.#loudAtMs > AWAKE_MS) this.#awake = false;
    return undefined;
  }

  /** The last pulled frame as it came, if one packet brought just that. */
  get packet(): Uint8Array | undefined {
    return this.#packet;
  }

  /** Level of the last pulled frame, dBov. */
  get levelDbov(): number {
    return this.#level;
  }

  get stats(): SourceStats {
    return { ...this.#jitter.stats, ...this.#counts };
  }

  /** Twice is harmless. Afterwards packets are ignored, and what is heard fades out. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#awake = false;
    this.#jitter.clear();
    this.#decoder?.close();
  }

  /** A packet of 20 ms or less after a pause, of which is not told how loud it is. */
  #isAlone({ level, payload }: RtpPacket, nowMs: number): boolean {
    if (level !== undefined || isDtx(payload)) return false;
    const alone = nowMs - this.#untoldAtMs > TOGETHER_MS;
    this.#untoldAtMs = nowMs;
    return alone && opusTicks(payload) <= FRAME_SAMPLES * TICKS_PER_SAMPLE;
  }

  /** Brings the buffer to a whole frame, as far as there is something to hear. */
  #fill(nowMs: number): void {
    while (this.#smooth.length < FRAME_SAMPLES) {
      const take = this.#jitter.take(nowMs, this.#level <= QUIET_DBOV);
      if (take.kind === 'packet') this.#play(take.packet);
      else if (take.kind === 'lost') this.#conceal(take);
      else {
        // After a pause of a sender with DTX no word is ending any more: its noise is not to be heard.
        if (take.kind === 'silence') this.#silentPackets = HANGOVER_PACKETS;
        return;
      }
    }
  }

  #play(packet: RtpPacket): void {
    this.#silentPackets = isSilent(packet) ? this.#silentPackets + 1 : 0;
    if (this.#silentPackets > HANGOVER_PACKETS) this.#skip(packet);
    else this.#hear(packet);
  }

  #skip(packet: RtpPacket): void {
    this.#counts.skipped++;
    this.#lookBack.push(packet.payload);
    if (this.#lookBack.length > LOOK_BACK_PACKETS) this.#lookBack.shift();
    this.#smooth.silence(opusTicks(packet.payload) / TICKS_PER_SAMPLE);
  }

  #hear(packet: RtpPacket): void {
    const decoder = this.#decoderFor(packet.ssrc);
    const samples = opusTicks(packet.payload) / TICKS_PER_SAMPLE;
    try {
      for (const payload of this.#lookBack.splice(0)) decoder.decode(payload);
      const pcm = decoder.decode(packet.payload);
      if (this.#smooth.length === 0 && samples === FRAME_SAMPLES && !isDtx(packet.payload))
        this.#packet = packet.payload;
      this.#smooth.voice(pcm);
      this.#counts.decoded++;
    } catch {
      // The sender's fault, and only this packet's: what was to be heard is concealed like a loss.
      this.#counts.malformed++;
      this.#smooth.fading(decoder.conceal(samples), CONCEAL_FADE_SAMPLES);
    }
  }

  #conceal({ samples, next }: Extract<JitterTake, { kind: 'lost' }>): void {
    if (this.#silentPackets > HANGOVER_PACKETS || !this.#decoder) {
      this.#smooth.silence(samples);
      return;
    }
    if (next && samples === FRAME_SAMPLES && hasFec(next.payload)) {
      try {
        this.#smooth.voice(this.#decoder.decodeFec(next.payload));
        this.#counts.recovered++;
        return;
      } catch {
        this.#counts.malformed++;
      }
    }
    this.#smooth.fading(this.#decoder.conceal(samples), CONCEAL_FADE_SAMPLES);
  }

  /** Another stream is another encoder: what the decoder knows of the old one would only disturb. */
  #decoderFor(ssrc: number): OpusDecoder {
    if (this.#decoder && this.#ssrc === ssrc) return this.#decoder;
    this.#decoder?.close();
    this.#ssrc = ssrc;
    this.#lookBack = [];
    return (this.#decoder = this.#codec.decoder());
  }
}

/** By what the sender says of the packet; without that only a DTX packet is silent. */
function isSilent({ level, payload }: RtpPacket): boolean {
  if (isDtx(payload)) return true;
  return level !== undefined && level.dbov <= (level.voice ? SILENT_DBOV : SILENT_WITHOUT_VOICE_DBOV);
}
