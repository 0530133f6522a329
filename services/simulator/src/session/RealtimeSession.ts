import type { Log } from '@parley/kit/log';
import { Conversation } from '../conversation/Conversation.ts';
import { audioPart, presentItem, type MessageItem } from '../conversation/items.ts';
import { readItem } from '../conversation/itemSchema.ts';
import { InputTurns } from '../input/InputTurns.ts';
import { speechMs } from '../input/level.ts';
import { Transcriber } from '../input/Transcriber.ts';
import { decodeAudio } from '../protocol/audioFormat.ts';
import { parseJson, readClientEvent, type ClientEvent } from '../protocol/clientEvents.ts';
import { newId } from '../protocol/ids.ts';
import { ProtocolError } from '../protocol/ProtocolError.ts';
import type { Send, ServerEvent } from '../protocol/serverEvents.ts';
import { Responses } from '../response/Responses.ts';
import { ResponseParams } from '../response/responseParams.ts';
import type { Scenario, ScriptedReply } from '../scenarios/schema.ts';
import { mergeSettings } from './mergeSettings.ts';
import { presentSettings, type SessionSettings } from './settings.ts';

/** One client's session, without its socket: text comes in by `receive`, events go out by `send`. */
export interface SessionOptions {
  settings: SessionSettings;
  scenario: Scenario;
  log: Log;
  send: Send;
  /** Told of decoded input audio (24 kHz), in the order written. */
  onInput?: (samples: Int16Array) => void;
  /** Silences what is being played, where the server plays the answers (WebRTC). */
  clearOutput?: () => void;
}

const DEFAULT_RESPONSE = ResponseParams.parse({});

export class RealtimeSession {
  readonly id: string;
  readonly #log: Log;
  readonly #send: Send;
  readonly #scenario: Scenario;
  readonly #onInput: ((samples: Int16Array) => void) | undefined;
  readonly #clearOutput: (() => void) | undefined;
  readonly #conversation = new Conversation();
  readonly #responses: Responses;
  readonly #turns: InputTurns;
  readonly #transcriber: Transcriber;
  readonly #turnReplies = new Map<string, ScriptedReply>();
  #settings: SessionSettings;
  #turnsHeard = 0;
  #closed = false;

