import { z } from 'zod';
import { newId } from '../protocol/ids.ts';
import { parseField, ProtocolError } from '../protocol/ProtocolError.ts';
import { mergeSettings } from '../session/mergeSettings.ts';
import { defaultSettings, presentSettings, type SessionSettings } from '../session/settings.ts';
import { HttpRefusal } from './refusals.ts';

const Body = z.strictObject({
  expires_after: z
    .strictObject({
      anchor: z.literal('created_at').optional(),
      seconds: z.int().min(10).max(7200).optional(),
    })
    .optional(),
  session: z.record(z.string(), z.unknown()).optional(),
});

const DEFAULT_SECONDS = 600;
const DEFAULT_MODEL = 'gpt-realtime-2.1';
/** The oldest are forgotten beyond this many. */
const MAX_SECRETS = 1_000;

interface Secret {
  expiresAt: number;
  settings: SessionSettings;
}

/** Ephemeral keys. One may start several sessions until it expires; a session may outlive it (S6). */
export class ClientSecrets {
  readonly #secrets = new Map<string, Secret>();

  /** Answers `POST /v1/realtime/client_secrets`. Throws ProtocolError for a wrong body. */
  create(body: unknown, nowSeconds: number) {
    const { expires_after, session } = parseField(Body, body ?? {}, '');
    const expiresAt = nowSeconds + (expires_after?.seconds ?? DEFAULT_SECONDS);
    const kind = session?.['type'] === 'transcription' ? 'transcription' : 'realtime';
    const model = typeof session?.['model'] === 'string' ? session['model'] : DEFAULT_MODEL;
    const blank = defaultSettings(kind, model, newId('sess'), expiresAt);
    const settings = session ? mergeSettings(blank, session, false) : blank;
    const value = newId('ek');
    this.#secrets.set(value, { expiresAt, settings });
    const oldest = this.#secrets.keys().next();
    if (this.#secrets.size > MAX_SECRETS && !oldest.done) this.#secrets.delete(oldest.value);
    return { value, expires_at: expiresAt, session: presentSettings(settings) };
  }

  /** What a key was made for; undefined for a key that is not ours. Throws HttpRefusal when it expired. */
  settingsFor(key: string, nowSeconds: number): SessionSettings | undefined {
    const secret = this.#secrets.get(key);
    if (secret && secret.expiresAt <= nowSeconds)
      throw new HttpRefusal(401, { code: 'invalid_api_key', message: 'The client secret has expired.' });
    return secret?.settings;
  }
}

/** What a wrong body becomes over HTTP. */
export function toRefusal(error: unknown): HttpRefusal {
  if (error instanceof HttpRefusal) return error;
  if (error instanceof ProtocolError) return new HttpRefusal(400, error.wire());
  return new HttpRefusal(500, {
    type: 'server_error',
    code: 'internal_error',
    message: 'The simulator failed on this request.',
  });
}
