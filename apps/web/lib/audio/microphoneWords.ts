import type { MicrophoneFailure } from './microphoneFailure.ts';

/** What happened to the microphone, what to do about it, and whether asking again can help. */
export interface MicrophoneWords {
  title: string;
  text: string;
  retry: boolean;
}

export const MICROPHONE_WORDS: Record<MicrophoneFailure, MicrophoneWords> = {
  denied: {
    title: 'The microphone is blocked for this page',
    text: 'Open the site settings beside the address (the lock or the sliders), allow the microphone, then try again.',
    retry: true,
  },
  missing: {
    title: 'No microphone was found',
    text: 'Plug one in or connect your headset, then try again.',
    retry: true,
  },
  busy: {
    title: 'The microphone cannot be opened',
    text: 'Another program may be using it. Close that program, or choose another microphone, then try again.',
    retry: true,
  },
  insecure: {
    title: 'The microphone needs HTTPS',
    text: 'Browsers give the microphone only to pages opened by https:// (or on the computer itself, by localhost). Open Parley by its https address to speak; listening and typing work here too.',
    retry: false,
  },
  unsupported: {
    title: 'This browser has no microphone for pages',
    text: 'Open this address in a current Chrome, Edge, Firefox or Safari to speak. You can listen and type here.',
    retry: false,
  },
  lost: {
    title: 'Your microphone was lost',
    text: 'It was unplugged, or its permission was taken back. The others do not hear you at the moment.',
    retry: true,
  },
  unknown: {
    title: 'The microphone did not start',
    text: 'Try again. If that does not help, reload the page.',
    retry: true,
  },
};
