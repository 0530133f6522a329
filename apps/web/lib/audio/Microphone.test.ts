import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Microphone } from './Microphone.ts';

class Track extends EventTarget {
  readonly label: string;
  muted = false;
  stopped = 0;
  constructor(label = 'Desk') {
    super();
    this.label = label;
  }
  getSettings = () => ({ deviceId: `id-${this.label}` });
  stop = () => void (this.stopped += 1);
}

const devices = Object.assign(new EventTarget(), {
  getUserMedia: vi.fn<(constraints: MediaStreamConstraints) => Promise<unknown>>(),
  enumerateDevices: vi.fn(async () => [
    { kind: 'audioinput', deviceId: 'id-Desk', label: 'Desk' },
    { kind: 'audiooutput', deviceId: 'x', label: 'Speaker' },
    { kind: 'audioinput', deviceId: '', label: '' },
  ]),
});
beforeEach(() => {
  devices.getUserMedia.mockReset();
  vi.stubGlobal('navigator', { mediaDevices: devices });
  vi.stubGlobal('isSecureContext', true);
});
afterEach(() => void vi.unstubAllGlobals());

const give = (track: Track) => devices.getUserMedia.mockResolvedValueOnce({ getAudioTracks: () => [track] });
const refuse = (name: string) => devices.getUserMedia.mockRejectedValueOnce(new DOMException('x', name));

test('an allowed microphone is on, with echo cancelling, and its fellows are listed', async () => {
  const microphone = new Microphone();
  give(new Track());
  await microphone.open();
  expect(microphone.state.get()).toMatchObject({ at: 'on', label: 'Desk', deviceId: 'id-Desk' });
  expect(microphone.choices.get()).toEqual([{ deviceId: 'id-Desk', label: 'Desk' }]);
  expect(devices.getUserMedia.mock.calls[0]?.[0]).toEqual({
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  });
  microphone.close();
});

describe('what stands in the way', () => {
  test('is told apart', async () => {
    const microphone = new Microphone();
    refuse('NotAllowedError');
    await microphone.open();
    expect(microphone.state.get()).toEqual({ at: 'failed', why: 'denied' });
    microphone.close();
  });

  test('on a page without HTTPS nothing is asked', async () => {
    vi.stubGlobal('navigator', {});
    vi.stubGlobal('isSecureContext', false);
    const microphone = new Microphone();
    await microphone.open();
    expect(microphone.state.get()).toEqual({ at: 'failed', why: 'insecure' });
    microphone.close();
  });

  test('a remembered microphone that is unplugged gives way to any other', async () => {
    const microphone = new Microphone();
    refuse('OverconstrainedError');
    give(new Track());
    await microphone.open('gone');
    expect(microphone.state.get()).toMatchObject({ at: 'on', label: 'Desk' });
    microphone.close();
  });
});

test('a microphone that is pulled out is lost; one that the system silences says so', async () => {
  const microphone = new Microphone();
  const track = new Track();
  give(track);
  await microphone.open();
  track.dispatchEvent(new Event('mute'));
  expect(microphone.state.get()).toMatchObject({ at: 'on', silenced: true });
  track.dispatchEvent(new Event('unmute'));
  expect(microphone.state.get()).toMatchObject({ at: 'on', silenced: false });
  track.dispatchEvent(new Event('ended'));
  expect(microphone.state.get()).toEqual({ at: 'failed', why: 'lost' });
  microphone.close();
});

test('another choice stops the former track, and what that one still tells is not heard', async () => {
  const microphone = new Microphone();
  const [desk, headset] = [new Track(), new Track('Headset')];
  give(desk);
  await microphone.open();
  give(headset);
  await microphone.open('id-Headset');
  desk.dispatchEvent(new Event('ended'));
  expect([desk.stopped, microphone.state.get()]).toEqual([1, expect.objectContaining({ label: 'Headset' })]);
  microphone.close();
  expect([headset.stopped, microphone.state.get()]).toEqual([1, { at: 'off' }]);
});

test('closed while the browser still asks, it stops what it is given', async () => {
  const microphone = new Microphone();
  const answer = Promise.withResolvers<unknown>();
  devices.getUserMedia.mockReturnValueOnce(answer.promise);
  const opening = microphone.open();
  microphone.close();
  const track = new Track();
  answer.resolve({ getAudioTracks: () => [track] });
  await opening;
  expect([track.stopped, microphone.state.get()]).toEqual([1, { at: 'off' }]);
});
