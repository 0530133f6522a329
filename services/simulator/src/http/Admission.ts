import { newId } from '../protocol/ids.ts';
import type { Scenario } from '../scenarios/schema.ts';
import { mergeSettings } from '../session/mergeSettings.ts';
import { defaultSettings, type SessionSettings } from '../session/settings.ts';
import type { ClientSecrets } from './ClientSecrets.ts';
import { HttpRefusal } from './refusals.ts';

export interface AdmissionOptions {
  secrets: ClientSecrets;
  scenario: Scenario;
  sessionSeconds: number;
}

/** What a request says about the session that it wants. */
export interface Wish {
  key: string;
  kind: 'realtime' | 'transcription';
  /** Empty when only a client secret can tell. */
  model: string;
  /** Undefined leaves the server's. */
  scenario: Scenario | undefined;
  /** Settings that came with the request. */
  session?: Record<string, unknown> | undefined;
}

export interface Admitted {
  settings: SessionSettings;
  scenario: Scenario;
  sessionSeconds: number;
}

/** Decides who gets a session, and with which settings; the same for every way in. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #refused = new WeakMap<Scenario, number>();

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** Throws HttpRefusal, or ProtocolError about a wrong setting. */
  admit({ key, kind, model: named, scenario: chosen, session }: Wish): Admitted {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const prepared = this.#options.secrets.settingsFor(key, nowSeconds);
    const model = named || prepared?.model || '';
    if (kind === 'realtime' && !model)
      throw new HttpRefusal(400, {
        code: 'missing_model',
        message: 'You must provide a model parameter.',
        param: 'model',
      });
    const scenario = chosen ?? this.#options.scenario;
    this.#refuseByScenario(scenario);
    const sessionSeconds = scenario.sessionSeconds ?? this.#options.sessionSeconds;
    const id = newId('sess');
    const expiresAt = nowSeconds + Math.round(sessionSeconds);
    const blank = prepared ? { ...prepared, id, expiresAt } : defaultSettings(kind, model, id, expiresAt);
    return {
      settings: session ? mergeSettings(blank, session, false) : blank,
      scenario,
      sessionSeconds,
    };
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
}
