import { DEFAULT_AGENT_NAME, DEFAULT_CONVERSATION, DEFAULT_VOICE } from '@parley/contract';
import type { SessionEvent, SessionId, SessionSettings } from '@parley/contract';
import type { ArchivedSession } from './ports.ts';

/** What a session is called when facts about it arrive before its own beginning. */
export function unknownSettings(id: SessionId): SessionSettings {
  return {
    title: `Session ${id}`,
    voice: DEFAULT_VOICE,
    agentName: DEFAULT_AGENT_NAME,
    systemPrompt: '',
    conversationId: null,
    conversation: DEFAULT_CONVERSATION,
  };
}

/** The session after these events, given what the archive has of it. Undefined when neither knows it. */
export function fold(
  id: SessionId,
  known: ArchivedSession | undefined,
  events: readonly SessionEvent[],
): ArchivedSession | undefined {
  const first = events[0];
  if (!known && !first) return undefined;
  const session: ArchivedSession = known
    ? { ...known, participants: [...known.participants] }
    : {
        id,
        settings: unknownSettings(id),
        createdAt: first?.at ?? 0,
        endedAt: null,
        endReason: null,
        participants: [],
      };
  for (const event of events) apply(session, event);
  return session;
}

function apply(session: ArchivedSession, event: SessionEvent): void {
  switch (event.type) {
    case 'session:created':
      session.settings = event.data;
      session.createdAt = event.at;
      return;
    case 'session:configured':
      session.settings = { ...session.settings, conversation: event.data.conversation };
      return;
    case 'session:ended':
      session.endedAt = event.at;
      session.endReason = event.data.reason;
      return;
    case 'participant:joined': {
      const { participantId, ...rest } = event.data;
      if (session.participants.some(({ id }) => id === participantId)) return;
      session.participants.push({
        id: participantId,
        ...rest,
        muted: false,
        silenced: false,
        away: false,
        joinedAt: event.at,
      });
      return;
    }
    case 'participant:muted': {
      const { participantId, muted } = event.data;
      session.participants = session.participants.map((each) =>
        each.id === participantId ? { ...each, muted } : each,
      );
      return;
    }
    case 'participant:silenced': {
      const { participantId, silenced } = event.data;
      session.participants = session.participants.map((each) =>
        each.id === participantId ? { ...each, silenced } : each,
      );
      return;
    }
    default:
  }
}
