/** Why there is no sound from this device. Each has words and a way on in `features/session/microphoneWords.ts`. */
export type MicrophoneFailure =
  'insecure' | 'unsupported' | 'denied' | 'missing' | 'busy' | 'lost' | 'unknown';

/** Browsers hide the microphone outside secure contexts; localhost counts as secure. */
export function whyImpossible(page: { secure: boolean; hasDevices: boolean }): MicrophoneFailure | undefined {
  if (page.hasDevices) return undefined;
  return page.secure ? 'unsupported' : 'insecure';
}

/** Reads the DOMException of getUserMedia (Media Capture and Streams, section 10.2). */
export function readFailure(error: unknown): MicrophoneFailure {
  const name = error instanceof Error ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'unknown';
  }
}
