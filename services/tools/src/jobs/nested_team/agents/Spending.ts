import type { TeamFile } from './TeamFile.ts';

interface Tokens {
  inputTokens: number;
  outputTokens: number;
}

/** Counts the tokens of a run and what they cost; the cost is null once a model without a price has answered. */
export class Spending {
  readonly #prices: TeamFile['prices'];
  #input = 0;
  #output = 0;
  #costUsd: number | null = 0;

  constructor(prices: TeamFile['prices']) {
    this.#prices = prices;
  }

  add(model: string, usage: Tokens): void {
    this.#input += usage.inputTokens;
    this.#output += usage.outputTokens;
    const price = this.#prices[model];
    if (!price || this.#costUsd === null) this.#costUsd = null;
    else this.#costUsd += (usage.inputTokens * price.input + usage.outputTokens * price.output) / 1e6;
  }

  get costUsd(): number | null {
    return this.#costUsd;
  }

  get words(): string {
    return `${this.#input + this.#output} tokens (${this.#input} read, ${this.#output} written)`;
  }
}
