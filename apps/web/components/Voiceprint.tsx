import { hash } from '../lib/people.ts';
import { cx } from '../lib/cx.ts';

const BARS = 26;

/** Heights 0…1 of a pattern that only this text has; xorshift seeded by its hash. */
function heightsOf(text: string): number[] {
  let state = hash(text) || 1;
  return Array.from({ length: BARS }, (_, index) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const envelope = Math.sin(((index + 0.5) / BARS) * Math.PI) ** 0.7;
    return 0.14 + 0.86 * envelope * ((state >>> 0) / 0xffffffff);
  });
}

interface Props {
  /** What the pattern belongs to: a session's ID. */
  of: string;
  live: boolean;
  className?: string;
}

/** The face of a session: bars drawn from its ID, so that the same session looks the same on every screen. */
export function Voiceprint({ of, live, className }: Props) {
  return (
    <svg
      viewBox={`0 0 ${BARS * 6} 40`}
      preserveAspectRatio="none"
      aria-hidden
      className={cx('overflow-visible', className)}
      strokeWidth={2.6}
      strokeLinecap="round"
    >
      {heightsOf(of).map((height, index) => (
        <path
          key={index}
          d={`M${index * 6 + 3} ${20 - height * 18}v${height * 36}`}
          vectorEffect="non-scaling-stroke"
          className={!live ? 'stroke-line-strong/55' : index % 5 === 3 ? 'stroke-assistant' : 'stroke-voice'}
        />
      ))}
    </svg>
  );
}
