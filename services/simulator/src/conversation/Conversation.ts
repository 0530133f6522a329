import { SAMPLE_RATE } from '@parley/contract';
import { ProtocolError } from '../protocol/ProtocolError.ts';
import { isAudio, isMessage, type AudioPart, type Item } from './items.ts';

/** Audio kept for `conversation.item.retrieve`: five minutes, 14 MB. Older audio is let go, its length stays (S22). */
const MAX_KEPT_SAMPLES = 5 * 60 * SAMPLE_RATE;

/** The items of a session, in their order. Knows no events. */
export class Conversation {
  readonly #items: Item[] = [];

  get items(): readonly Item[] {
    return this.#items;
  }

  get lastId(): string | null {
    return this.#items.at(-1)?.id ?? null;
  }

  find(id: string): Item | undefined {
    return this.#items.find((item) => item.id === id);
  }

  /** The ID of the item before this one, null for the first. */
  idBefore(id: string): string | null {
    const place = this.#items.findIndex((item) => item.id === id);
    return this.#items[place - 1]?.id ?? null;
  }

  /**
   * Adds after `previousId`: undefined appends, `root` puts it first. Throws ProtocolError when that item is unknown,
   * when the ID is taken, and when an output names a call that never was.
   */
  add(item: Item, previousId?: string | null): void {
    if (this.find(item.id))
      throw new ProtocolError(
        'item_create_duplicate_id',
        `Error adding item: an item with the ID '${item.id}' is already in the conversation.`,
        'item.id',
      );
    if (item.type === 'function_call_output' && !this.#hasCall(item.call_id))
      throw new ProtocolError(
        'invalid_tool_call_id',
        `Tool call ID '${item.call_id}' not found in conversation.`,
        'item.call_id',
      );
    this.#items.splice(this.#placeAfter(previousId ?? undefined), 0, item);
    this.trimAudio();
  }

  remove(id: string): void {
    const place = this.#items.findIndex((item) => item.id === id);
    if (place < 0) throw missing('delete', id);
    this.#items.splice(place, 1);
  }

  /** Throws ProtocolError when there is no such item. */
  retrieve(id: string): Item {
    const item = this.find(id);
    if (!item) throw missing('retrieve', id);
    return item;
  }

  /** Cuts an answer to what was heard and removes its transcript. Throws ProtocolError (S23). */
  truncate(id: string, contentIndex: number, audioEndMs: number): void {
    const item = this.find(id);
    if (!item) throw missing('truncate', id);
    const part = isMessage(item) && item.role === 'assistant' ? item.content[contentIndex] : undefined;
    if (part?.type !== 'output_audio')
      throw new ProtocolError(
        'unsupported_content_type',
        'Only model output audio messages can be truncated.',
        'item_id',
      );
    if (audioEndMs > Math.ceil(part.ms))
      throw new ProtocolError(
        'invalid_value',
        `Audio content of ${Math.round(part.ms)}ms is already shorter than ${audioEndMs}ms.`,
        'audio_end_ms',
      );
    cut(part, audioEndMs);
  }

  /** Lets go of the oldest audio beyond what is kept. */
  trimAudio(): void {
    let kept = 0;
    for (const item of this.#items.toReversed()) {
      for (const part of isMessage(item) ? item.content.filter(isAudio) : []) {
        kept += part.samples?.length ?? 0;
        if (kept > MAX_KEPT_SAMPLES) part.samples = null;
      }
    }
  }

  #hasCall(callId: string): boolean {
    return this.#items.some((item) => item.type === 'function_call' && item.call_id === callId);
  }

  #placeAfter(previousId: string | undefined): number {
    if (previousId === undefined) return this.#items.length;
    if (previousId === 'root') return 0;
    const place = this.#items.findIndex((item) => item.id === previousId);
    if (place < 0)
      throw new ProtocolError(
        'invalid_value',
        `Previous item with ID '${previousId}' not found in conversation.`,
        'previous_item_id',
      );
    return place + 1;
  }
}

function cut(part: AudioPart, audioEndMs: number): void {
  part.samples = part.samples?.slice(0, Math.round((audioEndMs * SAMPLE_RATE) / 1000)) ?? null;
  part.ms = Math.min(part.ms, audioEndMs);
  part.transcript = null;
  part.cut = true;
}

function missing(what: 'delete' | 'retrieve' | 'truncate', id: string): ProtocolError {
  const doing = { delete: 'deleting', retrieve: 'retrieving', truncate: 'truncating' }[what];
  return new ProtocolError(
    `item_${what}_invalid_item_id`,
    `Error ${doing} item: the item with ID '${id}' does not exist.`,
    'item_id',
  );
}
