import { z } from 'zod';

/** One device's rights: an owner ends the session, a speaker talks, a listener only hears. */
export const ROLES = ['owner', 'speaker', 'listener'] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;
