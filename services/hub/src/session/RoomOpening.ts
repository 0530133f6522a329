import type { ControlRequest, PastFact, SessionId } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { LiveSession, Placed, SessionStore } from './ports.ts';

/** Nobody waits longer for what the archive knows: a room is opened without it. */
const KNOWN_WITHIN_MS = 500;
/** What was said last: enough for a replay word for word with a digest before it, small enough for one command. */
const MAX_PAST = 200;
const MAX_PAST_CHARACTERS = 60_000;

export interface RoomOpeningOptions {
  store: Pick<SessionStore, 'find'>;
  /** What a session has cost so far, as the archive knows it. */
  spentUsd: (id: SessionId) => Promise<number>;
  /** What was said in it, oldest first. */
  past: (id: SessionId) => Promise<PastFact[]>;
  log: Log;
}

/** What a room is opened with: the settings of now, and what its session has behind it. */
export class RoomOpening {
  readonly #options: RoomOpeningOptions;

  constructor(options: RoomOpeningOptions) {
    this.#options = options;
  }

  async request(
    session: Pick<LiveSession, 'id' | 'settings'>,
    { epoch }: Pick<Placed, 'epoch'>,
    awaitAssistant: boolean,
  ): Promise<ControlRequest<'room:open'>> {
    const { store, spentUsd, past } = this.#options;
    const [live, spent, said] = await Promise.all([
      // Read anew: whoever changed them before the room had a mixer has told none.
      store.find(session.id),
      this.#soon(spentUsd(session.id), 0, session.id),
      this.#soon(past(session.id), [], session.id),
    ]);
    const { settings } = live ?? session;
    const opening = { sessionId: session.id, settings, awaitAssistant, spentUsd: spent, past: newest(said) };
    return epoch > 0 ? { ...opening, epoch } : opening;
  }

  async #soon<Known>(known: Promise<Known>, otherwise: Known, sessionId: SessionId): Promise<Known> {
    const late = Promise.withResolvers<Known>();
    const timer = setTimeout(() => late.resolve(otherwise), KNOWN_WITHIN_MS);
    const failed = (error: unknown) => {
      this.#options.log.warn({ err: error, sessionId }, 'room opened without its past');
      return otherwise;
    };
    try {
      return await Promise.race([known.catch(failed), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function newest(said: readonly PastFact[]): PastFact[] {
  let from = said.length;
  for (let characters = 0; from > 0 && said.length - from < MAX_PAST; from -= 1) {
    characters += said[from - 1]?.data.text.length ?? 0;
    if (characters > MAX_PAST_CHARACTERS) break;
  }
  return said.slice(from);
}
