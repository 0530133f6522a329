import { SAMPLE_RATE } from '@parley/contract';
import { AudioTrack } from './AudioTrack.ts';

/** When an append arrived and what it brought. */
export interface AppendArrival {
  /** Milliseconds since the connection opened. */
  atMs: number;
  samples: number;
  /** Position of its first sample in the whole input of the connection. */
  start: number;
}

/** A client event in the order of arrival; audio is left out of it. */
export interface SeenEvent {
  atMs: number;
  event: Record<string, unknown>;
}

export type Transport = 'websocket' | 'webrtc';

export interface Identity {
  id: string;
  sessionId: string;
  model: string;
  transport: Transport;
}

const MAX_EVENTS = 20_000;

/** What one connection received and sent, within bounds: the newest minutes of audio, the newest events. */
export class ConnectionRecord {
  readonly id: string;
  readonly sessionId: string;
  readonly model: string;
  readonly transport: Transport;
  readonly openedAt = new Date();
  readonly input: AudioTrack;
  readonly output: AudioTrack;
  readonly received: SeenEvent[] = [];
  readonly sent: SeenEvent[] = [];
  readonly appends: AppendArrival[] = [];
  closed: { at: Date; code: number } | undefined;
  readonly #openedMs = performance.now();

  constructor({ id, sessionId, model, transport }: Identity, keepMinutes: number) {
    this.id = id;
    this.sessionId = sessionId;
    this.model = model;
    this.transport = transport;
    const keep = keepMinutes * 60 * SAMPLE_RATE;
    this.input = new AudioTrack(keep);
    this.output = new AudioTrack(keep);
  }

  /** Takes a message as it came. */
  sawClientText(text: string): void {
    push(this.received, { atMs: this.#nowMs(), event: withoutAudio(parse(text)) });
  }

  sawServerEvent(event: Record<string, unknown>): void {
    push(this.sent, { atMs: this.#nowMs(), event: withoutAudio(event) });
  }

  sawInput(samples: Int16Array): void {
    push(this.appends, { atMs: this.#nowMs(), samples: samples.length, start: this.input.total });
    this.input.write(samples);
  }

  summary() {
    return {
      id: this.id,
      sessionId: this.sessionId,
      model: this.model,
      transport: this.transport,
      openedAt: this.openedAt.toISOString(),
      closedAt: this.closed?.at.toISOString() ?? null,
      closeCode: this.closed?.code ?? null,
      inputMs: Math.round((this.input.total * 1000) / SAMPLE_RATE),
      outputMs: Math.round((this.output.total * 1000) / SAMPLE_RATE),
      inputDroppedSamples: this.input.dropped,
      outputDroppedSamples: this.output.dropped,
      clientEvents: this.received.length,
      serverEvents: this.sent.length,
    };
  }

  #nowMs(): number {
    return Math.round((performance.now() - this.#openedMs) * 10) / 10;
  }
}

function push<Entry>(list: Entry[], entry: Entry): void {
  list.push(entry);
  if (list.length > MAX_EVENTS) list.splice(0, MAX_EVENTS / 10);
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // Shown as it is below: an event that is not JSON is worth seeing, too.
  }
  return { unreadable: text.slice(0, 200) };
}

/** Audio is in the WAV files; in an event its length in characters says enough. */
function withoutAudio(event: Record<string, unknown>): Record<string, unknown> {
  const audioDelta = event['type'] === 'response.output_audio.delta';
  return Object.fromEntries(
    Object.entries(event).map(([name, value]) =>
      typeof value === 'string' && (name === 'audio' || (audioDelta && name === 'delta'))
        ? [name, `[${value.length} characters of base64]`]
        : [name, value],
    ),
  );
}
