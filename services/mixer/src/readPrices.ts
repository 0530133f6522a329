import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { PRICES, PriceTable } from './room/prices.ts';

/**
 * The table of prices with somebody's own in it: `text` is JSON (`{"model": {"textIn": 4, …}}`), or the path of a file
 * with it. Throws with words when it is neither.
 */
export function readPrices(text: string | undefined): PriceTable {
  if (text === undefined) return PRICES;
  const inline = text.trimStart().startsWith('{');
  try {
    const own = PriceTable.parse(JSON.parse(inline ? text : readFileSync(text, 'utf8')));
    return { ...PRICES, ...own };
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`PRICES_JSON: ${why}`, { cause: error });
  }
}
