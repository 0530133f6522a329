import { Store } from '../store.ts';
import { readFailure, whyImpossible, type MicrophoneFailure } from './microphoneFailure.ts';

export interface MicrophoneChoice {
  deviceId: string;
  label: string;
}

export type MicrophoneState =
  | { at: 'off' }
  | { at: 'asking' }
  | { at: 'on'; track: MediaStreamTrack; deviceId: string; label: string; silenced: boolean }
  | { at: 'failed'; why: MicrophoneFailure };

/**
 * This device's microphone, from the permission to the loss of the plug. Owns its track; `close` stops it. The latest
 * `open` wins: an older one that answers late is stopped unheard.
 */
export class Microphone {
  readonly state = new Store<MicrophoneState>({ at: 'off' });
  readonly choices = new Store<MicrophoneChoice[]>([]);
  #opening = 0;
  #watching = false;

  /** Asks for the microphone (the browser may ask the person). Never throws: the outcome is in `state`. */
  async open(deviceId?: string): Promise<void> {
    const impossible = whyImpossible({
      secure: globalThis.isSecureContext,
      hasDevices: navigator.mediaDevices !== undefined,
    });
    if (impossible !== undefined) {
      this.state.set({ at: 'failed', why: impossible });
      return;
    }
    const opening = ++this.#opening;
    if (this.state.get().at !== 'on') this.state.set({ at: 'asking' });
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: constraints(deviceId) });
      const track = stream.getAudioTracks()[0];
      if (track === undefined) throw new DOMException('No audio track', 'NotFoundError');
      if (opening !== this.#opening) return track.stop();
      this.#take(track);
    } catch (error) {
      if (opening !== this.#opening) return;
      const why = readFailure(error);
      // A remembered microphone that is unplugged or in use elsewhere must not stand in the way of the others.
      if (deviceId && (why === 'missing' || why === 'busy')) return this.open();
      this.#drop();
      this.state.set({ at: 'failed', why });
    }
    await this.refresh();
  }

  /** Reads the list of microphones; labels are only known once one was allowed. */
  async refresh(): Promise<void> {
    if (navigator.mediaDevices === undefined) return;
    if (!this.#watching) {
      this.#watching = true;
      navigator.mediaDevices.addEventListener('devicechange', this.#onDeviceChange);
    }
    const found = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    const inputs = found.filter((device) => device.kind === 'audioinput' && device.deviceId !== '');
    this.choices.set(
      inputs.map((device, index) => ({
        deviceId: device.deviceId,
        label: device.label || `Microphone ${index + 1}`,
      })),
    );
  }

  /** Stops the track; `open` may be called again. */
  close(): void {
    this.#opening += 1;
    this.#drop();
    if (this.#watching) navigator.mediaDevices.removeEventListener('devicechange', this.#onDeviceChange);
    this.#watching = false;
    this.state.set({ at: 'off' });
  }

  #take(track: MediaStreamTrack): void {
    this.#drop();
    const view = (silenced: boolean): MicrophoneState => ({
      at: 'on',
      track,
      deviceId: track.getSettings().deviceId ?? '',
      label: track.label || 'Microphone',
      silenced,
    });
    const isCurrent = () => {
      const state = this.state.get();
      return state.at === 'on' && state.track === track;
    };
    // `ended` comes for an unplugged device or a permission taken back, never for our own stop().
    track.addEventListener('ended', () => {
      if (isCurrent()) this.state.set({ at: 'failed', why: 'lost' });
    });
    // The system (a hardware switch, a phone call) may silence a track that stays open.
    track.addEventListener('mute', () => isCurrent() && this.state.set(view(true)));
    track.addEventListener('unmute', () => isCurrent() && this.state.set(view(false)));
    this.state.set(view(track.muted));
  }

  #drop(): void {
    const state = this.state.get();
    if (state.at === 'on') state.track.stop();
  }

  readonly #onDeviceChange = (): void => {
    void this.refresh();
  };
}

function constraints(deviceId: string | undefined): MediaTrackConstraints {
  return {
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    ...(deviceId ? { deviceId: { exact: deviceId } } : {}),
  };
}

/** Whether the browser would hand out the microphone without asking. False where it will not say. */
export async function microphoneAllowed(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: 'microphone' })).state === 'granted';
  } catch {
    return false;
  }
}
