import { cx } from '../lib/cx.ts';
import { levelShare } from '../lib/format.ts';

/** How much of the level each bar follows: tallest in the middle, like the mark. */
const SHAPES: Record<number, number[]> = {
  5: [0.55, 0.8, 1, 0.8, 0.55],
  7: [0.4, 0.65, 0.85, 1, 0.85, 0.65, 0.4],
};

interface Props {
  /** dBov, -127…0. */
  level: number;
  tone: 'voice' | 'assistant';
  bars?: 5 | 7;
  className?: string;
}

/** Vertical bars that stand as high as a voice is loud: green for people, blue for the assistant. */
export function LevelBars({ level, tone, bars = 5, className }: Props) {
  const share = levelShare(level);
  return (
    <span aria-hidden className={cx('flex items-center justify-center', className ?? 'h-5 gap-[3px]')}>
      {SHAPES[bars]?.map((shape, index) => (
        <span
          key={index}
          style={{ height: `max(4px, ${share * shape * 100}%)`, opacity: 0.35 + share * 0.65 }}
          className={cx(
            'w-[14%] max-w-2 min-w-1 rounded-full transition-[height,opacity] duration-100 ease-linear',
            tone === 'voice' ? 'bg-voice' : 'bg-assistant',
          )}
        />
      ))}
    </span>
  );
}
