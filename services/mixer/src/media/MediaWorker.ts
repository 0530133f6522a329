import { EventEmitter } from 'node:events';
import type { Log } from '@parley/kit/log';
import * as mediasoup from 'mediasoup';
import type { types } from 'mediasoup';
import type { Clock } from '../room/ports.ts';

export interface MediaWorkerOptions {
  workerBin: string | undefined;
  listenIp: string;
  announcedAddress: string | undefined;
  /** UDP and TCP; 0 takes any free one. */
  port: number;
  clock: Clock;
  log: Log;
}

/** A device counts for its transports and what it hears; a room for what is fixed in it. */
const LOAD_OF_WING = 0.2;

/** One mediasoup process with its one port. Owns the rooms' routers: they are lost with it. */
export class MediaWorker {
  /** Parts of rooms that are here, and devices in them; whoever opens one counts it. */
  wings = 0;
  devices = 0;
  readonly server: types.WebRtcServer;
  readonly events = new EventEmitter<{ died: [error: Error] }>();
  readonly #worker: types.Worker;

  private constructor(worker: types.Worker, server: types.WebRtcServer) {
    this.#worker = worker;
    this.server = server;
    worker.on('died', (error) => this.events.emit('died', error));
  }

  static async start(options: MediaWorkerOptions): Promise<MediaWorker> {
    const { log, workerBin, listenIp: ip, announcedAddress, port } = options;
    mediasoup.setLogEventListeners({
      // Most of it is about what clients sent, and they get the error. Its end is told by `died`.
      onwarn: (namespace, text) => log.debug({ namespace, text }, 'mediasoup warns'),
      onerror: (namespace, text, err) => log.debug({ namespace, text, err }, 'mediasoup reports an error'),
    });
    const worker = await createWorker(workerBin);
    try {
      const listen = { ip, ...(announcedAddress ? { announcedAddress } : {}), ...(port > 0 ? { port } : {}) };
      const server = await worker.createWebRtcServer({
        listenInfos: [
          { protocol: 'udp', ...listen },
          { protocol: 'tcp', ...listen },
        ],
      });
      log.info({ pid: worker.pid, ip, port }, 'media worker started');
      return new MediaWorker(worker, server);
    } catch (error) {
      worker.close();
      throw new Error(`No media on ${ip}:${port}. Is the port taken? See RTC_LISTEN_IP and RTC_PORT.`, {
        cause: error,
      });
    }
  }

  get pid(): number {
    return this.#worker.pid;
  }

  get load(): number {
    return this.devices + this.wings * LOAD_OF_WING;
  }

  createRouter(mediaCodecs: types.RouterRtpCodecCapability[]): Promise<types.Router> {
    return this.#worker.createRouter({ mediaCodecs });
  }

  /** Seconds of CPU that the worker has used since it started. */
  async cpuSeconds(): Promise<number> {
    const usage = await this.#worker.getResourceUsage();
    return (usage.ru_utime + usage.ru_stime) / 1000;
  }

  close(): void {
    this.#worker.close();
  }
}

async function createWorker(workerBin: string | undefined): Promise<types.Worker> {
  try {
    const worker = await mediasoup.createWorker({ logLevel: 'warn', ...(workerBin ? { workerBin } : {}) });
    outliveSignals(worker);
    return worker;
  } catch (error) {
    const words = error instanceof Error ? error.message : 'unknown reason';
    throw new Error(`mediasoup's worker does not start (${words}). See MEDIASOUP_WORKER_BIN.`, {
      cause: error,
    });
  }
}

/**
 * mediasoup closes its workers when this process is asked to end. Here rooms are to move first; their owner closes the
 * worker then.
 */
function outliveSignals(worker: types.Worker): void {
  const { onSignal } = worker as { onSignal?: () => void };
  if (!onSignal) return;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal);
}
