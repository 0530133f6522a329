import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Scope } from '@parley/kit/scope';
import { OwnedProcess } from '@parley/launcher/processes/OwnedProcess';
import { RATE } from '../../../support/audio/voices.ts';
import { portOfOurs } from '../../../support/ports.ts';
import { setupHere } from '../../../support/setupHere.ts';
import { until } from '../../../support/until.ts';
import { none, type Usage, usageOf } from '../../tool/processes.ts';
import type { Contender, ContenderRoom } from '../Contender.ts';
import { janusConfig, MODULE_KINDS } from './config.ts';
import { findJanus, type JanusInstallation } from './installation.ts';
import { JanusApi } from './JanusApi.ts';
import { JanusRoom } from './JanusRoom.ts';
import { oggOpus } from './oggOpus.ts';

/** Below the ports that the system gives to whoever connects. */
const RTP_PORTS = [10_000, 32_000] as const;
const READY_MS = 20_000;
const STOP_MS = 10_000;
const FRAME_MS = 20;
const MODULES: Partial<Record<(typeof MODULE_KINDS)[number], string>> = {
  plugins: 'libjanus_audiobridge.so',
  transports: 'libjanus_websockets.so',
};

interface Parts {
  version: string;
  pid: number;
  api: JanusApi;
  /** The handle for what concerns no participant. */
  desk: number;
  /** A file, so long. */
  announcement: string;
  answerMs: number;
  feedPort: number;
  scope: Scope;
}

/** Janus AudioBridge with nothing else loaded. What its forwarders send is thrown away here. */
export class Janus implements Contender {
  readonly name: string;
  readonly #parts: Parts;
  /** Until when each answer that was begun is to be heard. */
  #answers: number[] = [];
  #rooms = 0;

  private constructor(parts: Parts) {
    this.name = `Janus ${parts.version}`;
    this.#parts = parts;
  }

  /** `answer`: Opus at 24 kHz, what is played when it is the assistant's turn. */
  static async start(answer: readonly Uint8Array[]): Promise<Janus> {
    const installation = await findJanus(setupHere());
    const scope = new Scope();
    try {
      const dir = await mkdtemp(join(tmpdir(), 'parley-janus-'));
      scope.add(() => rm(dir, { recursive: true, force: true }));
      const announcement = join(dir, 'answer.opus');
      await writeFile(announcement, oggOpus(answer, RATE));
      const sink = createSocket({ type: 'udp4' });
      scope.add(() => void sink.close());
      sink.bind(0, '127.0.0.1');
      await once(sink, 'listening');
      const port = await portOfOurs();
      const { janus, tail } = await launch(installation, dir, port);
      scope.add(async () => void (await janus.stop(STOP_MS)));
      const connect = async () =>
        janus.running ? await JanusApi.open(`ws://127.0.0.1:${port}`) : ('ended' as const);
      const api = await until('Janus to answer', connect, { withinMs: READY_MS }).catch((error: unknown) => {
        throw new Error(`Janus did not start.\n${tail.join('\n')}`, { cause: error });
      });
      if (api === 'ended') throw new Error(`Janus ended while starting.\n${tail.join('\n')}`);
      scope.own(api);
      const { version } = api;
      const desk = await api.attach();
      const feedPort = sink.address().port;
      const answerMs = answer.length * FRAME_MS;
      return new Janus({ version, pid: janus.pid, api, desk, announcement, answerMs, feedPort, scope });
    } catch (error) {
      await scope.close();
      throw error;
    }
  }

  async usage(): Promise<Usage> {
    return (await usageOf(this.#parts.pid)) ?? none();
  }

  async openEmpty(count: number) {
    const rooms: JanusRoom[] = [];
    for (let index = 0; index < count; index++)
      rooms.push(await this.#open({ hurried: false, participants: 0 }));
    const close = async () => {
      for (const room of rooms) await room.close();
    };
    return { close };
  }

  /** Every other one is told to hold back one packet in place of six. */
  openRoom(index: number, participants: number): Promise<ContenderRoom> {
    return this.#open({ hurried: index % 2 === 1, participants });
  }

  speaking(): Promise<number> {
    const now = performance.now();
    this.#answers = this.#answers.filter((untilMs) => untilMs > now);
    return Promise.resolve(this.#answers.length);
  }

  close(): Promise<void> {
    return this.#parts.scope.close();
  }

  #open({ hurried, participants }: { hurried: boolean; participants: number }): Promise<JanusRoom> {
    const { api, desk, feedPort, announcement, answerMs } = this.#parts;
    const answered = () => void this.#answers.push(performance.now() + answerMs);
    const room = ++this.#rooms;
    return JanusRoom.open(api, { desk, room, hurried, participants, feedPort, announcement, answered });
  }
}

/** Its folders have the two modules alone. */
async function launch({ program, modules, libraries }: JanusInstallation, dir: string, port: number) {
  for (const kind of MODULE_KINDS) {
    await mkdir(join(dir, kind));
    const file = MODULES[kind];
    if (file !== undefined) await symlink(join(modules, kind, file), join(dir, kind, file));
  }
  const files = janusConfig({ port, rtpPorts: RTP_PORTS, dir });
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  const tail: string[] = [];
  const janus = await OwnedProcess.start({
    command: program,
    args: ['--configs-folder', dir],
    cwd: dir,
    env: { PATH: '/usr/bin:/bin', HOME: dir, ...(libraries !== undefined && { LD_LIBRARY_PATH: libraries }) },
    onLine: (line) => {
      tail.push(line);
      if (tail.length > 20) tail.shift();
    },
  });
  return { janus, tail };
}
