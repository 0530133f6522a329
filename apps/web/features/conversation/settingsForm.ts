import {
  DEFAULT_CONVERSATION,
  type AnswerMode,
  type ConversationChange,
  type ConversationSettings,
  type ToolPolicies,
  type TurnDetection,
} from '@parley/contract';
import { money } from '../../lib/format.ts';

type Server = Extract<TurnDetection, { type: 'server' }>;
type Eagerness = Extract<TurnDetection, { type: 'semantic' }>['eagerness'];

/** What the owner sees of the settings, as it stands in the fields. */
export interface SettingsForm {
  answer: AnswerMode;
  /** Separated by commas. */
  names: string;
  detection: TurnDetection['type'];
  silenceMs: number;
  eagerness: Eagerness;
  bargeIn: boolean;
  /** US dollars; empty for no limit. */
  limit: string;
  /** What it may have done, and on whose word. */
  tools: ToolPolicies;
}

export type FormErrors = Partial<Record<'names' | 'limit', string>>;
export type FormReading = { ok: true; change: ConversationChange } | { ok: false; errors: FormErrors };

export const SILENCE_MS = { min: 200, max: 2_000, step: 100 };
const MAX_NAMES = 8;
const MAX_NAME_LENGTH = 40;
const MAX_LIMIT_USD = 10_000;

export function formOf(settings: ConversationSettings): SettingsForm {
  const { turnDetection, costLimitUsd } = settings;
  return {
    answer: settings.answer,
    names: settings.wakeNames.join(', '),
    detection: turnDetection.type,
    silenceMs: serverOf(turnDetection).silenceMs,
    eagerness: turnDetection.type === 'semantic' ? turnDetection.eagerness : 'auto',
    bargeIn: settings.bargeIn.enabled,
    limit: costLimitUsd === null ? '' : `${costLimitUsd}`,
    tools: settings.tools,
  };
}

/** Only what differs is sent: what somebody else changed meanwhile stays. */
export function readForm(form: SettingsForm, before: ConversationSettings): FormReading {
  const wakeNames = namesOf(form.names);
  const costLimitUsd = limitOf(form.limit);
  const errors: FormErrors = {
    ...(typeof wakeNames === 'string' ? { names: wakeNames } : {}),
    ...(typeof costLimitUsd === 'string' ? { limit: costLimitUsd } : {}),
  };
  if (typeof wakeNames === 'string' || typeof costLimitUsd === 'string') return { ok: false, errors };
  const wanted = {
    answer: form.answer,
    wakeNames,
    turnDetection: detectionOf(form, before.turnDetection),
    bargeIn: { ...before.bargeIn, enabled: form.bargeIn },
    costLimitUsd,
    tools: form.tools,
  };
  const change = Object.fromEntries(
    Object.entries(wanted).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key as keyof ConversationSettings]),
    ),
  );
  return { ok: true, change };
}

const serverOf = (detection: TurnDetection): Server =>
  detection.type === 'server' ? detection : (DEFAULT_CONVERSATION.turnDetection as Server);

function detectionOf(form: SettingsForm, before: TurnDetection): TurnDetection {
  switch (form.detection) {
    case 'server':
      return { ...serverOf(before), silenceMs: form.silenceMs };
    case 'semantic':
      return { type: 'semantic', eagerness: form.eagerness };
    default:
      return { type: 'none' };
  }
}

/** The names, or what is wrong with them. */
function namesOf(text: string): string[] | string {
  const names = [
    ...new Set(
      text
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
    ),
  ];
  if (names.length > MAX_NAMES) return `${MAX_NAMES} names at most.`;
  const long = names.find((name) => name.length > MAX_NAME_LENGTH);
  return long === undefined ? names : `“${long.slice(0, 12)}…” is too long for a name.`;
}

function limitOf(text: string): number | null | string {
  const written = text
    .trim()
    .replace(/^\$\s*/, '')
    .replace(',', '.');
  if (written === '') return null;
  const limit = /^\d+(\.\d*)?$|^\.\d+$/.test(written) ? Number(written) : Number.NaN;
  if (Number.isNaN(limit)) return 'Write an amount in US dollars, such as 2.50.';
  if (limit <= 0) return 'The limit must be more than nothing. Leave it empty for none.';
  return limit > MAX_LIMIT_USD ? `At most ${money(MAX_LIMIT_USD)}.` : limit;
}
