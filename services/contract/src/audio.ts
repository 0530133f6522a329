/** The numbers that every part of the audio path shares. Inside, all audio is mono Int16 at 24 kHz in 20 ms frames. */

/** Samples per second inside the mixer and towards the provider (Realtime API `audio/pcm`, rate 24000). */
export const SAMPLE_RATE = 24_000;
/** Length of one frame: what WebRTC's Opus sends by default (RFC 7587 section 6.1, `ptime`). */
export const FRAME_MS = 20;
/** Samples in one frame: 480. */
export const FRAME_SAMPLES = (SAMPLE_RATE * FRAME_MS) / 1000;
/** The RTP clock of Opus is always 48 kHz, whatever rate it codes (RFC 7587 section 4.1). */
export const RTP_CLOCK_RATE = 48_000;
/** RTP timestamp ticks of one frame: 960. */
export const RTP_TICKS_PER_FRAME = (RTP_CLOCK_RATE * FRAME_MS) / 1000;
/** How often levels are sent to every device. */
export const LEVELS_PER_SECOND = 10;
/** Levels are in dBov as in RFC 6464: 0 is the loudest, -127 is silence. */
export const SILENCE_DBOV = -127;
