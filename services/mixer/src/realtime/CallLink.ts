import { FRAME_SAMPLES } from '@parley/contract';
import type { Codec, OpusEncoder } from '../audio/codec.ts';
import { truncateItem } from './clientEvents.ts';
import type { CallSocket } from './CallSocket.ts';
import { Pacer, type PacerCounts } from './Pacer.ts';
import type { ServerEvent } from './protocol.ts';
import { ReplyPackets } from './ReplyPackets.ts';
import { ServerPlayback } from './ServerPlayback.ts';
import { SocketLink, type SocketLinkOptions } from './SocketLink.ts';

export interface CallLinkOptions extends SocketLinkOptions {
  socket: CallSocket;
  codec: Codec;
  pacing?: PacerCounts | undefined;
}

/**
 * A Realtime provider by WebRTC: the same events, but audio is Opus over RTP. What the room says is encoded once; the
 * reply's packets are forwarded to the room as they come, and decoded besides: its level, mixes and echo need samples.
 */
export class CallLink extends SocketLink {
  readonly #socket: CallSocket;
  readonly #encoder: OpusEncoder;
  readonly #packets: ReplyPackets;
  readonly #pacer: Pacer;
  readonly #playback: ServerPlayback;
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  #filled = 0;

  constructor(options: CallLinkOptions) {
    super(options);
    const { socket, codec, clock, pacing } = options;
    this.#socket = socket;
    this.#encoder = codec.encoder();
    this.#packets = new ReplyPackets(codec);
    this.#pacer = new Pacer(clock, pacing);
    this.#playback = new ServerPlayback(clock, {
      audio: (place, pcm) => this.events.emit('audioDelta', { ...place, pcm }),
      over: (event) => this.pass(event),
    });
    socket.on('rtp', ({ header, payload }) => {
      const { sequenceNumber, ssrc } = header;
      if (!this.closed) this.#playback.hear(this.#packets.put({ sequenceNumber, ssrc, payload }));
    });
    this.events.once('closed', () => {
      this.#pacer.close();
      this.#playback.close();
      this.#packets.close();
      this.#encoder.close();
    });
  }

  override appendAudio(pcm: Int16Array): void {
    for (let read = 0; read < pcm.length && !this.closed;) {
      const part = pcm.subarray(read, read + FRAME_SAMPLES - this.#filled);
      this.#frame.set(part, this.#filled);
      this.#filled += part.length;
      read += part.length;
      if (this.#filled === FRAME_SAMPLES) this.#sendFrame();
    }
  }

  override commitAudio(): void {
    this.#afterAudio(() => super.commitAudio());
  }

  override clearAudio(): void {
    this.#afterAudio(() => super.clearAudio());
  }

  /** The server still plays what it has made long ago: that has to stop as well. */
  override cancelResponse(responseId: string): void {
    const { making, playing } = this.#playback.cut(responseId);
    if (making) super.cancelResponse(responseId);
    if (playing) this.say('cancel', { type: 'output_audio_buffer.clear' });
  }

  /** While the server plays an item it knows itself where it was cut. */
  override truncate(itemId: string, contentIndex: number, audioEndMs: number): void {
    if (!this.#playback.owns(itemId)) this.say('truncate', truncateItem(itemId, contentIndex, audioEndMs));
  }

  protected override claims(event: ServerEvent): boolean {
    if (event.type === 'output_audio_buffer.stopped') this.#playback.hear(this.#packets.flush());
    return this.#playback.take(event);
  }

  #sendFrame(): void {
    this.#filled = 0;
    const packet = this.#encoder.encode(this.#frame).slice();
    this.#pacer.push(() => this.#socket.speak(packet));
  }

  #afterAudio(say: () => void): void {
    if (this.#filled > 0) {
      this.#frame.fill(0, this.#filled);
      this.#sendFrame();
    }
    this.#pacer.push(say);
  }
}
