import type { LinkFactory, LinkRefused, LinkSettings } from '../room/ports.ts';
import { FakeLink } from './FakeLink.ts';

/** Makes FakeLinks, or refuses to. */
export class FakeProvider {
  /** In the order of connecting; the last is the current one. */
  readonly links: FakeLink[] = [];
  readonly settings: LinkSettings[] = [];
  /** While set, nobody gets a link. */
  refusal: LinkRefused | undefined;
  /** While set, connecting waits for it. */
  gate: Promise<void> | undefined;
  /** What its links say that they may live. */
  expiresInMs: number | undefined;
  attempts = 0;

  readonly connect: LinkFactory = async (settings, signal) => {
    this.attempts += 1;
    await this.gate;
    signal.throwIfAborted();
    if (this.refusal) throw this.refusal;
    const link = new FakeLink(this.links.length === 0 ? '' : `${this.links.length + 1}_`);
    link.detects = settings.turnDetection.type !== 'none';
    link.expiresInMs = this.expiresInMs;
    this.settings.push(settings);
    this.links.push(link);
    return link;
  };

  get link(): FakeLink {
    const link = this.links.at(-1);
    if (!link) throw new Error('Nobody has connected yet');
    return link;
  }
}
