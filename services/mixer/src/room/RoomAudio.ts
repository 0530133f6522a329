import { FRAME_SAMPLES, type ParticipantId } from '@parley/contract';
import type { Codec, Encoding } from '../audio/codec.ts';
import type { FrameClock } from '../audio/FrameClock.ts';
import { lazyEncoder } from '../audio/lazyEncoder.ts';
import { levelDbov } from '../audio/level.ts';
import { mixInto } from '../audio/mix.ts';
import { packetOf } from '../audio/packets.ts';
import { SILENT_PACKET } from '../audio/silence.ts';
import { Mixer } from '../audio/Mixer.ts';
import type { Assistant } from './Assistant.ts';
import { CommonEar } from './CommonEar.ts';
import type { HeardFrame, Hearing } from './Hearing.ts';
import { InputGate } from './InputGate.ts';
import { type Levels, LevelReport } from './LevelReport.ts';
import type { Member } from './Member.ts';
import { type SendOpus, VoiceTrack } from './VoiceTrack.ts';

export interface RoomAudioOptions {
  members: ReadonlyMap<ParticipantId, Member>;
  names: ReadonlyMap<ParticipantId, string>;
  assistant: Pick<
    Assistant,
    'state' | 'admitted' | 'hasOutput' | 'pushInput' | 'hear' | 'pullOutput' | 'sent'
  >;
  hearing: Hearing;
  codec: Codec;
  /** The reply, encoded once for everybody with mediasoup-client. */
  speak: SendOpus;
  frameClock: Pick<FrameClock, 'add'>;
  onLevels: (levels: Levels) => void;
  onFault: (error: unknown) => void;
}

/** What happens to a room's sound every 20 ms. Off the frame clock while nobody is to be heard. */
export class RoomAudio {
  readonly #options: RoomAudioOptions;
  readonly #mixer = new Mixer();
  readonly #voice: VoiceTrack;
  readonly #common: Readonly<Record<Encoding, CommonEar>>;
  readonly #input: InputGate;
  readonly #levels = new LevelReport();
  /** Used anew in every tick. */
  readonly #frames: Int16Array[] = [];
  /** Of each frame the packet that brought it, if one did. */
  readonly #packets: (Uint8Array | undefined)[] = [];
  readonly #microphones: HeardFrame[] = [];
  readonly #total = new Int32Array(FRAME_SAMPLES);
  #leaveClock: (() => void) | undefined;
  #woken = false;
  #closed = false;

