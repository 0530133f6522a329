import type { Asker, CallCause, ParticipantId } from '@parley/contract';

const MAX_ASKERS = 50;
const MAX_WORDS = 4_000;

/**
 * Several causes as one: each counts alike. Words of an unknown voice make all of it unclear: then nobody is named, so
 * that nobody's rights are lent to them.
 */
export function mergeCauses(causes: readonly CallCause[]): CallCause {
  const known = causes.filter(({ by }) => by !== 'nobody');
  const clear = known.every(({ askers }) => askers.length > 0);
  return {
    askers: clear ? mergeAskers(known) : [],
    overlap: Math.max(0, ...known.map(({ overlap }) => overlap)),
    by: mergeWays(known),
    words: mergeWords(known),
  };
}

function mergeAskers(causes: readonly CallCause[]): Asker[] {
  const sums = new Map<ParticipantId, Asker>();
  for (const { askers } of causes)
    for (const asker of askers) {
      const before = sums.get(asker.participantId)?.share ?? 0;
      // Thirds add up to a little more than one.
      const share = Math.min(1, before + asker.share / causes.length);
      sums.set(asker.participantId, { ...asker, share });
    }
  return [...sums.values()].toSorted((a, b) => b.share - a.share).slice(0, MAX_ASKERS);
}

function mergeWays(causes: readonly CallCause[]): CallCause['by'] {
  const ways = new Set(causes.map(({ by }) => by));
  const [only = 'nobody'] = ways;
  return ways.size > 1 ? 'both' : only;
}

/** One after the other, with names when there are several; the newest that fit. */
function mergeWords(causes: readonly CallCause[]): string {
  const said = causes.filter(({ words }) => words);
  const lines = said.map(({ askers, words }) =>
    said.length > 1 && askers.length > 0
      ? `${askers.map(({ name }) => name).join(' and ')}: ${words}`
      : words,
  );
  return lines.join('\n').slice(-MAX_WORDS);
}
