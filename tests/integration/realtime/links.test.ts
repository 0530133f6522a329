import { DEFAULT_CONVERSATION } from '@parley/contract';
import { packetOf } from '@parley/mixer/audio/packets';
import { realtimeLinkContract } from '@parley/mixer/testing/realtimeLinkContract';
import { startSimulator } from '@parley/simulator/startSimulator';
import { expect, onTestFinished, test } from 'vitest';
import { linksTo, speech, type Transport } from './simulatedRoom.ts';

const settings = {
  instructions: 'Be kind.',
  voice: 'marin',
  tools: [],
  turnDetection: DEFAULT_CONVERSATION.turnDetection,
} as const;
const SHORT = {
  pace: 50,
  firstOutputMs: 0,
  transcriptionMs: 10,
  replies: [{ when: {}, reply: { say: 'twenty-one' } }],
};

async function open(transport: Transport) {
  const simulator = await startSimulator({ inspect: true, scenario: SHORT });
  const link = await linksTo(simulator.url, transport)(settings, new AbortController().signal);
  return {
    link,
    speech: speech(1_000),
    close: async () => {
      link.close('The test is over.');
      await simulator.close();
    },
  };
}

for (const transport of ['websocket', 'webrtc'] as const)
  realtimeLinkContract(`${transport} to the simulator`, () => open(transport));

test('M81 by WebRTC the packets of a reply are forwarded, not encoded anew', async () => {
  const { link, close } = await open('webrtc');
  onTestFinished(close);
  let [frames, packets] = [0, 0];
  link.events.on('audioDelta', ({ pcm }) => {
    frames += 1;
    if (packetOf(pcm)) packets += 1;
  });
  link.createResponse();
  await new Promise((resolve) => link.events.once('responseDone', resolve));
  expect(frames).toBeGreaterThan(20);
  expect(packets).toBe(frames);
});
