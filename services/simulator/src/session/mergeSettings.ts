import { isDeepStrictEqual } from 'node:util';
import { parseField, ProtocolError } from '../protocol/ProtocolError.ts';
import {
  sessionSchemaFor,
  type SessionFields,
  type TurnDetection,
  type TurnDetectionUpdate,
} from './sessionSchema.ts';
import { defaultTurnDetection, isReasoningModel, type SessionSettings } from './settings.ts';

type InputFields = NonNullable<NonNullable<SessionFields['audio']>['input']>;

/**
 * The settings after a `session.update`: only fields that are present change (S11). All or nothing: throws
 * ProtocolError and changes nothing when one field is wrong. `voiceLocked` once audio was answered (S13).
 */
export function mergeSettings(
  settings: SessionSettings,
  update: unknown,
  voiceLocked: boolean,
): SessionSettings {
  const fields = parseField(sessionSchemaFor(update), update, 'session');
  if (fields.type !== settings.kind)
    throw new ProtocolError(
      'invalid_value',
      `This is a ${settings.kind} session: it takes no update of type '${fields.type}'.`,
      'session.type',
    );
  const merged = { ...settings, ...mergeInput(settings, fields.audio?.input) };
  if (fields.include !== undefined) merged.include = fields.include;
  if (fields.type === 'transcription') return merged;
  refuseLocked(settings, fields, voiceLocked);

  const output = fields.audio?.output;
  merged.instructions = fields.instructions ?? merged.instructions;
  merged.outputModalities = fields.output_modalities ?? merged.outputModalities;
  merged.tools = fields.tools ?? merged.tools;
  merged.toolChoice = fields.tool_choice ?? merged.toolChoice;
  merged.parallelToolCalls = fields.parallel_tool_calls ?? merged.parallelToolCalls;
  merged.reasoning = fields.reasoning ? { ...merged.reasoning, ...fields.reasoning } : merged.reasoning;
  merged.maxOutputTokens = fields.max_output_tokens ?? merged.maxOutputTokens;
  merged.truncation = fields.truncation ?? merged.truncation;
  merged.outputFormat = output?.format ?? merged.outputFormat;
  merged.voice = output?.voice ?? merged.voice;
  merged.speed = output?.speed ?? merged.speed;
  if (fields.tracing !== undefined) merged.tracing = fields.tracing;
  if (fields.prompt !== undefined) merged.prompt = fields.prompt;
  return merged;
}

function refuseLocked(settings: SessionSettings, fields: SessionFields, voiceLocked: boolean): void {
  if (fields.model !== undefined && fields.model !== settings.model)
    throw new ProtocolError(
      'invalid_value',
      `The model of a session cannot be changed (it is '${settings.model}').`,
      'session.model',
    );
  const voice = fields.audio?.output?.voice;
  if (voiceLocked && voice !== undefined && !isDeepStrictEqual(voice, settings.voice))
    throw new ProtocolError(
      'cannot_update_voice',
      'The voice cannot be changed once the session has answered with audio.',
      'session.audio.output.voice',
    );
  if (
    settings.tracing &&
    fields.tracing !== undefined &&
    !isDeepStrictEqual(fields.tracing, settings.tracing)
  )
    throw new ProtocolError('invalid_value', 'Tracing cannot be changed once it is on.', 'session.tracing');
  for (const name of ['reasoning', 'parallel_tool_calls'] as const) {
    if (fields[name] !== undefined && !isReasoningModel(settings.model))
      throw new ProtocolError(
        'invalid_value',
        `'${name}' is not supported by the model '${settings.model}'.`,
        `session.${name}`,
      );
  }
}

function mergeInput(settings: SessionSettings, input: InputFields | undefined): Partial<SessionSettings> {
  if (!input) return {};
  const merged: Partial<SessionSettings> = {};
  if (input.format) merged.inputFormat = input.format;
  if (input.noise_reduction === null) merged.noiseReduction = null;
  else if (input.noise_reduction) {
    const before = settings.noiseReduction ?? { type: 'near_field', strength: 1 };
    merged.noiseReduction = {
      type: input.noise_reduction.type ?? before.type,
      strength: input.noise_reduction.strength ?? before.strength,
    };
  }
  if (input.transcription === null) merged.transcription = null;
  else if (input.transcription) merged.transcription = { ...settings.transcription, ...input.transcription };
  if (input.turn_detection === null) merged.turnDetection = null;
  else if (input.turn_detection)
    merged.turnDetection = mergeTurnDetection(settings.turnDetection, input.turn_detection);
  return merged;
}

/** Another type begins with the defaults of that type. */
function mergeTurnDetection(before: TurnDetection | null, update: TurnDetectionUpdate): TurnDetection {
  const base = before?.type === update.type ? before : defaultTurnDetection(update.type);
  return { ...base, ...update } as TurnDetection;
}
