import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from '@parley/kit/log';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Inspector } from '../inspect/Inspector.ts';
import { newId } from '../protocol/ids.ts';
import type { Scenario } from '../scenarios/schema.ts';
import { defaultSettings, type SessionSettings } from '../session/settings.ts';
import { keyOf } from './auth.ts';
import { toRefusal, type ClientSecrets } from './ClientSecrets.ts';
import { Connection } from './Connection.ts';
import { HttpRefusal, refuseUpgrade } from './refusals.ts';
import { readTarget, type Target } from './target.ts';

/** Above the largest append (15 MiB is 20 MiB in base64), so that a longer one still gets an error event. */
const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;
const BETA_CLOSE_CODE = 4000;

export interface RealtimeServerOptions {
  log: Log;
  secrets: ClientSecrets;
  inspector: Inspector | undefined;
  scenario: Scenario;
  sessionSeconds: number;
}

interface Accepted {
  target: Target;
  settings: SessionSettings;
  scenario: Scenario;
  sessionSeconds: number;
}

/** Turns upgrade requests into connections, or refuses them with the provider's JSON. */
export class RealtimeServer {
  readonly #options: RealtimeServerOptions;
  readonly #connections = new Set<Connection>();
  readonly #refused = new WeakMap<Scenario, number>();
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    // The key is offered as a protocol, too: it must not come back in the answer.
    handleProtocols: (offered) => (offered.has('realtime') ? 'realtime' : false),
  });

  constructor(options: RealtimeServerOptions) {
    this.#options = options;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** The HTTP server's `upgrade` handler. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    let accepted: Accepted;
    try {
      accepted = this.#accept(request);
    } catch (error) {
      const refusal = toRefusal(error);
      this.#options.log.warn({ status: refusal.status, code: refusal.error.code }, 'connection refused');
      refuseUpgrade(socket, refusal);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (client) => this.#open(client, accepted));
  }

  /** Closes every connection with 1001. */
  close(): void {
    for (const connection of this.#connections) connection.close();
    this.#sockets.close();
  }

  #accept(request: IncomingMessage): Accepted {
    const target = readTarget(request);
    const key = keyOf(request);
    const nowSeconds = Math.floor(Date.now() / 1000);
    const prepared = this.#options.secrets.settingsFor(key, nowSeconds);
    const model = target.model || prepared?.model || '';
    if (target.kind === 'realtime' && !model)
      throw new HttpRefusal(400, {
        code: 'missing_model',
        message: 'You must provide a model parameter.',
        param: 'model',
      });
    const scenario = target.scenario ?? this.#options.scenario;
    this.#refuseByScenario(scenario);
    const sessionSeconds = scenario.sessionSeconds ?? this.#options.sessionSeconds;
    const id = newId('sess');
    const expiresAt = nowSeconds + Math.round(sessionSeconds);
    const settings = prepared
      ? { ...prepared, id, expiresAt }
      : defaultSettings(target.kind, model, id, expiresAt);
    return { target, settings, scenario, sessionSeconds };
  }

  #refuseByScenario(scenario: Scenario): void {
    if (!scenario.refuse) return;
    const { status, code, message, times } = scenario.refuse;
    const before = this.#refused.get(scenario) ?? 0;
    if (times !== undefined && before >= times) return;
    this.#refused.set(scenario, before + 1);
    const limited = status === 429;
    throw new HttpRefusal(
      status,
      {
        type: limited ? 'tokens' : status >= 500 ? 'server_error' : 'invalid_request_error',
        code: code ?? (limited ? 'rate_limit_exceeded' : null),
        message: message ?? (limited ? 'Rate limit reached. Please try again later.' : 'Refused.'),
      },
      limited ? { 'Retry-After': '1' } : {},
    );
  }

  #open(socket: WebSocket, { target, settings, scenario, sessionSeconds }: Accepted): void {
    if (target.beta) {
      refuseBeta(socket);
      return;
    }
    const id = newId('conn');
    const log = this.#options.log.child({ connection: id, session: settings.id });
    const connection = new Connection({
      socket,
      settings,
      scenario,
      sessionSeconds,
      record: this.#options.inspector?.begin(id, settings.id, settings.model),
      log,
      closed: () => this.#connections.delete(connection),
    });
    this.#connections.add(connection);
    log.info({ model: settings.model, kind: settings.kind }, 'client connected');
    connection.open();
  }
}

/** The provider accepts the socket, says what is wrong, and closes with 4000 (S5). */
function refuseBeta(socket: WebSocket): void {
  const error = {
    type: 'invalid_request_error',
    code: 'beta_api_shape_disabled',
    message: 'The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API.',
    param: null,
    event_id: null,
  };
  socket.on('error', () => socket.terminate());
  socket.send(JSON.stringify({ type: 'error', event_id: newId('event'), error }));
  socket.close(BETA_CLOSE_CODE, 'invalid_request_error.beta_api_shape_disabled');
}
