import { describe, expect, it } from 'vitest';
import { EventQuery, SessionEvent } from './events.ts';
import { newEventId, newParticipantId, newSessionId } from './ids.ts';

const muted = () => ({
  id: newEventId(),
  sessionId: newSessionId(),
  seq: 1,
  at: 1_700_000_000_000,
  type: 'participant:muted',
  data: { participantId: newParticipantId(), muted: true },
});

describe('SessionEvent', () => {
  it('reads a fact with the data of its type', () => {
    const event = muted();
    expect(SessionEvent.parse(event)).toEqual(event);
  });

  it.each([
    ['an unknown type', { type: 'participant:vanished' }],
    ['data of another type', { data: { reason: 'idle' } }],
    ['no data', { data: undefined }],
    ['a seq below 1', { seq: 0 }],
    ['a fractional time', { at: 1.5 }],
    ['a foreign session ID', { sessionId: 'session-1' }],
  ])('refuses %s', (_, change) => {
    expect(SessionEvent.safeParse({ ...muted(), ...change }).success).toBe(false);
  });

  it('names the field that is wrong below data', () => {
    const issues = SessionEvent.safeParse({ ...muted(), data: { muted: true } }).error?.issues;
    expect(issues?.[0]?.path).toEqual(['data', 'participantId']);
  });
});

describe('EventQuery', () => {
  it('has defaults', () => {
    expect(EventQuery.parse({})).toEqual({ after: 0, limit: 200 });
  });

  it('takes several types, and numbers as text', () => {
    const query = EventQuery.parse({ type: 'turn:completed,reply:completed', after: '12', limit: '5' });
    expect(query).toEqual({ type: ['turn:completed', 'reply:completed'], after: 12, limit: 5 });
  });

  it.each([{ type: 'nonsense' }, { after: '-1' }, { limit: '0' }, { limit: '1001' }, { after: 'x' }])(
    'refuses %j',
    (query) => {
      expect(EventQuery.safeParse(query).success).toBe(false);
    },
  );
});
