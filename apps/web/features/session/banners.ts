import type { BannerTone } from '../../components/Banner.tsx';
import type { MicrophoneState } from '../../lib/audio/Microphone.ts';
import { MICROPHONE_WORDS } from '../../lib/audio/microphoneWords.ts';
import type { SessionSnapshot } from './sessionModel.ts';

export type BannerAction = 'hear' | 'retry-link' | 'retry-media' | 'open-microphone';

export interface RoomBanner {
  key: string;
  tone: BannerTone;
  title: string;
  text?: string;
  action?: BannerAction;
  /** Epoch milliseconds of the next try: the banner counts down to it. */
  retryAt?: number;
  /** What closing it means: dropping that notice, or not seeing this banner again while it says the same. */
  close?: { notice: number } | 'hide';
}

/** What a hidden banner is known by: another cause makes it another banner. */
export const signatureOf = ({ key, title }: Pick<RoomBanner, 'key' | 'title'>): string => `${key}: ${title}`;

/** On a phone more would push the conversation off the screen. */
const MAX_BANNERS = 3;

/**
 * What stands in the way at the moment, the most pressing first, each with its way on. `hidden` are the signatures of
 * those that the person has read and closed.
 */
export function bannersOf(
  snapshot: SessionSnapshot,
  microphone: MicrophoneState,
  hidden: ReadonlySet<string> = new Set(),
): RoomBanner[] {
  return [
    ...playbackBanners(snapshot),
    ...linkBanners(snapshot),
    ...mediaBanners(snapshot),
    ...microphoneBanners(snapshot, microphone),
    ...assistantBanners(snapshot),
    ...noticeBanners(snapshot),
  ]
    .filter((banner) => !hidden.has(signatureOf(banner)))
    .slice(0, MAX_BANNERS);
}

function playbackBanners({ playbackBlocked }: SessionSnapshot): RoomBanner[] {
  if (!playbackBlocked) return [];
  return [
    {
      key: 'playback',
      tone: 'info',
      title: 'Your browser waits for a tap before it plays sound.',
      action: 'hear',
    },
  ];
}

function linkBanners({ link, media }: SessionSnapshot): RoomBanner[] {
  const meanwhile =
    media === 'up'
      ? 'You still hear each other; the page catches up by itself.'
      : 'The page comes back by itself as soon as the server does.';
  if (link.at === 'retrying')
    return [{ key: 'link', tone: 'warning', title: 'Reconnecting…', text: meanwhile }];
  if (link.at !== 'waiting') return [];
  const title = link.problem === null ? 'The server is out of reach.' : `${link.problem.title}.`;
  const text = link.problem?.text ?? meanwhile;
  return [{ key: 'link', tone: 'warning', title, text, action: 'retry-link', retryAt: link.retryAt }];
}

function mediaBanners({ media, link }: SessionSnapshot): RoomBanner[] {
  if (media === 'slow')
    return [
      {
        key: 'media',
        tone: 'info',
        title: 'Connecting the sound…',
        text: 'It takes longer than usual. A firewall or a VPN may be in the way.',
      },
    ];
  // While the hub is away its own banner says what there is to say.
  if (media === 'healing')
    return link.at !== 'live'
      ? []
      : [
          {
            key: 'media',
            tone: 'warning',
            title: 'The sound was interrupted.',
            text: 'Looking for another way through the network…',
          },
        ];
  if (media === 'unsupported')
    return [
      {
        key: 'media',
        tone: 'error',
        title: 'This browser cannot carry the sound.',
        text: 'You can read along here. To talk and listen, open this address in a current Chrome, Edge, Firefox or Safari.',
      },
    ];
  if (media !== 'failed') return [];
  return [
    {
      key: 'media',
      tone: 'error',
      title: 'No sound gets through.',
      text: 'A firewall, a VPN or a guest network may block it. Try another network or switch the VPN off, then try again.',
      action: 'retry-media',
    },
  ];
}

function microphoneBanners(snapshot: SessionSnapshot, microphone: MicrophoneState): RoomBanner[] {
  if (snapshot.listenOnly) return [];
  if (snapshot.room?.me.silenced)
    return [
      {
        key: 'silenced',
        tone: 'info',
        title: 'The owner has muted your microphone.',
        text: 'You hear the others and can type.',
        close: 'hide',
      },
    ];
  if (microphone.at === 'failed') {
    const { title, text, retry } = MICROPHONE_WORDS[microphone.why];
    const banner: RoomBanner = { key: 'microphone', tone: 'error', title: `${title}.`, text, close: 'hide' };
    return [retry ? { ...banner, action: 'open-microphone' } : banner];
  }
  if (microphone.at === 'off')
    return [
      {
        key: 'microphone',
        tone: 'info',
        title: 'Your microphone is off.',
        text: 'You hear the others and can type.',
        action: 'open-microphone',
        close: 'hide',
      },
    ];
  if (snapshot.microphoneTrouble !== null)
    return [
      {
        key: 'microphone',
        tone: 'error',
        title: 'The room does not get your microphone.',
        text: snapshot.microphoneTrouble,
        action: 'retry-media',
      },
    ];
  if (microphone.at === 'on' && microphone.silenced)
    return [
      {
        key: 'microphone',
        tone: 'warning',
        title: 'Your system keeps the microphone silent.',
        text: 'Look for a switch on the headset, or a running phone call.',
      },
    ];
  return [];
}

function assistantBanners({ room }: SessionSnapshot): RoomBanner[] {
  if (room?.assistant.phase !== 'unavailable') return [];
  return [
    {
      key: 'assistant',
      tone: 'warning',
      title: `${room.session.agentName} is not available.`,
      text: `${room.assistant.message ?? 'The provider does not answer.'} The conversation among you goes on.`,
    },
  ];
}

function noticeBanners({ room }: SessionSnapshot): RoomBanner[] {
  return (room?.notices ?? []).toReversed().map((notice) => ({
    key: `notice-${notice.id}`,
    tone: notice.level,
    title: notice.message,
    close: { notice: notice.id },
  }));
}
