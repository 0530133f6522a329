/** Raised whenever a message of this package changes its meaning. Both ends of every wire compare it first. */
export const PROTOCOL_VERSION = 1;
