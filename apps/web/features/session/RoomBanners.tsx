'use client';
import { Banner } from '../../components/Banner.tsx';
import { Button } from '../../components/Button.tsx';
import { useNow } from '../../lib/useNow.ts';
import type { BannerAction, RoomBanner } from './banners.ts';

interface Props {
  banners: RoomBanner[];
  onAction: (action: BannerAction) => void;
  onClose: (banner: RoomBanner) => void;
}

const BUTTONS: Record<BannerAction, string> = {
  hear: 'Tap to hear',
  'retry-link': 'Try now',
  'retry-media': 'Reconnect the sound',
  'open-microphone': 'Turn it on',
};

export function RoomBanners({ banners, onAction, onClose }: Props) {
  if (banners.length === 0) return null;
  return (
    <div className="flex flex-col gap-2 px-3 pt-3 sm:px-5" role="status">
      {banners.map((banner) => {
        const { action } = banner;
        return (
          <div key={banner.key} data-testid={`banner-${banner.key}`}>
            <Banner
              tone={banner.tone}
              title={banner.title}
              text={banner.text}
              onDismiss={banner.close === undefined ? undefined : () => onClose(banner)}
            >
              {action !== undefined && (
                <Button size="sm" onClick={() => onAction(action)}>
                  {BUTTONS[action]}
                  {banner.retryAt !== undefined && <Countdown to={banner.retryAt} />}
                </Button>
              )}
            </Banner>
          </div>
        );
      })}
    </div>
  );
}

/** Hidden from screen readers: a number that changes every second would not let them speak of anything else. */
function Countdown({ to }: { to: number }) {
  const now = useNow(250);
  return (
    <span aria-hidden className="min-w-8 text-right text-ink-faint tabular-nums">
      {Math.max(0, Math.ceil((to - now) / 1000))} s
    </span>
  );
}
