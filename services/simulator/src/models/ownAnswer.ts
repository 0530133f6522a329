/** What the simulator thinks of by itself. */
export interface OwnAnswer {
  text: string;
  calls?: readonly { name: string; arguments: Record<string, unknown> }[];
}

const MAX_QUOTE = 400;

export const quote = (text: string): string =>
  text.length > MAX_QUOTE ? `${text.slice(0, MAX_QUOTE)}…` : text;
