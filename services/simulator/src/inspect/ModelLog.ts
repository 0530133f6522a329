/** Requests that are remembered. */
const MAX_REQUESTS = 200;

export interface ModelRequest {
  /** Milliseconds since the epoch. */
  at: number;
  path: string;
  headers: Readonly<Record<string, unknown>>;
  body: unknown;
}

const SECRET_HEADERS = ['authorization', 'x-api-key'];

/** Remembers what models were asked, for tests. Keys are left out. */
export class ModelLog {
  readonly #requests: ModelRequest[] = [];

  add(path: string, headers: Readonly<Record<string, unknown>>, body: unknown): void {
    const shown = Object.fromEntries(
      Object.entries(headers).filter(([name]) => !SECRET_HEADERS.includes(name)),
    );
    this.#requests.push({ at: Date.now(), path, headers: shown, body });
    if (this.#requests.length > MAX_REQUESTS) this.#requests.shift();
  }

  list(): readonly ModelRequest[] {
    return this.#requests;
  }
}
