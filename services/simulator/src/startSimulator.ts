import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { isIP, type AddressInfo } from 'node:net';
import { silentLog, type Log } from '@parley/kit/log';
import { Admission } from './http/Admission.ts';
import { ClientSecrets } from './http/ClientSecrets.ts';
import { createApp } from './http/createApp.ts';
import { RealtimeServer } from './http/RealtimeServer.ts';
import { Inspector } from './inspect/Inspector.ts';
import { ModelLog } from './inspect/ModelLog.ts';
import { loadScenario } from './scenarios/loadScenario.ts';
import type { ScenarioInput } from './scenarios/schema.ts';
import { warmVoices } from './speech/clips.ts';
import { Calls } from './webrtc/Calls.ts';

export interface SimulatorOptions {
  /** 0 takes any free port. */
  port?: number;
  host?: string;
  /** Remember what connections receive, for `/simulator/…`. */
  inspect?: boolean;
  /** Minutes of audio kept for each direction of a connection. */
  inspectMinutes?: number;
  /** A name, the path of a JSON file, or the scenario itself. */
  scenario?: string | ScenarioInput;
  /** How long a session may last. The provider's is an hour. */
  sessionSeconds?: number;
  /** PEM texts. With them it speaks https and wss. */
  tls?: { cert: string; key: string };
  log?: Log;
}

export interface RunningSimulator {
  /** `http://127.0.0.1:<port>`, or https with TLS. The provider's base URL is this and `/v1`. */
  url: string;
  /** Closes every connection with 1001. Harmless to call again. */
  close(): Promise<void>;
}

/** Starts a simulator. Rejects when the port is taken or the scenario is wrong. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<RunningSimulator> {
  const { port = 0, host = '127.0.0.1', log = silentLog, sessionSeconds = 3600, tls } = options;
  const secrets = new ClientSecrets();
  const inspector = options.inspect ? new Inspector(options.inspectMinutes ?? 5) : undefined;
  const scenario = loadScenario(options.scenario);
  warmVoices();
  const admission = new Admission({ secrets, scenario, sessionSeconds });
  const calls = new Calls({ host: mediaAddress(host), inspector, log });
  const realtime = new RealtimeServer({ log, admission, inspector, calls });
  const connections = () => realtime.connections + calls.size;
  const models = { scenario, requests: inspector && new ModelLog() };
  const app = createApp({ log, secrets, admission, calls, inspector, models, connections });
  const server = tls ? createHttpsServer(tls, app) : createHttpServer(app);
  server.on('upgrade', (request, socket, head) => realtime.upgrade(request, socket, head));

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  const url = `${tls ? 'https' : 'http'}://${name}:${address.port}`;
  log.info({ url }, 'simulator listening');

  let closing: Promise<void> | undefined;
  const close = () =>
    (closing ??= new Promise((resolve, reject) => {
      realtime.close();
      calls.close();
      server.close((error) => (error ? reject(error) : resolve()));
      server.closeAllConnections(); // a model that is still thinking must not keep us
    }));
  return { url, close };
}

/** A candidate needs an address; a name or "everywhere" means this machine. */
const mediaAddress = (host: string) =>
  isIP(host) > 0 && !/^(0\.0\.0\.0|::)$/.test(host) ? host : '127.0.0.1';