  constructor({ settings, scenario, log, send, onInput, clearOutput }: SessionOptions) {
    this.id = settings.id;
    this.#settings = settings;
    this.#scenario = scenario;
    this.#log = log;
    this.#onInput = onInput;
    this.#clearOutput = clearOutput;
    this.#send = (event) => {
      if (!this.#closed) send(event);
    };
    this.#transcriber = new Transcriber(this.#send, scenario.transcriptionMs);
    this.#responses = new Responses({
      send: this.#send,
      conversation: this.#conversation,
      conversationId: newId('conv'),
      scenario,
      turnReplies: this.#turnReplies,
      began: () => this.#turns.answering(),
      ended: (audioMs) => this.#turns.answered(audioMs),
    });
    this.#turns = new InputTurns(settings.turnDetection, this.#send, {
      commit: (itemId, samples) => this.#commit(itemId, samples),
      interrupt: () => {
        this.#responses.interrupt('turn_detected');
        this.#clearOutput?.();
      },
      respond: () => this.#respond(),
    });
  }

  get settings(): SessionSettings {
    return this.#settings;
  }

  /** Sends `session.created`, always the first event (S10). */
  open(): void {
    this.#send(sessionEvent('session.created', this.#settings));
  }

  /** Handles one message. Whatever is wrong with it becomes an `error` event; the session goes on (S3). */
  receive(text: string): void {
    let eventId: string | null = null;
    try {
      const raw = parseJson(text);
      if (typeof raw['event_id'] === 'string') eventId = raw['event_id'];
      this.#handle(readClientEvent(raw));
    } catch (error) {
      this.#refuse(error, eventId);
    }
  }

  /** Input audio that came by another way than an event: 24 kHz. */
  hear(samples: Int16Array): void {
    if (this.#closed) return;
    try {
      this.#hear(samples);
    } catch (error) {
      this.#refuse(error, null);
    }
  }

  /** What the server itself does when it falls silent in the middle of an answer. */
  truncate(itemId: string, contentIndex: number, audioEndMs: number): void {
    try {
      this.#truncate(itemId, contentIndex, audioEndMs);
    } catch (error) {
      // The client may have deleted or cut the item meanwhile.
      if (!(error instanceof ProtocolError)) throw error;
    }
  }

  /** Nothing is sent from now on. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#responses.abandon();
    this.#transcriber.close();
  }

  #handle(event: ClientEvent): void {
    switch (event.type) {
      case 'session.update':
        this.#settings = mergeSettings(this.#settings, event.session, this.#responses.spoke);
        this.#turns.configure(this.#settings.turnDetection);
        this.#send(sessionEvent('session.updated', this.#settings));
        return;
      case 'input_audio_buffer.append': {
        this.#hear(decodeAudio(event.audio, this.#settings.inputFormat, 'audio'));
        return;
      }
      case 'input_audio_buffer.commit':
        this.#turns.commit();
        return;
      case 'input_audio_buffer.clear':
        this.#turns.clear();
        return;
      case 'output_audio_buffer.clear':
        if (this.#clearOutput) return this.#clearOutput();
        throw new ProtocolError(
          'invalid_request',
          'output_audio_buffer.clear is for WebRTC and SIP: over WebSocket the client owns the playback.',
          'type',
        );
      case 'conversation.item.create': {
        const item = readItem(event.item, this.#settings.inputFormat);
        this.#conversation.add(item, event.previous_item_id);
        this.#announce(item.id);
        return;
      }
      case 'conversation.item.retrieve': {
        const item = this.#conversation.retrieve(event.item_id);
        this.#send({
          type: 'conversation.item.retrieved',
          item: presentItem(item, this.#settings.outputFormat),
        });
        return;
      }
      case 'conversation.item.truncate': {
        const { item_id, content_index, audio_end_ms } = event;
        this.#truncate(item_id, content_index, audio_end_ms);
        return;
      }
      case 'conversation.item.delete':
        this.#conversation.remove(event.item_id);
        this.#turnReplies.delete(event.item_id);
        this.#send({ type: 'conversation.item.deleted', item_id: event.item_id });
        return;
      case 'response.create':
        this.#createResponse(event.response ?? DEFAULT_RESPONSE);
        return;
      case 'response.cancel':
        this.#responses.cancel(event.response_id);
        return;
    }
  }

  #hear(samples: Int16Array): void {
    this.#onInput?.(samples);
    this.#turns.append(samples);
  }

  #truncate(item_id: string, content_index: number, audio_end_ms: number): void {
    this.#conversation.truncate(item_id, content_index, audio_end_ms);
    this.#send({ type: 'conversation.item.truncated', item_id, content_index, audio_end_ms });
  }

  #createResponse(params: ResponseParams): void {
    if (this.#settings.kind === 'transcription')
      throw new ProtocolError('invalid_request', 'A transcription session gives no responses.', 'type');
    this.#responses.create(params, this.#settings);
  }

  /** An answer that nobody asked for in an event: what fails belongs to no client event either. */
  #respond(): void {
    if (this.#settings.kind === 'transcription') return;
    try {
      this.#createResponse(DEFAULT_RESPONSE);
    } catch (error) {
      this.#refuse(error, null);
    }
  }

  #commit(itemId: string, samples: Int16Array): void {
    const turn = this.#scenario.turns[this.#turnsHeard];
    this.#turnsHeard += 1;
    const part = audioPart('input_audio', samples, null);
    const item: MessageItem = {
      id: itemId,
      type: 'message',
      role: 'user',
      status: 'completed',
      content: [part],
      heard: turn?.transcript,
      speechMs: speechMs(samples),
    };
    this.#send({
      type: 'input_audio_buffer.committed',
      item_id: itemId,
      previous_item_id: this.#conversation.lastId,
    });
    this.#conversation.add(item);
    this.#announce(itemId);
    if (turn?.reply) this.#turnReplies.set(itemId, turn.reply);
    const { transcription } = this.#settings;
    if (transcription) this.#transcriber.transcribe(item, part, transcription, turn);
  }

  #announce(itemId: string): void {
    const item = presentItem(this.#conversation.retrieve(itemId));
    const previous_item_id = this.#conversation.idBefore(itemId);
    this.#send({ type: 'conversation.item.added', previous_item_id, item });
    this.#send({ type: 'conversation.item.done', previous_item_id, item });
  }

  #refuse(error: unknown, eventId: string | null): void {
    if (!(error instanceof ProtocolError)) this.#log.error({ err: error }, 'event failed');
    const refused =
      error instanceof ProtocolError
        ? error
        : new ProtocolError('internal_error', 'The simulator failed on this event.', null, 'server_error');
    this.#send({ type: 'error', error: { ...refused.wire(), event_id: eventId } });
  }
}

function sessionEvent(type: 'session.created' | 'session.updated', settings: SessionSettings): ServerEvent {
  return { type, session: presentSettings(settings) } as object as ServerEvent;
}
