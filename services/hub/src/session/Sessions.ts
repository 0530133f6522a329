import { DEFAULT_AGENT_NAME, DEFAULT_CONVERSATION, DEFAULT_VOICE, newSessionId } from '@parley/contract';
import type {
  ConversationChange,
  ConversationSettings,
  CreateSession,
  EndReason,
  ParticipantId,
  SessionId,
} from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { applyChange } from './configuring.ts';
import type { Directory } from './Directory.ts';
import { fact } from './events.ts';
import type { EndIf, EventLog, JobDesk, LiveSession, SessionStore } from './ports.ts';
import type { Rooms } from './Rooms.ts';
import { present } from './views.ts';

export interface SessionsOptions {
  store: SessionStore;
  rooms: Rooms;
  directory: Directory;
  eventLog: EventLog;
  jobs: Pick<JobDesk, 'sessionEnded'>;
  log: Log;
  now: () => number;
}

/** How long the old bridge's callers wait for the provider. */
const ASSISTANT_DEADLINE_MS = 20_000;

/** Sessions begin and end here. */
export class Sessions {
  readonly #options: SessionsOptions;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** Throws `no-mixer` when every mixer is full: then there is no session. */
  async create(wish: CreateSession): Promise<LiveSession> {
    const { store, rooms, now, log } = this.#options;
    await rooms.places.refuseWhenFull();
    for (;;) {
      const id = newSessionId();
      const settings = {
        title: wish.title ?? `Session ${id}`,
        voice: wish.voice ?? DEFAULT_VOICE,
        agentName: wish.agentName ?? DEFAULT_AGENT_NAME,
        systemPrompt: wish.systemPrompt ?? '',
        conversationId: wish.conversationId ?? null,
        conversation: applyChange(DEFAULT_CONVERSATION, wish.conversation ?? {}) ?? DEFAULT_CONVERSATION,
      };
      const session = {
        id,
        settings,
        createdAt: now(),
        mixer: null,
        epoch: 0,
        locked: false,
        seats: [],
      };
      const created = fact('session:created', id, session.createdAt, settings);
      if (!(await store.create(session, created))) continue;
      log.info({ sessionId: id }, 'session created');
      return session;
    }
  }

  /** Creates a session and waits until its assistant is there; otherwise there is no session. Throws `provider-refused`. */
  async createConnected(wish: CreateSession): Promise<LiveSession> {
    const session = await this.create(wish);
    try {
      const options = { awaitAssistant: true, deadlineMs: ASSISTANT_DEADLINE_MS };
      await this.#options.rooms.enter(session, () => Promise.resolve(), options);
      return session;
    } catch (error) {
      await this.end(session.id, 'shutdown');
      throw error;
    }
  }

  /**
   * Changes how the assistant takes part, at once and for everybody: kept and told first, then the room hears of it.
   * Throws `session-ended`, `session-not-found`, and what the mixer says; a repeat then tells the mixer again.
   */
  async configure(
    id: SessionId,
    change: ConversationChange,
    by: ParticipantId | null,
  ): Promise<ConversationSettings> {
    const { store, rooms, directory, now, log } = this.#options;
    const result = await store.configure(id, (settings) => {
      const conversation = applyChange(settings.conversation, change);
      if (!conversation) return undefined;
      const configured = fact('session:configured', id, now(), { participantId: by, conversation });
      return { settings: { ...settings, conversation }, configured };
    });
    if (result.outcome === 'missing') return directory.refuse(id);
    const { conversation } = result.settings;
    if (result.outcome === 'changed')
      log.info({ sessionId: id, answer: conversation.answer }, 'session configured');
    if (result.mixer) await rooms.configure(id, result.mixer, conversation);
    return conversation;
  }

  /**
   * Ends a session for everybody: its room first, so that the room's last facts come before the end. Only ends it while
   * the condition holds; false when it does not, or when it is not live.
   */
  async end(id: SessionId, reason: EndReason, condition: EndIf = { kind: 'any' }): Promise<boolean> {
    const { store, rooms, now, log } = this.#options;
    for (;;) {
      const session = await store.find(id);
      if (!session) return false;
      const here = present(session.seats);
      // Freed first: that the room closes is then no loss that devices must hear of.
      const { mixer, epoch } = session;
      if (condition.kind === 'any' && mixer && (await store.unplace(id, { mixer, epoch }, null)))
        await rooms.close(id, mixer);
      const at = now();
      const left = here.map(({ id: participantId, name }) =>
        fact('participant:left', id, at, { participantId, name, reason: 'session-ended' }),
      );
      const result = await store.end(id, condition, left, fact('session:ended', id, at, { reason }));
      if (result.outcome === 'changed') continue;
      if (result.outcome !== 'ended') return false;
      if (result.mixer) await rooms.close(id, result.mixer);
      log.info({ sessionId: id, reason }, 'session ended');
      await this.#stopJobs(id);
      return true;
    }
  }

  /** The tools see for themselves, a little later, when they were not told. */
  async #stopJobs(id: SessionId): Promise<void> {
    await this.#options.jobs
      .sessionEnded(id)
      .catch((error: unknown) => this.#options.log.warn({ err: error, sessionId: id }, 'tools not told'));
  }

  /** Ends it, or says why it cannot be ended. Throws `session-ended`, `session-not-found`. */
  async endOrRefuse(id: SessionId, reason: EndReason): Promise<void> {
    if (!(await this.end(id, reason))) await this.#options.directory.refuse(id);
  }

  /** A session that Redis has lost gets its end in the history. */
  async closeOrphan(id: SessionId): Promise<void> {
    await this.#options.eventLog.append(
      fact('session:ended', id, this.#options.now(), { reason: 'shutdown' }),
    );
    this.#options.log.warn({ sessionId: id }, 'session was lost, ended');
  }
}
