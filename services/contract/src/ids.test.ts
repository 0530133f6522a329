import { describe, expect, it } from 'vitest';
import { newEventId, newSessionId, ParticipantId, readSessionId, SessionId } from './ids.ts';

describe('session IDs', () => {
  it('are two groups of four letters that survive being read aloud', () => {
    for (let i = 0; i < 200; i++) expect(newSessionId()).toMatch(/^[2-9a-hjkmnp-z]{4}-[2-9a-hjkmnp-z]{4}$/);
  });

  it('do not repeat', () => {
    expect(new Set(Array.from({ length: 2_000 }, newSessionId)).size).toBe(2_000);
    expect(new Set(Array.from({ length: 2_000 }, newEventId)).size).toBe(2_000);
  });

  it.each(['k7fm2xqd', 'k7fm-2xqd-extra', 'K7FM-2XQD', 'k0fm-2xqd', '', '../../etc'])('refuse %j', (text) => {
    expect(SessionId.safeParse(text).success).toBe(false);
  });
});

describe('what a person typed', () => {
  it.each([
    ['k7fm-2xqd'],
    [' K7FM 2XQD '],
    ['k7fm2xqd'],
    ['https://voice.example/s/k7fm-2xqd'],
    ['https://voice.example/s/k7fm-2xqd?from=qr#top'],
    ['http://localhost:3000/join/K7FM-2XQD'],
  ])('%j is read as a session ID', (typed) => {
    expect(readSessionId(typed)).toBe('k7fm-2xqd');
  });

  it.each(['', 'hello', 'k7fm-2xq', 'k7fm-2xqdd', 'https://voice.example/about', 'k1fm-2xqd'])(
    '%j is none',
    (typed) => {
      expect(readSessionId(typed)).toBeUndefined();
    },
  );
});

describe('prefixed IDs', () => {
  it('do not pass for one another', () => {
    expect(ParticipantId.safeParse(newEventId()).success).toBe(false);
  });
});
