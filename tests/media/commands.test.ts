import type { MediaCommand, ParticipantId } from '@parley/contract';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { rtpParameters } from './support/DevicePeer.ts';
import { TestMixer, type TestRoom } from './support/startMixer.ts';

let mixer: TestMixer;
let room: TestRoom;
let anna: ParticipantId;

beforeAll(async () => {
  mixer = await TestMixer.start();
});
afterAll(() => mixer?.close());
beforeEach(async () => {
  room = await mixer.openRoom();
  anna = await room.join('Anna');
});
afterEach(() => room.close());

const produce = async (participant: ParticipantId, ssrc = 1_111) => {
  const { id } = await room.command(participant, 'transport:create', { direction: 'send' });
  const body = { transportId: id, rtpParameters: rtpParameters(ssrc) };
  return { transportId: id, ...(await room.command(participant, 'media:produce', body)) };
};
const refusal = (code: string) => expect.objectContaining({ name: 'AppError', code });

test('M2 another participant’s transport is not found', async () => {
  const ben = await room.join('Ben');
  const { transportId } = await produce(anna);
  const attempts: [MediaCommand, object][] = [
    ['transport:connect', { dtlsParameters: {} }],
    ['transport:restart-ice', {}],
    ['media:produce', { rtpParameters: rtpParameters(2_222) }],
    ['media:consume', { producerId: 'x', rtpCapabilities: {} }],
    ['data:produce', { sctpStreamParameters: { streamId: 0 }, label: 'parley', protocol: '' }],
    ['data:consume', {}],
  ];
  for (const [name, body] of attempts)
    await expect(room.command(ben, name, { transportId, ...body }), name).rejects.toEqual(
      refusal('media-not-found'),
    );
});

test('M16 a listener has no microphone', async () => {
  const listener = await room.join('Lea', { role: 'listener' });
  const { id } = await room.command(listener, 'transport:create', { direction: 'send' });
  const body = { transportId: id, rtpParameters: rtpParameters(3_333) };
  await expect(room.command(listener, 'media:produce', body)).rejects.toEqual(refusal('forbidden'));
});

test('a microphone goes up the send transport, sources come down the other', async () => {
  const { id: recv } = await room.command(anna, 'transport:create', { direction: 'recv' });
  await expect(
    room.command(anna, 'media:produce', { transportId: recv, rtpParameters: rtpParameters(1) }),
  ).rejects.toEqual(refusal('media-not-found'));
  const { transportId, producerId } = await produce(anna);
  const ben = await room.join('Ben');
  const { id: send } = await room.command(ben, 'transport:create', { direction: 'send' });
  const consume = { producerId, rtpCapabilities: room.routerRtpCapabilities };
  await expect(room.command(ben, 'media:consume', { transportId: send, ...consume })).rejects.toEqual(
    refusal('media-not-found'),
  );
  await expect(room.command(anna, 'media:consume', { transportId: recv, ...consume })).rejects.toEqual(
    refusal('bad-media'),
  );
  expect(transportId).not.toBe(recv);
});

test('consuming twice gives the same consumer; one of nobody, or for nothing, is refused', async () => {
  const { producerId } = await produce(anna);
  const ben = await room.join('Ben');
  const { id: transportId } = await room.command(ben, 'transport:create', { direction: 'recv' });
  const body = { transportId, producerId, rtpCapabilities: room.routerRtpCapabilities };
  const first = await room.command(ben, 'media:consume', body);
  expect(await room.command(ben, 'media:consume', body)).toEqual(first);
  await expect(room.command(ben, 'media:consume', { ...body, producerId: 'nobody' })).rejects.toEqual(
    refusal('media-not-found'),
  );
  await expect(
    room.command(ben, 'media:consume', { ...body, producerId: 'nobody', rtpCapabilities: { codecs: 7 } }),
  ).rejects.toMatchObject({ name: 'AppError' });
  await room.command(ben, 'media:resume', { consumerId: first.id });
  await room.leave(anna);
  await expect
    .poll(() => room.command(ben, 'media:resume', { consumerId: first.id }).catch((e: unknown) => e))
    .toEqual(refusal('media-not-found'));
});

test('the data channel down is made once', async () => {
  const { id: transportId } = await room.command(anna, 'transport:create', { direction: 'recv' });
  const first = await room.command(anna, 'data:consume', { transportId });
  expect(first.label).toBe('parley');
  expect(await room.command(anna, 'data:consume', { transportId })).toEqual(first);
});

test.each<[string, MediaCommand, (transportId: string) => unknown, string]>([
  ['no body', 'transport:create', () => undefined, 'bad-request'],
  ['a third direction', 'transport:create', () => ({ direction: 'up' }), 'bad-request'],
  ['numbers for IDs', 'media:produce', () => ({ transportId: 7, rtpParameters: {} }), 'bad-request'],
  [
    'empty RTP parameters',
    'media:produce',
    (transportId) => ({ transportId, rtpParameters: {} }),
    'bad-media',
  ],
  [
    'a codec that nobody has',
    'media:produce',
    (transportId) => ({
      transportId,
      rtpParameters: {
        ...rtpParameters(5),
        codecs: [{ mimeType: 'audio/PCMU', payloadType: 0, clockRate: 8_000, channels: 1 }],
      },
    }),
    'bad-media',
  ],
  [
    'codecs that are text',
    'media:produce',
    (transportId) => ({ transportId, rtpParameters: { codecs: 'opus', encodings: 'all' } }),
    'bad-media',
  ],
  [
    'DTLS parameters without fingerprints',
    'transport:connect',
    (transportId) => ({ transportId, dtlsParameters: {} }),
    'bad-media',
  ],
  [
    'a fingerprint of nonsense',
    'transport:connect',
    (transportId) => ({ transportId, dtlsParameters: { fingerprints: [{ algorithm: 'md5', value: 'x' }] } }),
    'bad-media',
  ],
  [
    'a stream number beyond SCTP',
    'data:produce',
    (transportId) => ({
      transportId,
      sctpStreamParameters: { streamId: 1e9 },
      label: 'parley',
      protocol: '',
    }),
    'bad-request',
  ],
])('M1 %s: a clear error, and the room lives on', async (_name, command, body, code) => {
  const { id } = await room.command(anna, 'transport:create', { direction: 'send' });
  await expect(room.command(anna, command, body(id))).rejects.toEqual(refusal(code));
  expect((await produce(anna)).producerId).toBeTruthy();
});

test('a second microphone replaces the first', async () => {
  const first = await produce(anna);
  const second = await room.command(anna, 'media:produce', {
    transportId: first.transportId,
    rtpParameters: { ...rtpParameters(9_999), mid: '5' },
  });
  expect(second.producerId).not.toBe(first.producerId);
  const ben = await room.join('Ben');
  const { id: transportId } = await room.command(ben, 'transport:create', { direction: 'recv' });
  const consume = { transportId, rtpCapabilities: room.routerRtpCapabilities };
  await expect(
    room.command(ben, 'media:consume', { ...consume, producerId: first.producerId }),
  ).rejects.toEqual(refusal('media-not-found'));
  await expect(
    room.command(ben, 'media:consume', { ...consume, producerId: second.producerId }),
  ).resolves.toMatchObject({ producerId: second.producerId });
});

test('who leaves while a command runs gets an error, and nothing of theirs stays', async () => {
  const creating = room.command(anna, 'transport:create', { direction: 'send' });
  await room.leave(anna);
  await expect(creating).rejects.toEqual(refusal('media-not-found'));
  await expect(room.command(anna, 'transport:create', { direction: 'send' })).rejects.toEqual(
    refusal('participant-not-found'),
  );
});
