import { Inbox } from '../../Inbox.ts';
import { JobFailure, type JobResult, type JobRun } from '../../Runner.ts';
import { shorten } from '../../shorten.ts';
import { TeamMessage } from './messages.ts';
import { TeamSocket, type SocketEnd, type SocketOptions } from './TeamSocket.ts';

export interface WebSocketOptions extends SocketOptions {
  /** The first wait before a connection is tried again; doubled each time, up to 5 s. */
  retryMs: number;
  /** Without a connection for so long a job fails. */
  lostMs: number;
}

const MAX_WAIT_MS = 5_000;
/** So many messages that are none, and the team is given up. */
const MAX_MALFORMED = 20;

/** One job given to a team behind a WebSocket: asks, hears, comes back after a break, stops (R20 to R25). */
export class TeamJob {
  readonly #run: JobRun<'nested_team'>;
  readonly #options: WebSocketOptions;
  readonly #outcome = Promise.withResolvers<JobResult>();
  readonly #steers: string[] = [];
  readonly #inbox: Inbox<string>;
  #socket: TeamSocket | undefined;
  #retry: NodeJS.Timeout | undefined;
  #lostAt = performance.now();
  #waits = 0;
  #asked = false;
  #heard = 0;
  #malformed = 0;
  #costUsd: number | null = null;
  #over = false;

  constructor(run: JobRun<'nested_team'>, options: WebSocketOptions) {
    this.#run = run;
    this.#options = options;
    this.#inbox = new Inbox(run.instructions, () => this.#steer());
  }

  async run(): Promise<JobResult> {
    const { signal } = this.#run;
    signal.throwIfAborted();
    const stop = () => this.#cancel();
    signal.addEventListener('abort', stop);
    this.#connect();
    try {
      return await this.#outcome.promise;
    } finally {
      signal.removeEventListener('abort', stop);
      this.#end();
    }
  }

  #connect(): void {
    const socket = new TeamSocket(this.#options);
    this.#socket = socket;
    socket.events.on('open', () => this.#opened(socket));
    socket.events.on('text', (text) => this.#hear(text));
    socket.events.on('end', (end) => {
      if (this.#socket === socket) this.#lost(end);
    });
  }

  #opened(socket: TeamSocket): void {
    const { task, context } = this.#run.arguments;
    socket.send({
      type: 'task',
      job: this.#run.jobId,
      attempt: this.#run.attempt,
      task,
      context: context ?? null,
      resume: this.#asked,
      after: this.#heard,
    });
    if (this.#asked) this.#run.progress({ kind: 'note', text: 'The connection to the team is back' });
    this.#asked = true;
    this.#waits = 0;
    this.#lostAt = Infinity;
    for (const index of this.#steers.keys()) this.#tellSteer(index);
  }

  #hear(text: string): void {
    if (this.#over) return;
    const message = parse(text);
    if (!message) {
      this.#malformed += 1;
      this.#run.log.warn({ text: shorten(text, 300) }, 'a team sent something that is no message');
      if (this.#malformed > MAX_MALFORMED)
        this.#fail('The team does not speak as it should: it sent message after message that is none.');
      return;
    }
    if (message.job !== this.#run.jobId) {
      this.#run.log.warn({ job: message.job }, 'a team spoke of another job');
      return;
    }
    if (message.type !== 'progress' || message.index > this.#heard) this.#spend(message.costUsd);
    switch (message.type) {
      case 'progress':
        if (message.index <= this.#heard) return; // said before the connection was lost
        this.#heard = message.index;
        this.#run.progress(message.step);
        return;
      case 'result':
        this.#end();
        this.#outcome.resolve({ text: message.text, costUsd: this.#costUsd });
        return;
      case 'error':
        this.#fail(`The team failed: ${message.message}`, message.retryable);
    }
  }

  #spend(costUsd: number | null | undefined): void {
    if (costUsd === null || costUsd === undefined) return;
    this.#costUsd = Math.max(this.#costUsd ?? 0, costUsd);
    this.#run.spent(this.#costUsd);
  }

  #steer(): void {
    for (const instruction of this.#inbox.take()) {
      this.#steers.push(instruction);
      if (this.#asked) this.#tellSteer(this.#steers.length - 1);
    }
  }

  #tellSteer(at: number): void {
    const instruction = this.#steers[at] ?? '';
    this.#socket?.send({ type: 'steer', job: this.#run.jobId, index: at + 1, instruction });
  }

  #lost({ refused, reason }: SocketEnd): void {
    if (this.#over) return;
    const { retryMs, lostMs } = this.#options;
    if (refused) {
      this.#fail(`The team cannot be used: ${reason}.`);
      return;
    }
    if (this.#lostAt === Infinity) {
      this.#lostAt = performance.now();
      this.#run.progress({
        kind: 'note',
        text: `The connection to the team was lost (${shorten(reason, 200)})`,
      });
    }
    if (performance.now() - this.#lostAt > lostMs) {
      const what = this.#asked ? 'lost, and did not come back' : 'never there';
      this.#fail(
        `The connection to the team was ${what} within ${Math.round(lostMs / 1000)} s: ${reason}`,
        true,
      );
      return;
    }
    const wait = Math.min(retryMs * 2 ** this.#waits, MAX_WAIT_MS);
    this.#waits += 1;
    this.#retry = setTimeout(() => this.#connect(), wait);
  }

  #cancel(): void {
    if (this.#over) return;
    this.#socket?.send({ type: 'cancel', job: this.#run.jobId });
    this.#end();
    this.#outcome.reject(this.#run.signal.reason as Error);
  }

  #fail(words: string, retryable = false): void {
    this.#end();
    this.#outcome.reject(new JobFailure(shorten(words, 2_000), { retryable, costUsd: this.#costUsd }));
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#retry);
    this.#inbox.close();
    this.#socket?.close();
  }
}

function parse(text: string): TeamMessage | undefined {
  try {
    return TeamMessage.parse(JSON.parse(text));
  } catch {
    return undefined; // counted by who asked
  }
}
