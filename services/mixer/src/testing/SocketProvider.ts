import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { silentLog } from '@parley/kit/log';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { webSocketLinks } from '../realtime/webSocketLink.ts';
import type { LinkEvents, RealtimeLink } from '../room/ports.ts';
import { FakeClock } from './FakeClock.ts';

export type Json = Record<string, unknown>;

export const SETTINGS = {
  instructions: 'Be kind.',
  voice: 'cedar',
  tools: [{ name: 'code', description: 'Writes code.', parameters: { type: 'object' } }],
  turnDetection: { type: 'server', threshold: 0.5, prefixPaddingMs: 300, silenceMs: 500 },
} as const;

/** Takes the settings, as a provider does. */
export const accept = (socket: WebSocket) => {
  socket.send('{"type":"session.created","event_id":"e0"}');
  socket.once('message', () => socket.send('{"type":"session.updated","event_id":"e1","session":{}}'));
};

/** A real WebSocket server in the place of the provider: it takes the settings, and whatever else a test makes of it. */
export class SocketProvider {
  readonly clock = new FakeClock();
  greet: (socket: WebSocket, request: IncomingMessage) => void = accept;
  readonly http: Server = createServer();
  readonly #sockets = new WebSocketServer({ server: this.http });

  static async open(): Promise<SocketProvider> {
    const provider = new SocketProvider();
    provider.#sockets.on('connection', (socket, request) => provider.greet(socket, request));
    provider.http.listen(0, '127.0.0.1');
    await once(provider.http, 'listening');
    return provider;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    this.http.close();
    await once(this.http, 'close');
  }

  connect(signal = new AbortController().signal, baseUrl?: string): Promise<RealtimeLink> {
    return webSocketLinks({
      baseUrl: baseUrl ?? `http://127.0.0.1:${(this.http.address() as AddressInfo).port}/v1`,
      apiKey: 'key-of-test',
      model: 'gpt-x',
      transcriptionModel: 'hear-x',
      clock: this.clock,
      log: silentLog,
    })(SETTINGS, signal);
  }

  /** A link, and the provider's end of it with everything it heard after the settings. */
  async pair(): Promise<{ link: RealtimeLink; far: WebSocket; heard: Json[] }> {
    const heard: Json[] = [];
    const { promise, resolve } = Promise.withResolvers<WebSocket>();
    this.greet = (socket) => {
      accept(socket);
      socket.once('message', () => socket.on('message', (data) => heard.push(parse(data))));
      resolve(socket);
    };
    const link = await this.connect();
    return { link, far: await promise, heard };
  }
}

export const parse = (data: RawData) => JSON.parse((data as Buffer).toString('utf8')) as Json;
export const say = (socket: WebSocket, event: Json) => socket.send(JSON.stringify(event));
export const next = async <Name extends keyof LinkEvents>(link: RealtimeLink, name: Name) => {
  const [fact] = await once(link.events, name);
  return fact as LinkEvents[Name][0];
};
