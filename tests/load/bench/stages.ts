import { Session, type Profiler } from 'node:inspector/promises';
import { basename } from 'node:path';

export const STAGES = [
  'receive',
  'decode',
  'hearing',
  'mix',
  'encode',
  'send',
  'room',
  'gc',
  'bench',
] as const;
export type Stage = (typeof STAGES)[number];

/** What a sample belongs to by the innermost function that is told here: by its file, or by file and name. */
const BY_FILE: Readonly<Record<string, Stage>> = {
  'Hearing.ts': 'hearing',
  'BandTrack.ts': 'hearing',
  'EchoGuard.ts': 'hearing',
  'SpeechGate.ts': 'hearing',
  'SameRoom.ts': 'hearing',
  'likeness.ts': 'hearing',
  'fft512.ts': 'hearing',
  'Mixer.ts': 'mix',
  'mix.ts': 'mix',
  'Limiter.ts': 'mix',
  'RtpGuard.ts': 'receive',
  'Continuity.ts': 'receive',
  'InjectedRouterMicrophone.ts': 'receive',
  'packRtp.ts': 'receive',
  'JitterBuffer.ts': 'receive',
  'PacketOrder.ts': 'receive',
  'DelayEstimate.ts': 'receive',
  'opusPacket.ts': 'receive',
  'Source.ts receive': 'receive',
  'rtp.ts readRtp': 'receive',
  'rtp.ts write': 'send',
  'opus.ts decode': 'decode',
  'opus.ts decodeFec': 'decode',
  'opus.ts conceal': 'decode',
  'opus.ts encode': 'encode',
  'Room.ts': 'room',
  'RoomAudio.ts': 'room',
  'VoiceTrack.ts': 'send',
  'Source.ts': 'room',
  'Member.ts': 'room',
  'MemoryRoom.ts speak': 'send',
  'MemoryRoom.ts': 'bench',
  'FakeClock.ts': 'bench',
  'mixer.ts': 'bench',
};

/** Runs `work` under the engine's profiler; the share of each stage in its time, which add up to 1. */
export async function sharesOf(work: () => void): Promise<Record<Stage, number>> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 200 });
    await session.post('Profiler.start');
    work();
    const { profile } = await session.post('Profiler.stop');
    return shares(profile);
  } finally {
    session.disconnect();
  }
}

function shares({ nodes, samples = [] }: Profiler.Profile): Record<Stage, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const stages = new Map<number, Stage | undefined>();
  const stageOf = (id: number | undefined): Stage | undefined => {
    if (id === undefined) return undefined;
    if (!stages.has(id)) stages.set(id, ownStage(byId.get(id)) ?? stageOf(parents.get(id)));
    return stages.get(id);
  };
  const counts = Object.fromEntries(STAGES.map((stage) => [stage, 0])) as Record<Stage, number>;
  for (const id of samples) counts[stageOf(id) ?? 'bench'] += 1;
  const total = Math.max(1, samples.length);
  return Object.fromEntries(STAGES.map((stage) => [stage, counts[stage] / total])) as Record<Stage, number>;
}

function ownStage(node: Profiler.ProfileNode | undefined): Stage | undefined {
  if (!node) return undefined;
  const { functionName, url } = node.callFrame;
  if (functionName === '(garbage collector)') return 'gc';
  const file = basename(url);
  return BY_FILE[`${file} ${functionName}`] ?? BY_FILE[file];
}
