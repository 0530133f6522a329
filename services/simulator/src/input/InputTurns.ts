import { FRAME_SAMPLES } from '@parley/contract';
import { newId } from '../protocol/ids.ts';
import { ProtocolError } from '../protocol/ProtocolError.ts';
import type { Send } from '../protocol/serverEvents.ts';
import type { TurnDetection } from '../session/sessionSchema.ts';
import { AudioBuffer, MAX_PENDING_MS, toMs, toSamples } from './AudioBuffer.ts';
import { levelDbfs } from './level.ts';
import { VoiceDetector } from './VoiceDetector.ts';

/** The least audio that can be committed. */
const MIN_COMMIT_MS = 100;
/** In silence only this much is kept for a commit by hand. */
const QUIET_KEPT_MS = 30_000;

export interface TurnListener {
  /** A turn's audio is complete. Must send `committed` and add the item. */
  commit(itemId: string, samples: Int16Array): void;
  /** Speech began while `interrupt_response` is on. */
  interrupt(): void;
  /** A turn ended, or silence lasted too long, while an answer is wanted. */
  respond(): void;
}

/** The input side of a session: its buffer, its voice detection and its idle clock, all counted in audio written. */
export class InputTurns {
  readonly #send: Send;
  readonly #listener: TurnListener;
  readonly #buffer = new AudioBuffer();
  #settings: TurnDetection | null;
  #detector: VoiceDetector | null;
  /** The frame that is not yet whole. */
  #rest = new Int16Array(0);
  #itemId = newId('item');
  /** Position of the input clock from which silence counts; none until an answer was given. */
  #quietSince: number | undefined;

  constructor(settings: TurnDetection | null, send: Send, listener: TurnListener) {
    this.#settings = settings;
    this.#detector = settings && new VoiceDetector(settings);
    this.#send = send;
    this.#listener = listener;
  }

  get writtenMs(): number {
    return this.#buffer.writtenMs;
  }

  /** New settings begin a new detection; audio that waits stays. */
  configure(settings: TurnDetection | null): void {
    if (settings === this.#settings) return;
    this.#settings = settings;
    this.#detector = settings && new VoiceDetector(settings);
  }

  /** Throws ProtocolError when ten minutes wait without a commit. */
  append(samples: Int16Array): void {
    if (!this.#detector) {
      if (this.#buffer.pendingMs + toMs(samples.length) > MAX_PENDING_MS)
        throw new ProtocolError(
          'input_audio_buffer_full',
          'The input audio buffer holds 10 minutes of audio: commit or clear it.',
          'audio',
        );
      this.#flushRest();
      this.#buffer.write(samples);
      return;
    }
    const frames = new Int16Array(this.#rest.length + samples.length);
    frames.set(this.#rest);
    frames.set(samples, this.#rest.length);
    let at = 0;
    for (; at + FRAME_SAMPLES <= frames.length; at += FRAME_SAMPLES)
      this.#frame(frames.slice(at, at + FRAME_SAMPLES));
    this.#rest = frames.slice(at);
  }

  /** Commits by hand. Throws ProtocolError below 100 ms. */
  commit(): void {
    this.#flushRest();
    if (this.#buffer.pendingMs < MIN_COMMIT_MS) {
      const has = this.#buffer.pendingMs.toFixed(2);
      throw new ProtocolError(
        'input_audio_buffer_commit_empty',
        `Error committing input audio buffer: buffer too small. Expected at least ${MIN_COMMIT_MS}ms of audio, ` +
          `but buffer only has ${has}ms of audio.`,
      );
    }
    this.#detector?.reset();
    this.#finishTurn();
  }

  clear(): void {
    this.#flushRest();
    this.#buffer.take();
    this.#detector?.reset();
    this.#itemId = newId('item');
    this.#send({ type: 'input_audio_buffer.cleared' });
  }

  /** An answer began: while it lasts there is no silence to count. */
  answering(): void {
    this.#quietSince = undefined;
  }

  /** An answer of `audioMs` ended: silence counts from when it will have been played. */
  answered(audioMs: number): void {
    this.#quietSince = this.#buffer.written + toSamples(audioMs);
  }

  #frame(frame: Int16Array): void {
    const detector = this.#detector;
    if (!detector) {
      // The listener turned detection off in the middle of an append.
      this.#buffer.write(frame);
      return;
    }
    this.#buffer.write(frame);
    const change = detector.frame(levelDbfs(frame));
    if (change?.at === 'started') this.#started(detector, change.leadFrames);
    else if (change?.at === 'stopped') this.#stopped();
    else if (detector.speaking) {
      if (this.#buffer.pendingMs >= MAX_PENDING_MS) {
        detector.reset();
        this.#stopped();
      }
    } else {
      this.#buffer.dropBefore(this.#buffer.written - toSamples(QUIET_KEPT_MS));
      this.#checkIdle();
    }
  }

  #started(detector: VoiceDetector, leadFrames: number): void {
    const { written, start } = this.#buffer;
    const from = Math.max(start, written - leadFrames * FRAME_SAMPLES - toSamples(detector.prefixMs));
    this.#buffer.dropBefore(from);
    this.#quietSince = undefined;
    this.#send({
      type: 'input_audio_buffer.speech_started',
      audio_start_ms: toMs(from),
      item_id: this.#itemId,
    });
    if (this.#settings?.interrupt_response) this.#listener.interrupt();
  }

  #stopped(): void {
    this.#send({
      type: 'input_audio_buffer.speech_stopped',
      audio_end_ms: this.#buffer.writtenMs,
      item_id: this.#itemId,
    });
    this.#finishTurn();
    if (this.#settings?.create_response) this.#listener.respond();
  }

  #checkIdle(): void {
    const limit = this.#settings?.type === 'server_vad' ? this.#settings.idle_timeout_ms : null;
    if (limit === null || this.#quietSince === undefined) return;
    if (this.#buffer.written < this.#quietSince + toSamples(limit)) return;
    const since = this.#quietSince;
    this.#quietSince = undefined;
    this.#buffer.dropBefore(since);
    this.#send({
      type: 'input_audio_buffer.timeout_triggered',
      audio_start_ms: toMs(since),
      audio_end_ms: this.#buffer.writtenMs,
      item_id: this.#itemId,
    });
    this.#finishTurn();
    this.#listener.respond();
  }

  #finishTurn(): void {
    const itemId = this.#itemId;
    this.#itemId = newId('item');
    this.#listener.commit(itemId, this.#buffer.take());
  }

  #flushRest(): void {
    this.#buffer.write(this.#rest);
    this.#rest = new Int16Array(0);
  }
}
