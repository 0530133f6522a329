import { DownwardMessage, type ParticipantId } from '@parley/contract';
import { ASSISTANT } from './LevelBoard.ts';
import type { Voice } from './MediaPort.ts';

/** A message of the room, or undefined for what makes no sense: a newer room may say more than this page knows. */
export function readMessage(text: string): DownwardMessage | undefined {
  try {
    return DownwardMessage.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Producer ID → whose voice, for everybody that this device should hear: all but itself. */
export function wantedVoices(
  state: Extract<DownwardMessage, { type: 'room:state' }>,
  me: ParticipantId,
): Map<string, Voice> {
  const wanted = new Map<string, Voice>([[state.assistantProducerId, ASSISTANT]]);
  for (const { participantId, producerId } of state.sources)
    if (participantId !== me) wanted.set(producerId, participantId);
  return wanted;
}