  constructor(options: RoomAudioOptions) {
    this.#options = options;
    this.#voice = new VoiceTrack(lazyEncoder(options.codec), options.speak);
    const { codec } = options;
    this.#common = { robust: new CommonEar(codec, 'robust'), light: new CommonEar(codec, 'light') };
    this.#input = new InputGate((frame, voices, urgent) =>
      options.assistant.pushInput(frame, voices, options.names, urgent),
    );
  }

  /** True while the room is on the frame clock. */
  get awake(): boolean {
    return this.#leaveClock !== undefined;
  }

  /** True once it has been awake. */
  get woken(): boolean {
    return this.#woken;
  }

  /**
   * There is something to hear, or soon will be. `dueInMs`: it begins, and is ready then; unless something else is heard,
   * whose frames have their rhythm, the next frame is at that moment.
   */
  wake(dueInMs?: number): void {
    if (this.#closed) return;
    if (dueInMs !== undefined && this.#frames.length === 0) this.#leave();
    this.#woken = true;
    const { frameClock, onFault } = this.#options;
    this.#leaveClock ??= frameClock.add((nowMs) => {
      // A fault in one frame must not take the room off the clock.
      try {
        this.#tick(nowMs);
      } catch (error) {
        onFault(error);
      }
    }, dueInMs);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#leave();
    this.#voice.close();
    this.#common.robust.close();
    this.#common.light.close();
  }

  /**
   * One frame of 20 ms, in this order: pull every source, mix, give the mix to the assistant, take its voice, encode it
   * once, then what each plain peer hears, then levels. A source's frame is valid until its next pull, the mix until
   * the mixer's next call, the reply until the assistant's next pull: nothing outlives the tick but by copy.
   */
  #tick(nowMs: number): void {
    const { assistant, hearing, onLevels } = this.#options;
    const heard = this.#pullAll(nowMs);
    const sifted = hearing.sift(this.#microphones);
    const { frames, voices, speaking } = sifted;
    const { admitted } = assistant;
    if (admitted) this.#pushAdmitted(admitted, speaking);
    else this.#input.take(this.#mixer.mix(frames), voices, heard, nowMs);
    assistant.hear(sifted);
    // The assistant may have told something that closed the room.
    if (this.#closed) return;
    const reply = assistant.pullOutput();
    if (this.#closed) return;
    hearing.played(reply);
    // Without a device nobody hears this track; its time goes on, for what was sent is counted by it.
    const rtpTimestamp = this.#heardByDevices()
      ? this.#voice.play(reply, nowMs)
      : this.#voice.play(reply, nowMs, SILENT_PACKET);
    if (reply) {
      if (rtpTimestamp !== undefined) assistant.sent(rtpTimestamp);
      this.#levels.assistant(levelDbov(reply));
      this.#hearing(reply, packetOf(reply));
    }
    this.#playToPeers(nowMs);
    const levels = this.#levels.next();
    if (levels) onLevels(levels);
    if (this.#idle(nowMs)) this.#fallAsleep();
  }

  /** Fills frames and levels; true when somebody speaks. */
  #pullAll(nowMs: number): boolean {
    this.#frames.length = this.#packets.length = 0;
    this.#microphones.length = 0;
    let heard = false;
    for (const member of this.#options.members.values()) {
      const frame = member.pull(nowMs);
      const dbov = frame && member.source ? member.source.levelDbov : -Infinity;
      heard = member.gate.update(dbov) || heard;
      if (member.source && !member.muted) this.#microphones.push({ id: member.id, frame, dbov });
      if (!frame) continue;
      this.#hearing(frame, member.source?.packet);
      this.#levels.participant(member.id, dbov);
    }
    return heard;
  }

  #hearing(frame: Int16Array, packet: Uint8Array | undefined): void {
    this.#frames.push(frame);
    this.#packets.push(packet);
  }

  /** The provider hears these and nobody else, pauses included: they say themselves when they have spoken. */
  #pushAdmitted(admitted: ReadonlySet<ParticipantId>, speaking: Set<ParticipantId>): void {
    const { assistant, members, names } = this.#options;
    this.#input.forget();
    for (const id of speaking) if (!admitted.has(id)) speaking.delete(id);
    if (admitted.size === 0) return;
    const frames: Int16Array[] = [];
    const voices = new Map<ParticipantId, number>();
    for (const id of admitted) {
      const { frame, source } = members.get(id) ?? {};
      if (!frame || !source) continue;
      frames.push(frame);
      voices.set(id, source.levelDbov);
    }
    assistant.pushInput(this.#mixer.mix(frames), voices, names);
  }

  /**
   * Everybody and the assistant, without oneself: one voice alone as it came, else one mix for all who are silent and one for
   * each who speaks. All voices are in `frames` now.
   */
  #playToPeers(nowMs: number): void {
    let summed = false;
    const common: { [encoding in Encoding]?: ReturnType<CommonEar['hear']> } = {};
    for (const { ear, frame } of this.#options.members.values()) {
      if (!ear) continue;
      if (this.#frames.length === (frame ? 1 : 0)) {
        ear.hearNothing(nowMs);
        continue;
      }
      if (ear.forward(this.#onlyPacket(frame), nowMs)) continue;
      if (!summed) mixInto(this.#total, this.#frames);
      summed = true;
      if (frame) ear.hear(this.#total, frame, nowMs);
      else
        ear.hearCommon((common[ear.encoding] ??= this.#common[ear.encoding].hear(this.#total, nowMs)), nowMs);
    }
  }

  /** The packet of the one frame that is not one's own; undefined when there are more. */
  #onlyPacket(own: Int16Array | undefined): Uint8Array | undefined {
    if (this.#frames.length !== (own ? 2 : 1)) return undefined;
    return this.#packets[own && this.#frames[0] === own ? 1 : 0];
  }

  #heardByDevices(): boolean {
    for (const { ear } of this.#options.members.values()) if (!ear) return true;
    return false;
  }

  #idle(nowMs: number): boolean {
    const { assistant, members } = this.#options;
    const { phase } = assistant.state;
    if (this.#input.open(nowMs) || this.#levels.owesSilence || assistant.admitted?.size) return false;
    if (this.#voice.active || assistant.hasOutput || phase === 'thinking' || phase === 'speaking')
      return false;
    for (const { ear, source } of members.values()) if (ear?.active || source?.awake) return false;
    return true;
  }

  #leave(): void {
    this.#leaveClock?.();
    this.#leaveClock = undefined;
  }

  #fallAsleep(): void {
    this.#leave();
    this.#input.forget();
    this.#options.hearing.forget();
  }
}
