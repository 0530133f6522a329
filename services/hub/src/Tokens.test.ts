import { newParticipantId, newSessionId } from '@parley/contract';
import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { JwtTokens } from './Tokens.ts';

const SECRET = 'a secret of tests, thirty-two characters and more';
const tokens = new JwtTokens(SECRET);
const sessionId = newSessionId();
const claims = { sessionId, participantId: newParticipantId(), role: 'speaker', name: 'Anna' } as const;

test('H14 a token says who it was given to', async () => {
  expect(await tokens.participant(await tokens.forParticipant(claims))).toEqual(claims);
  expect(await tokens.owner(await tokens.forOwner(sessionId))).toEqual({ sessionId, participantId: null });
});

test('H14 a participant with the role of owner is one, others are not', async () => {
  const { participantId } = claims;
  const owner = await tokens.forParticipant({ ...claims, role: 'owner' });
  expect(await tokens.owner(owner)).toEqual({ sessionId, participantId });
  await expect(tokens.owner(await tokens.forParticipant(claims))).rejects.toMatchObject({
    code: 'bad-token',
  });
  await expect(tokens.participant(await tokens.forOwner(sessionId))).rejects.toMatchObject({
    code: 'bad-token',
  });
});

test('H19 every token of a session reads its history; the one for that is good for nothing else', async () => {
  const { participantId } = claims;
  const history = await tokens.forHistory(claims);
  expect(await tokens.reader(history)).toEqual({ sessionId, participantId });
  expect(await tokens.reader(await tokens.forParticipant(claims))).toEqual({ sessionId, participantId });
  expect(await tokens.reader(await tokens.forOwner(sessionId))).toEqual({ sessionId, participantId: null });
  for (const check of [() => tokens.participant(history), () => tokens.owner(history)])
    await expect(check()).rejects.toMatchObject({ code: 'bad-token' });
});

test.each([
  ['of another secret', new JwtTokens(`${SECRET}!`).forParticipant(claims)],
  ['that is changed', tokens.forParticipant(claims).then((token) => `${token.slice(0, -3)}abc`)],
  [
    'that has run out',
    new SignJWT({ sid: sessionId, pid: claims.participantId, role: 'speaker', name: 'Anna' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('-1s')
      .sign(new TextEncoder().encode(SECRET)),
  ],
  [
    'of another algorithm',
    new SignJWT({ sid: sessionId, pid: claims.participantId, role: 'speaker', name: 'Anna' })
      .setProtectedHeader({ alg: 'HS512' })
      .sign(new TextEncoder().encode(SECRET)),
  ],
  [
    'for somebody who cannot be',
    new SignJWT({ sid: sessionId, pid: 'p_x', role: 'king', name: '' })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(SECRET)),
  ],
  ['that is none', Promise.resolve('none')],
])('H14 a token %s is refused', async (_name, token) => {
  await expect(tokens.participant(await token)).rejects.toMatchObject({ code: 'bad-token' });
});
