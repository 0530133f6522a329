import type { ClipVoice } from './clips.ts';

interface VoiceShape {
  clips: ClipVoice;
  /** Played this much faster than recorded, which raises the pitch as well. */
  rate: number;
}

const BRIGHT: VoiceShape = { clips: 'bright', rate: 1 };

/** The protocol's ten names over two recorded voices. */
const VOICES = new Map<string, VoiceShape>([
  ['marin', BRIGHT],
  ['alloy', { clips: 'bright', rate: 0.94 }],
  ['coral', { clips: 'bright', rate: 1.05 }],
  ['sage', { clips: 'bright', rate: 0.97 }],
  ['shimmer', { clips: 'bright', rate: 1.1 }],
  ['cedar', { clips: 'deep', rate: 1 }],
  ['ash', { clips: 'deep', rate: 0.95 }],
  ['ballad', { clips: 'deep', rate: 0.92 }],
  ['echo', { clips: 'deep', rate: 1.05 }],
  ['verse', { clips: 'deep', rate: 1.09 }],
]);

export const VOICE_NAMES = [...VOICES.keys()];

/** A custom voice (`{id}`) speaks as marin does. */
export function voiceShape(voice: string | { id: string }): VoiceShape {
  return (typeof voice === 'string' ? VOICES.get(voice) : undefined) ?? BRIGHT;
}
