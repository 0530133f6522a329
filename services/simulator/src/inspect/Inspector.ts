import { ConnectionRecord, type Transport } from './ConnectionRecord.ts';

/** Connections that are remembered; beyond that the oldest closed one is forgotten. */
const MAX_RECORDS = 20;

/** Remembers what came and went on each connection, for tests. */
export class Inspector {
  readonly #keepMinutes: number;
  readonly #records = new Map<string, ConnectionRecord>();

  constructor(keepMinutes: number) {
    this.#keepMinutes = keepMinutes;
  }

  /** Begins a record. With `MAX_RECORDS` connections open at once there is none. */
  begin(id: string, sessionId: string, model: string, transport: Transport): ConnectionRecord | undefined {
    if (this.#records.size >= MAX_RECORDS) {
      const old = [...this.#records.values()].find((record) => record.closed);
      if (!old) return undefined;
      this.#records.delete(old.id);
    }
    const record = new ConnectionRecord({ id, sessionId, model, transport }, this.#keepMinutes);
    this.#records.set(id, record);
    return record;
  }

  /** In the order opened. */
  list(): ConnectionRecord[] {
    return [...this.#records.values()];
  }

  find(id: string): ConnectionRecord | undefined {
    return this.#records.get(id);
  }
}
