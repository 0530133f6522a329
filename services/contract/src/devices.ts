import { z } from 'zod';
import { ParticipantId } from './ids.ts';

/** As many as a session may have. */
export const MAX_GROUPED_DEVICES = 16;

/** Who stands in one room with the asking device, itself among them. Fewer than two: its group is dissolved. */
export const DeviceGroup = { participantIds: z.array(ParticipantId).max(MAX_GROUPED_DEVICES) };
