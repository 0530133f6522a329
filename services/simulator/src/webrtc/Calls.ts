import type { Log } from '@parley/kit/log';
import type { Admitted } from '../http/Admission.ts';
import type { Wire } from '../http/Connection.ts';
import { HttpRefusal } from '../http/refusals.ts';
import type { Inspector } from '../inspect/Inspector.ts';
import { newId } from '../protocol/ids.ts';
import { Call } from './Call.ts';
import { readOffer } from './offer.ts';
import { openCodec } from './opus.ts';

const NORMAL = 1000;

export interface CallsOptions {
  /** Address on which media is received. */
  host: string;
  inspector: Inspector | undefined;
  log: Log;
}

/** One more client of a call's session. */
export interface Sideband {
  receive(text: string): void;
  leave(): void;
}

/** The calls that are up. Owns them. */
export class Calls {
  readonly #options: CallsOptions;
  readonly #calls = new Map<string, Call>();

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** Answers an offer. Throws HttpRefusal 400 for one that cannot be answered. */
  async open(offer: string, admitted: Admitted): Promise<{ id: string; answer: string }> {
    const sdp = readOffer(offer);
    const { host, inspector } = this.#options;
    const { id: sessionId, model } = admitted.settings;
    const id = newId('rtc');
    const log = this.#options.log.child({ call: id, session: sessionId });
    const codec = await openCodec();
    const call = new Call({
      ...admitted,
      id,
      host,
      codec,
      record: inspector?.begin(id, sessionId, model, 'webrtc'),
      log,
      ended: () => this.#calls.delete(id),
    });
    this.#calls.set(id, call);
    try {
      return { id, answer: await call.answer(sdp) };
    } catch (error) {
      call.close();
      const words = error instanceof Error ? error.message.slice(0, 200) : 'unknown reason';
      throw new HttpRefusal(400, {
        code: 'invalid_offer',
        message: `The offer cannot be answered: ${words}`,
        param: 'sdp',
      });
    }
  }

  /** Throws HttpRefusal 404. */
  find(id: string): Call {
    const call = this.#calls.get(id);
    if (!call)
      throw new HttpRefusal(404, {
        code: 'call_id_not_found',
        message: `No call '${id.slice(0, 100)}' is up.`,
        param: 'call_id',
      });
    return call;
  }

  hangUp(id: string): void {
    this.find(id).connection.close('hangup');
  }

  /** Attaches to a call. One that ended in this moment closes the sideband at once. */
  follow(id: string, wire: Wire): Sideband {
    const call = this.#calls.get(id);
    if (!call) {
      wire.close(NORMAL, 'The call has ended');
      return { receive: () => undefined, leave: () => undefined };
    }
    const quit = call.connection.follow((text) => wire.write(text));
    const forget = call.onEnd(() => wire.close(NORMAL, 'The call has ended'));
    return {
      receive: (text) => call.connection.receive(text),
      leave: () => {
        quit();
        forget();
      },
    };
  }

  close(): void {
    for (const call of this.#calls.values()) call.connection.close();
  }
}
