/** `0:07`, `12:30`, `1:02:03`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const tail = `${Math.floor(seconds / 60) % 60}`.padStart(seconds >= 3600 ? 2 : 1, '0');
  const text = `${tail}:${`${seconds % 60}`.padStart(2, '0')}`;
  return seconds >= 3600 ? `${Math.floor(seconds / 3600)}:${text}` : text;
}

/** A length of time in words: `8 s`, `12 min`, `1 h 5 min`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** `just now`, `4 min ago`, `2 h ago`, then the day. */
export function ago(at: number, now: number): string {
  const ms = now - at;
  if (ms < 45_000) return 'just now';
  if (ms < 3_600_000) return `${Math.max(1, Math.round(ms / 60_000))} min ago`;
  if (ms < 86_400_000) return `${Math.round(ms / 3_600_000)} h ago`;
  return day(at);
}

// Made once: a formatter costs a hundred times what it formats.
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

export const day = (at: number): string => DAY.format(at);

export const timeOfDay = (at: number): string => TIME.format(at);

/** `62 %` with the space that never breaks. */
export function percent(share: number): string {
  return `${Math.round(share * 100)}\u00a0%`;
}

/** Seconds with one decimal: `3.2 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)}\u00a0s`;
}

/** How full a level bar is, 0…1, for a level in dBov. Speech lives between -55 (a murmur) and -10 (loud). */
export function levelShare(dbov: number): number {
  return Math.min(1, Math.max(0, (dbov + 58) / 46));
}

const CENTS = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** `$0.04`, and `under $0.01` for what would look like nothing. */
export function money(usd: number): string {
  return usd > 0 && usd < 0.01 ? 'under $0.01' : CENTS.format(usd);
}
