import { DEFAULT_CONVERSATION } from '@parley/contract';
import { realtimeLinkContract } from '@parley/mixer/testing/realtimeLinkContract';
import { startSimulator } from '@parley/simulator/startSimulator';
import { linksTo, speech } from './simulatedRoom.ts';

realtimeLinkContract('WebSocket to the simulator', async () => {
  const simulator = await startSimulator({ scenario: { pace: 50, firstOutputMs: 0, transcriptionMs: 10 } });
  const settings = {
    instructions: 'Be kind.',
    voice: 'marin',
    tools: [],
    turnDetection: DEFAULT_CONVERSATION.turnDetection,
  } as const;
  const link = await linksTo(simulator.url)(settings, new AbortController().signal);
  return {
    link,
    speech: speech(1_000),
    close: async () => {
      link.close('The test is over.');
      await simulator.close();
    },
  };
});
