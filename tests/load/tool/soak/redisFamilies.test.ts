import { keys, newEventId, newSessionId } from '@parley/contract';
import { expect, test } from 'vitest';
import { familyOf } from './redisFamilies.ts';

test('keys of all sessions are one family', () => {
  for (let i = 0; i < 100; i++) {
    const id = newSessionId();
    expect(familyOf(keys.session(id))).toBe('parley:session:*:session');
    expect(familyOf(keys.eventSeen(id, newEventId()))).toBe('parley:session:*:event:*');
  }
});

test.each([
  [keys.events, keys.events],
  ['parley:queue:desk:1234', 'parley:queue:desk:*'],
  ['parley:queue:desk:call_k7fm-2xqd_1', 'parley:queue:desk:*'],
  ['parley:queue:nested_team:meta', 'parley:queue:nested_team:meta'],
])('%s is of the family %s', (key, family) => expect(familyOf(key)).toBe(family));
