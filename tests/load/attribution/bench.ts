/**
 * How well turns are told from each other and given to who spoke them: `npm run bench:attribution [-- rooms turns]`.
 *
 * Four recorded voices speak by a seeded script (script.ts) on real WebRTC devices, in a room of the real mixer (media
 * worker, jitter buffer, mix, timeline); the simulator is the provider and detects the turns. Between device and mixer
 * packets are lost and delayed, with the same speech each time. What is on record (`turn:completed`) is compared with
 * the clean recordings (truth.ts) as score.ts says. Nothing here fails: it prints figures. Several rooms share this
 * process with all senders; whether it kept up is printed, too, for a room that is late hears worse.
 */
import { silentLog } from '@parley/kit/log';
import { Scope } from '@parley/kit/scope';
import { webSocketLinks } from '@parley/mixer/realtime/webSocketLink';
import { systemClock } from '@parley/mixer/room/systemClock';
import { startSimulator } from '@parley/simulator/startSimulator';
import { ensureMediasoupWorker } from '@parley/launcher/setup/mediasoupWorker';
import { setupHere } from '../../support/setupHere.ts';
import { TestMixer } from '../../media/support/startMixer.ts';
import { ClockedAssistant } from './ClockedAssistant.ts';
import { loadVoices } from './microphones.ts';
import { printReport, type Row } from './report.ts';
import { joined, quantile } from './score.ts';
import type { Network } from './StagedDevice.ts';
import { NAMESAKES, StagedRoom } from './StagedRoom.ts';

const ROOMS = Number(process.argv[2] ?? 6);
const TURNS = Number(process.argv[3] ?? 20);
const NETWORKS: Network[] = [
  { loss: 0, jitterMs: 60 },
  { loss: 0.02, jitterMs: 60 },
  { loss: 0.1, jitterMs: 60 },
];
/** The senders' clock: packets go out this much late at most. */
const TICK_MS = 5;

const scope = new Scope();
process.env['MEDIASOUP_WORKER_BIN'] ??= await ensureMediasoupWorker(setupHere());
const voices = await loadVoices();
const simulator = await startSimulator({ scenario: { transcriptionMs: 10 } });
scope.add(() => simulator.close());

try {
  const rows: Row[] = [];
  for (const network of NETWORKS) rows.push(await measure(network));
  printReport(rows, NAMESAKES);
} finally {
  await scope.close();
}

async function measure(network: Network): Promise<Row> {
  const mixer = await openMixer();
  const rooms: StagedRoom[] = [];
  try {
    for (let seed = 1; seed <= ROOMS; seed++)
      rooms.push(await StagedRoom.open({ mixer, voices, turns: TURNS, seed, network }));
    const [before, beganAt] = [process.cpuUsage(), performance.now()];
    await play(rooms);
    const { user, system } = process.cpuUsage(before);
    const elapsedMs = performance.now() - beganAt;
    const { skipped, latenessP99Ms } = mixer.frameClock.stats;
    const lateMs = rooms.flatMap(({ devices }) => devices.flatMap((device) => device.lateMs));
    return {
      network,
      score: joined(await Promise.all(rooms.map((room) => room.score()))),
      lost: mixer.rooms.audioCounts(),
      load: {
        seconds: elapsedMs / 1000,
        cpu: (user + system) / 1000 / elapsedMs,
        frameLateP99Ms: latenessP99Ms,
        framesSkipped: skipped,
        sentLateP99Ms: quantile(lateMs, 0.99),
      },
    };
  } finally {
    await Promise.all(rooms.map((room) => room.close()));
    await mixer.close();
  }
}

function openMixer(): Promise<TestMixer<ClockedAssistant>> {
  const links = webSocketLinks({
    baseUrl: `${simulator.url}/v1`,
    apiKey: 'none',
    model: 'gpt-realtime-2.1',
    transcriptionModel: 'gpt-live-transcribe',
    clock: systemClock,
    log: silentLog,
  });
  return TestMixer.startWith(
    (settings) =>
      new ClockedAssistant({
        settings,
        connect: links,
        clock: systemClock,
        log: silentLog,
        simulated: true,
        provider: 'simulator',
        model: 'gpt-realtime-2.1',
      }),
  );
}

/** All rooms at once, each a little later than the one before, so that their frames are not made in one moment. */
function play(rooms: readonly StagedRoom[]): Promise<void> {
  const startAt = performance.now() + 200;
  rooms.forEach((room, index) => room.start(startAt + index * 137));
  const endAt = startAt + Math.max(...rooms.map((room, index) => room.lengthMs + index * 137));
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const nowMs = performance.now();
      for (const room of rooms) room.tick(nowMs);
      if (nowMs < endAt) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });
}
