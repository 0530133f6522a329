import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '@parley/mixer/audio/testing/random';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { untilVoice } from '../../support/audio/heard.ts';
import { repeated } from '../../support/audio/voices.ts';
import { HubApi } from '../../support/HubApi.ts';
import { startStack, type Stack } from '../../support/stack/startStack.ts';
import { FaultDevice } from '../FaultDevice.ts';
import { silenceIn } from '../silence.ts';
import { printTable } from '../table.ts';
import { inOrder, likeness } from './likeness.ts';
import { UdpProxy, type Impairment } from './UdpProxy.ts';

/** What stands between one device and the mixer for ten seconds; then the network is well again. */
const NETWORKS: Readonly<Record<string, Impairment | 'rebind'>> = {
  'nothing wrong': {},
  '5 % loss': { loss: 0.05 },
  '20 % loss': { loss: 0.2 },
  '200 ms jitter': { jitterMs: 200 },
  '10 s blackout': { blackout: true },
  'changed port (NAT rebinding)': 'rebind',
};
/** `npm test` takes one of each kind; `npm run test:faults` all. */
const SHORT = ['20 % loss', 'changed port (NAT rebinding)'];
const wanted = Object.entries(NETWORKS).filter(
  ([name]) => Number(process.env['FAULT_RUNS'] ?? 1) > 1 || SHORT.includes(name),
);
const BAD_MS = 10_000;
const AFTER_MS = 8_000;

let stack: Stack;
const rows: Record<string, string | number>[] = [];
beforeAll(async () => {
  stack = await startStack();
});
afterAll(async () => {
  printTable('a bad network between Ben and the mixer for 10 s', rows);
  await stack?.close();
});

for (const [name, network] of wanted)
  test(`${name}: the session goes on, and the voice is there again both ways`, async () => {
    const proxy = await UdpProxy.open(seededRandom(7));
    const { ben, chloe, hub, id } = await threeDevices(proxy);
    await Promise.all([untilVoice('anna', ben), untilVoice('ben', chloe)]);
    const listeners = { down: { device: ben, voice: 'anna' }, up: { device: chloe, voice: 'ben' } } as const;

    for (const { device } of Object.values(listeners)) device.restart();
    const since = performance.now();
    if (network === 'rebind') proxy.rebind();
    else proxy.impairment = network;
    await delay(BAD_MS);
    proxy.impairment = {};
    const meanwhile = Object.values(listeners).map(({ device }) => device.frames);
    await delay(AFTER_MS);
    const until = performance.now();
    const row: Record<string, string | number> = { network: name };
    // Only now: to compare sounds takes this process, in which they are also made, for seconds.
    for (const [index, [way, { device, voice }]] of Object.entries(listeners).entries()) {
      const { holeMs, silentMs, backAfterMs } = silenceIn(device.frames, since, until);
      const { score, heard } = await likeness(voice, await inOrder(meanwhile[index] ?? []));
      row[`${way}: score`] = score.toFixed(2);
      row[`${way}: seconds heard`] = `${Math.round(heard * 100)} %`;
      row[`${way}: largest hole ms`] = Math.round(holeMs);
      row[`${way}: silent ms`] = Math.round(silentMs);
      row[`${way}: steady after ms`] = Math.round(backAfterMs);
    }
    rows.push(row);
    for (const { device } of Object.values(listeners)) device.restart();
    const [down, up] = await Promise.all([untilVoice('anna', ben), untilVoice('ben', chloe)]);
    row['score after'] = Math.min(down.score, up.score).toFixed(2);
    row['media made anew'] = ben.built - 1;
    const session = await hub.session(id);
    row['session'] = `${session.state}, ${session.participantCount} of 3`;
    expect(session).toMatchObject({ state: 'live', participantCount: 3 });
  });

/** Anna speaks; Ben is behind the proxy, speaks and hears Anna; Chloe hears Ben. */
async function threeDevices(proxy: UdpProxy) {
  onTestFinished(() => proxy.close());
  const hub = new HubApi(stack.url);
  const { id } = (await hub.createSession()).session;
  const join = async (name: string, more: { says: Int16Array } & Partial<Options>) => {
    const { participantId, token } = await hub.addParticipant(id, name);
    const device = await FaultDevice.join({ participantId, token, urls: stack.hubUrls, ...more });
    onTestFinished(() => device.close());
    return device;
  };
  const anna = await join('Anna', { says: await repeated('anna', 120, 0) });
  const ben = await join('Ben', {
    says: await repeated('ben', 120, 0),
    hears: anna,
    through: (command, answer) =>
      command === 'transport:create' ? behind(proxy, answer as Transport) : answer,
  });
  const chloe = await join('Chloe', { says: new Int16Array(48_000), hears: ben });
  return { ben, chloe, hub, id };
}

type Options = Parameters<typeof FaultDevice.join>[0];
interface Transport {
  iceCandidates: { protocol: string; port: number }[];
}

/** The same transport, to be reached by UDP through the proxy alone. */
function behind(proxy: UdpProxy, transport: Transport): Transport {
  const udp = transport.iceCandidates.filter(({ protocol }) => protocol === 'udp');
  return { ...transport, iceCandidates: udp.map((each) => ({ ...each, port: proxy.to(each.port) })) };
}
