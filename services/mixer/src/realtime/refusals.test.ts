import { expect, test } from 'vitest';
import { refusedByNetwork, refusedByStatus, refusedSettings } from './refusals.ts';

const body = (message: string, code: string | null = null) => JSON.stringify({ error: { message, code } });

test.each([
  [
    401,
    body('Incorrect API key provided: sk-proj-abc*******xyz.'),
    true,
    /does not accept the API key.*OPENAI_API_KEY.*\[key\]/,
  ],
  [403, '', true, /does not allow this/],
  [404, body('The model `x` does not exist'), true, /REALTIME_MODEL.*`x` does not exist/],
  [429, body('Rate limit reached'), false, /too many requests.*Rate limit reached/],
  [429, body('You exceeded your quota', 'insufficient_quota'), true, /credit/],
  [503, '<html>Bad gateway</html>', false, /HTTP 503/],
])('HTTP %i %s', (status, text, hopeless, words) => {
  const refused = refusedByStatus('api.example.com', status, text);
  expect(refused.code).toBe('provider-refused');
  expect(refused.message).toMatch(words);
  expect(refused.message).toContain('api.example.com');
  expect(refused.hopeless).toBe(hopeless);
  expect(JSON.stringify([refused.message, refused.cause])).not.toContain('sk-');
});

test('the network in words', () => {
  const failure = (code?: string) =>
    Object.assign(new Error('getaddrinfo ENOTFOUND x'), code ? { code } : {});
  expect(refusedByNetwork('x', failure('ENOTFOUND')).message).toMatch(
    /has no address in DNS.*OPENAI_BASE_URL/,
  );
  expect(refusedByNetwork('x', failure('ECONNREFUSED')).message).toContain('refuses connections');
  expect(refusedByNetwork('x', failure()).message).toContain('getaddrinfo');
  expect(refusedByNetwork('x', failure()).hopeless).toBe(false);
});

test('settings that are not taken', () => {
  expect(refusedSettings('x', 'Unknown voice.').message).toBe(
    'The voice provider x refused the session: Unknown voice.',
  );
  expect(refusedSettings('x', 'Unknown model.', 'session.audio.input.transcription.model').message).toMatch(
    /Unknown model\. Check TRANSCRIPTION_MODEL\.$/,
  );
});
