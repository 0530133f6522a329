'use client';
import { useEffect, useState } from 'react';
import { Listening } from '../lib/audio/Listening.ts';
import { levelShare } from '../lib/format.ts';
import { cx } from '../lib/cx.ts';

const SEGMENTS = 22;
const EVERY_MS = 60;

/** A strip of light that follows a track ten times a second and more. */
export function LevelMeter({ track, label }: { track: MediaStreamTrack | null; label: string }) {
  const [share, setShare] = useState(0);
  useEffect(() => {
    if (track === null) return undefined;
    const listening = new Listening(track);
    const timer = setInterval(() => setShare(levelShare(listening.level())), EVERY_MS);
    return () => {
      clearInterval(timer);
      listening.close();
      setShare(0);
    };
  }, [track]);
  const lit = Math.round(share * SEGMENTS);
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      data-testid="microphone-meter"
      className="flex h-3 items-stretch gap-[3px]"
    >
      {Array.from({ length: SEGMENTS }, (_, index) => (
        <span
          key={index}
          className={cx(
            'flex-1 rounded-full transition-colors duration-75',
            index >= lit ? 'bg-line' : index > SEGMENTS * 0.86 ? 'bg-accent' : 'bg-voice',
          )}
        />
      ))}
    </div>
  );
}
