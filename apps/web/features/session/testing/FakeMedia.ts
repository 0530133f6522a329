import type { Media, MediaHandlers, Voice } from '../MediaPort.ts';

/** Transports that do what the test says. */
export class FakeMedia implements Media {
  readonly handlers: MediaHandlers;
  readonly sent: string[] = [];
  wanted: ReadonlyMap<string, Voice> = new Map();
  microphone: MediaStreamTrack | null = null;
  muted = false;
  standing = true;
  restarts = 0;
  closed = 0;
  open = true;
  restart: () => Promise<void> = () => Promise.resolve();

  constructor(handlers: MediaHandlers) {
    this.handlers = handlers;
  }

  sync(wanted: ReadonlyMap<string, Voice>): void {
    this.wanted = wanted;
  }
  setMicrophone(track: MediaStreamTrack | null): void {
    this.microphone = track;
  }
  setMuted(muted: boolean): void {
    this.muted = muted;
  }
  send(text: string): boolean {
    if (this.open) this.sent.push(text);
    return this.open;
  }
  async stillThere(): Promise<boolean> {
    return this.standing;
  }
  restartIce(): Promise<void> {
    this.restarts += 1;
    return this.restart();
  }
  close(): void {
    this.closed += 1;
  }

  /** Both channels open and packets flow. */
  comeUp(): void {
    this.handlers.onFlow('up');
    this.handlers.onReady();
  }
}
