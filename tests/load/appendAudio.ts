import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_CONVERSATION, FRAME_MS, FRAME_SAMPLES } from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { encodePcm } from '@parley/mixer/realtime/pcm';
import { webSocketLinks } from '@parley/mixer/realtime/webSocketLink';
import { systemClock } from '@parley/mixer/room/systemClock';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

/**
 * What sending a room's mix to the provider costs: CPU per second of audio and link, in real time, over plain TCP.
 * Run: `npx node tests/load/appendAudio.ts [links] [seconds]`. The provider is a process of its own that only listens.
 */
const [, , first, seconds = '10'] = process.argv;

if (first === 'listen') listen();
else await measure(Number(first ?? 50), Number(seconds));

function listen(): void {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  server.on('listening', () => process.send?.((server.address() as AddressInfo).port));
  server.on('connection', (socket) =>
    socket.once('message', () => socket.send('{"type":"session.updated"}')),
  );
}

type Append = (frame: Int16Array) => void;

async function measure(links: number, forSeconds: number): Promise<void> {
  const provider = fork(import.meta.filename, ['listen']);
  const [port] = (await once(provider, 'message')) as [number];
  const print = (name: string, microseconds: number) =>
    process.stdout.write(`${name.padEnd(22)} ${String(Math.round(microseconds)).padStart(6)} µs/s\n`);
  print(
    'clock alone',
    await cpu(
      Array.from({ length: links }, () => () => undefined),
      forSeconds,
    ),
  );
  for (const batchMs of [20, 40, 60, 100])
    print(`bare, ${batchMs} ms`, await cpu(await bare(port, links, batchMs), forSeconds));
  print('SocketLink', await cpu(await real(port, links), forSeconds));
  provider.kill();
  process.exit();
}

/** CPU (user and system) of this process per second and link. */
async function cpu(appends: Append[], forSeconds: number): Promise<number> {
  const frame = Int16Array.from({ length: FRAME_SAMPLES }, (_, i) => 9_000 * Math.sin(i / 9));
  await delay(200);
  const before = process.cpuUsage();
  const start = performance.now();
  for (let tick = 1; tick <= (forSeconds * 1000) / FRAME_MS; tick++) {
    for (const append of appends) append(frame);
    await delay(Math.max(0, start + tick * FRAME_MS - performance.now()));
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / forSeconds / appends.length;
}

/** The least that can be done: encode and send every `batchMs`. */
async function bare(port: number, links: number, batchMs: number): Promise<Append[]> {
  return Promise.all(
    Array.from({ length: links }, async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
      await once(socket, 'open');
      const batch = new Int16Array((batchMs / FRAME_MS) * FRAME_SAMPLES);
      let filled = 0;
      return (frame: Int16Array) => {
        batch.set(frame, filled);
        filled = (filled + frame.length) % batch.length;
        if (filled === 0) socket.send(`{"type":"input_audio_buffer.append","audio":"${encodePcm(batch)}"}`);
      };
    }),
  );
}

async function real(port: number, links: number): Promise<Append[]> {
  const connect = webSocketLinks({
    baseUrl: `http://127.0.0.1:${port}/v1`,
    apiKey: 'load',
    model: 'load',
    transcriptionModel: 'load',
    clock: systemClock,
    log: silentLog,
  });
  const settings = {
    instructions: '',
    voice: 'marin',
    tools: [],
    turnDetection: DEFAULT_CONVERSATION.turnDetection,
  } as const;
  const all = await Promise.all(
    Array.from({ length: links }, () => connect(settings, new AbortController().signal)),
  );
  return all.map((link) => (frame) => link.appendAudio(frame));
}
