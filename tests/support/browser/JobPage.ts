import type { JobState } from '@parley/contract';
import type { Locator, Page } from 'playwright-core';

/** What a person sees of jobs in one window, and does about them. */
export class JobPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Waits until the card of this job says that it is at this. */
  async sees(number: number, state: JobState): Promise<void> {
    await this.#page
      .locator(`[data-testid="job-card"][data-number="${number}"][data-state="${state}"]`)
      .first()
      .waitFor();
  }

  async seesStep(number: number, words: string): Promise<void> {
    await this.#card(number).getByTestId('job-step').getByText(words).first().waitFor();
  }

  /** What is asked above the conversation. */
  async allow(): Promise<void> {
    await this.#page.getByTestId('ask-banner').getByTestId('ask-allow').click();
  }

  async deny(): Promise<void> {
    await this.#page.getByTestId('ask-banner').getByTestId('ask-deny').click();
  }

  async cancel(number: number): Promise<void> {
    await this.#card(number).getByTestId('job-cancel').click();
  }

  async steer(number: number, instruction: string): Promise<void> {
    const card = this.#card(number);
    await card.getByTestId('job-steer').click();
    await card.getByTestId('job-instruction').fill(instruction);
    await card.getByTestId('job-instruct').click();
  }

  /** The states of all cards in the conversation, in their order. */
  async states(): Promise<string[]> {
    await this.#card(1).waitFor();
    return this.#page
      .getByTestId('job-card')
      .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-state') ?? ''));
  }

  async openList(): Promise<void> {
    await this.#page.getByTestId('jobs-chip').click();
    await this.#page.getByTestId('jobs-list').waitFor();
  }

  /** Numbers of the jobs in the list, from above. */
  async listed(): Promise<number[]> {
    return this.#page
      .getByTestId('jobs-list')
      .getByTestId('job-card')
      .evaluateAll((cards) => cards.map((card) => Number(card.getAttribute('data-number'))));
  }

  async openSettings(): Promise<void> {
    await this.#page.getByTestId('settings-button').click();
    await this.#page.getByTestId('settings-form').waitFor();
  }

  #card(number: number): Locator {
    return this.#page.locator(`[data-testid="job-card"][data-number="${number}"]`).first();
  }
}
