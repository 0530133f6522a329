import type {
  SessionFields,
  ToolChoice,
  Tool,
  TurnDetection,
  AudioFormat,
  Transcription,
} from './sessionSchema.ts';

/** What a session is set to, all fields present. A transcription session uses the input half only. */
export interface SessionSettings {
  kind: 'realtime' | 'transcription';
  id: string;
  /** Unix seconds. */
  expiresAt: number;
  model: string;
  instructions: string;
  outputModalities: ('text' | 'audio')[];
  tools: Tool[];
  toolChoice: ToolChoice;
  parallelToolCalls: boolean | undefined;
  reasoning: { effort?: string | undefined } | undefined;
  maxOutputTokens: number | 'inf';
  tracing: SessionFields['tracing'] | null;
  truncation: NonNullable<SessionFields['truncation']>;
  include: string[] | null;
  prompt: SessionFields['prompt'] | null;
  inputFormat: AudioFormat;
  noiseReduction: { type: 'near_field' | 'far_field'; strength: number } | null;
  transcription: Transcription | null;
  turnDetection: TurnDetection | null;
  outputFormat: AudioFormat;
  voice: string | { id: string };
  speed: number;
}

const PCM: AudioFormat = { type: 'audio/pcm', rate: 24_000 };
const INSTRUCTIONS =
  'You are a helpful, friendly voice assistant. Answer briefly, in the language in which you are spoken to.';

/** The model names that take `reasoning` and `parallel_tool_calls`. */
export function isReasoningModel(model: string): boolean {
  return /^gpt-realtime-[2-9]/.test(model);
}

export function defaultTurnDetection(type: 'server_vad' | 'semantic_vad'): TurnDetection {
  if (type === 'semantic_vad')
    return { type, eagerness: 'auto', create_response: true, interrupt_response: true };
  return {
    type,
    threshold: 0.5,
    prefix_padding_ms: 300,
    silence_duration_ms: 500,
    idle_timeout_ms: null,
    create_response: true,
    interrupt_response: true,
  };
}

export function defaultSettings(
  kind: SessionSettings['kind'],
  model: string,
  id: string,
  expiresAt: number,
): SessionSettings {
  const reasons = isReasoningModel(model);
  return {
    kind,
    id,
    expiresAt,
    model,
    instructions: INSTRUCTIONS,
    outputModalities: ['audio'],
    tools: [],
    toolChoice: 'auto',
    parallelToolCalls: reasons ? true : undefined,
    reasoning: reasons ? { effort: 'low' } : undefined,
    maxOutputTokens: 'inf',
    tracing: null,
    truncation: 'auto',
    include: null,
    prompt: null,
    inputFormat: PCM,
    noiseReduction: null,
    transcription: null,
    turnDetection: defaultTurnDetection('server_vad'),
    outputFormat: PCM,
    voice: 'marin',
    speed: 1,
  };
}

/** The session as `session.created`, `session.updated` and `client_secrets` show it. */
export function presentSettings(settings: SessionSettings) {
  const input = {
    format: settings.inputFormat,
    noise_reduction: settings.noiseReduction,
    transcription: settings.transcription,
    turn_detection: settings.turnDetection,
  };
  const common = { id: settings.id, expires_at: settings.expiresAt, include: settings.include };
  if (settings.kind === 'transcription')
    return { type: settings.kind, object: 'realtime.transcription_session', ...common, audio: { input } };
  return {
    type: settings.kind,
    object: 'realtime.session',
    ...common,
    model: settings.model,
    instructions: settings.instructions,
    output_modalities: settings.outputModalities,
    tools: settings.tools,
    tool_choice: settings.toolChoice,
    ...(settings.parallelToolCalls === undefined ? {} : { parallel_tool_calls: settings.parallelToolCalls }),
    ...(settings.reasoning ? { reasoning: settings.reasoning } : {}),
    max_output_tokens: settings.maxOutputTokens,
    tracing: settings.tracing,
    truncation: settings.truncation,
    prompt: settings.prompt,
    audio: {
      input,
      output: { format: settings.outputFormat, voice: settings.voice, speed: settings.speed },
    },
  };
}
