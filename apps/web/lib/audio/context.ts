let shared: AudioContext | undefined;

/** One AudioContext for the whole page: browsers allow only a few. Undefined where there is none. */
export function audioContext(): AudioContext | undefined {
  if (typeof AudioContext === 'undefined') return undefined;
  shared ??= new AudioContext();
  return shared;
}

/** Contexts start asleep until the person touched the page; call it from a click or key handler. */
export function wakeAudio(): void {
  const context = audioContext();
  if (context?.state === 'suspended') void context.resume();
}
