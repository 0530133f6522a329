import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Headers that belong to one connection, and those that name the key. */
const NOT_FORWARDED = ['host', 'connection', 'x-api-key', 'authorization', 'transfer-encoding'];
/** The whole of a path: one that climbs leads elsewhere. */
const PATHS = /^\/v1\/(messages(\/count_tokens)?|models(\/[\w-]+)?)(\?[^#]*)?$/;
const MAX_REQUEST = 64 * 1024 * 1024;

/**
 * The way of one job to its model: a Unix socket that takes requests with the job's own key and passes them on with the
 * real one, so that the agent neither has the key nor needs a network (R35). Owner: the job.
 */
export class ModelGate {
  /** The folder that holds the socket alone, to be shown inside, and the socket's name. */
  readonly folder: string;
  readonly socket: string;
  readonly key = randomBytes(24).toString('base64url');
  readonly #server: Server;

  private constructor(folder: string, baseUrl: string, apiKey: string) {
    this.folder = folder;
    this.socket = join(folder, 'model.sock');
    this.#server = createServer((request, response) => this.#pass(request, response, baseUrl, apiKey));
  }

  static async open(model: { baseUrl: string; apiKey: string | undefined }): Promise<ModelGate> {
    const folder = await mkdtemp(join(tmpdir(), 'parley-model-'));
    const gate = new ModelGate(folder, model.baseUrl, model.apiKey ?? 'none');
    await new Promise<void>((resolve, reject) => {
      gate.#server.once('error', reject);
      gate.#server.listen(gate.socket, resolve);
    });
    await chmod(folder, 0o711); // the agent may be another user; who has no key gets nothing
    await chmod(gate.socket, 0o666);
    return gate;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await rm(this.folder, { recursive: true, force: true });
  }

  #pass(request: IncomingMessage, response: ServerResponse, baseUrl: string, apiKey: string): void {
    const given = String(request.headers['x-api-key'] ?? '');
    if (!same(given, this.key)) {
      refuse(response, 401, 'authentication_error', 'This is not the key of this job.');
      return;
    }
    if (!PATHS.test(request.url ?? '')) {
      refuse(response, 404, 'not_found_error', 'The job may use its model and nothing else.');
      return;
    }
    const target = new URL(baseUrl.replace(/\/+$/, '') + (request.url ?? ''));
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !NOT_FORWARDED.includes(name)),
    );
    const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
    const onward = send(
      target,
      { method: request.method, headers: { ...headers, 'x-api-key': apiKey } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        answer.on('error', () => response.destroy());
      },
    );
    onward.on('error', (error) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 502, 'api_error', `The model's provider could not be reached: ${error.message}`);
    });
    response.on('close', () => onward.destroy());
    let size = 0;
    request.on('data', (data: Buffer) => {
      size += data.length;
      if (size > MAX_REQUEST) request.destroy();
    });
    request.on('error', () => onward.destroy());
    request.pipe(onward);
  }
}

function same(given: string, key: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(key)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ type: 'error', error: { type, message } }));
}
