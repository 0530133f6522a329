import { parse, write } from 'sdp-transform';

/** What the provider's answers say of themselves. */
const STREAM = 'realtimeapi';

/**
 * The answer in the provider's shape: ice-lite, DTLS client, host candidates of the address that we listen on, the
 * stream named `realtimeapi`, a newline at the end (without it libwebrtc refuses the last line).
 */
export function providerAnswer(sdp: string, host: string): string {
  const description = parse(sdp);
  description.icelite = 'ice-lite';
  for (const media of description.media) {
    media.setup = 'active';
    media.candidates = (media.candidates ?? []).filter(
      ({ ip, port }, index, all) =>
        ip === host && all.findIndex((other) => other.ip === ip && other.port === port) === index,
    );
    if (media.type === 'audio') media.msid = [{ id: STREAM, appdata: 'audio' }];
  }
  return `${write(description).trimEnd()}\r\n`;
}
