import { silentLog } from '@parley/kit/log';
import { loadScenario } from '../scenarios/loadScenario.ts';
import type { ScenarioInput } from '../scenarios/schema.ts';
import { RealtimeSession } from '../session/RealtimeSession.ts';
import { defaultSettings } from '../session/settings.ts';
import { base64 } from './sound.ts';

/** An event as a client reads it. */
export type Received = Record<string, unknown> & { type: string };

/** A session without a socket, and everything that it sent. */
export class SessionProbe {
  readonly events: Received[] = [];
  readonly session: RealtimeSession;

  constructor(scenario: string | ScenarioInput = {}, kind: 'realtime' | 'transcription' = 'realtime') {
    this.session = new RealtimeSession({
      settings: defaultSettings(kind, 'gpt-realtime-2.1', 'sess_test', 2_000_000_000),
      scenario: loadScenario(scenario),
      log: silentLog,
      send: (event) => this.events.push(JSON.parse(JSON.stringify(event)) as Received),
    });
    this.session.open();
  }

  send(event: Record<string, unknown>): void {
    this.session.receive(JSON.stringify(event));
  }

  update(session: Record<string, unknown>): void {
    this.send({ type: 'session.update', session: { type: 'realtime', ...session } });
  }

  append(...parts: Int16Array[]): void {
    this.send({ type: 'input_audio_buffer.append', audio: base64(...parts) });
  }

  /** A typed message, without asking for an answer. */
  type(text: string, id?: string): void {
    const content = [{ type: 'input_text', text }];
    this.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content, id } });
  }

  types(): string[] {
    return this.events.map((event) => event.type);
  }

  /** The types from the first event of a type on, repeats of deltas left out. */
  flow(from: string): string[] {
    const all = this.types();
    const types = all.slice(all.indexOf(from));
    return types.filter((type, i) => type !== types[i - 1]);
  }

  all(type: string): Received[] {
    return this.events.filter((event) => event.type === type);
  }

  /** The newest event of a type. */
  last(type: string): Received {
    const event = this.events.findLast((candidate) => candidate.type === type);
    if (!event) throw new Error(`No ${type} among ${this.types().join(', ')}`);
    return event;
  }

  /** The newest error. */
  error(): Record<string, unknown> {
    return this.last('error')['error'] as Record<string, unknown>;
  }

  /** The newest finished response. */
  response(): Record<string, unknown> {
    return this.last('response.done')['response'] as Record<string, unknown>;
  }

  /** All transcript deltas joined. */
  spoken(): string {
    return this.all('response.output_audio_transcript.delta')
      .map((event) => String(event['delta']))
      .join('');
  }
}
