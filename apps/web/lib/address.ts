import type { SessionId } from '@parley/contract';

/** Where another device finds this session: the address that this page itself was opened by. */
export const sessionAddress = (id: SessionId): string => `${globalThis.location.origin}/s/${id}`;
