import { readSessionId, type AnswerMode, type ParticipantId, type SessionId } from '@parley/contract';
import type { Locator, Page } from 'playwright-core';
import { until } from '../until.ts';
import { Ear, type Heard } from './Ear.ts';

export interface TranscriptItem {
  role: string;
  itemId: string;
  text: string;
}

/** What a person sees and does in one window, found by the page's `data-testid`s. */
export class RoomPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** From the list: makes a session and stands in its lobby. */
  async create(url: string): Promise<SessionId> {
    await this.page.goto(url);
    await this.#get('create-session').click();
    await this.#get('join-button').waitFor();
    return this.sessionId;
  }

  /** From the list: types the ID that somebody read aloud, and stands in the lobby. */
  async openById(url: string, id: SessionId): Promise<void> {
    await this.page.goto(url);
    const input = this.#get('join-id');
    await input.fill(id);
    await input.press('Enter');
    await this.#get('join-button').waitFor();
  }

  /** From the lobby into the room. */
  async join(name: string): Promise<void> {
    await this.fillName(name);
    await this.press('join-button');
    await this.isInside();
  }

  /** Waits until the room is there and its sound and data get through. Throws with what is to be seen instead. */
  async isInside(): Promise<void> {
    try {
      await this.seesElement('room', { 'data-media': 'up' });
    } catch (error) {
      const room = await this.page.evaluate<object>(
        `({ ...document.querySelector('[data-testid="room"]')?.dataset })`,
      );
      const words = await this.page.locator('body').innerText();
      throw new Error(`Not in the room, but ${JSON.stringify(room)}:\n${words.slice(0, 1_000)}`, {
        cause: error,
      });
    }
  }

  async fillName(name: string): Promise<void> {
    await this.#get('name-input').fill(name);
  }

  async press(testId: string): Promise<void> {
    await this.#get(testId).click();
  }

  /** Waits until an element with this `data-testid`, and these attributes, is to be seen. */
  async seesElement(testId: string, attributes: Readonly<Record<string, string>> = {}): Promise<void> {
    const conditions = Object.entries(attributes).map(([name, value]) => `[${name}="${value}"]`);
    await this.page
      .locator(`[data-testid="${testId}"]${conditions.join('')}`)
      .first()
      .waitFor();
  }

  get sessionId(): SessionId {
    const id = readSessionId(this.page.url());
    if (!id) throw new Error(`No session ID in ${this.page.url()}`);
    return id;
  }

  /** Waits until a row for this name is there. */
  async participant(name: string): Promise<ParticipantId> {
    const row = this.#get('participant-row').filter({ hasText: name }).first();
    await row.waitFor();
    return (await row.getAttribute('data-participant-id')) as ParticipantId;
  }

  async participantCount(): Promise<number> {
    return this.#get('participant-row').count();
  }

  /** dBov as the page shows it now. */
  async level(of: Heard): Promise<number> {
    const element =
      of === 'assistant'
        ? this.#get('assistant')
        : this.page.locator(`[data-testid="participant-row"][data-participant-id="${of.participantId}"]`);
    return Number(await element.first().getAttribute('data-level'));
  }

  async assistantPhase(): Promise<string | null> {
    return this.#get('assistant').first().getAttribute('data-phase');
  }

  async transcript(): Promise<TranscriptItem[]> {
    return this.#get('transcript-item').evaluateAll((elements) =>
      elements.map((element) => ({
        role: element.getAttribute('data-role') ?? '',
        itemId: element.getAttribute('data-item-id') ?? '',
        text: (element.textContent ?? '').trim(),
      })),
    );
  }

  /** Waits for a line of that role with these words. */
  async said(role: string, words: string | RegExp): Promise<TranscriptItem> {
    const matches = (text: string) => (typeof words === 'string' ? text.includes(words) : words.test(text));
    return until(
      `${role} to have said ${String(words)}`,
      async () => (await this.transcript()).find((item) => item.role === role && matches(item.text)),
      { everyMs: 200 },
    );
  }

  async sendText(text: string): Promise<void> {
    await this.#get('text-input').fill(text);
    await this.#get('send-text').click();
  }

  /** As the owner: how the assistant takes part from now on. Fields that are not given stay as they are. */
  async configure(wanted: { answer?: AnswerMode; wakeNames?: string; costLimit?: string }): Promise<void> {
    await this.#get('settings-button').click();
    if (wanted.answer !== undefined) await this.#get(`answer-${wanted.answer}`).click();
    if (wanted.wakeNames !== undefined) await this.#get('wake-names').fill(wanted.wakeNames);
    if (wanted.costLimit !== undefined) await this.#get('cost-limit').fill(wanted.costLimit);
    await this.#get('save-settings').click();
    await this.#get('settings-form').waitFor({ state: 'detached' });
  }

  /** How many elements with this `data-testid` there are. */
  async count(testId: string): Promise<number> {
    return this.#get(testId).count();
  }

  async toggleMute(): Promise<void> {
    await this.#get('mute-button').click();
  }

  async leave(): Promise<void> {
    await this.#get('leave-button').click();
  }

  async end(): Promise<void> {
    await this.#get('end-button').click();
    await this.#get('confirm').click();
  }

  listen(to: Heard): Promise<Ear> {
    return Ear.listen(this.page, to);
  }

  /** Packets of its microphone that left the page so far. */
  packetsSent(): Promise<number> {
    return this.page.evaluate<number>('testRecorder.packetsSent()');
  }

  /** Waits until the page says it somewhere. */
  async sees(words: string | RegExp): Promise<void> {
    await this.page.getByText(words).first().waitFor();
  }

  /** `data-link` of the room: how the page stands with the hub. */
  async link(): Promise<string | null> {
    return this.#get('room').getAttribute('data-link');
  }

  /** `data-media` of the room: whether sound gets through. */
  async media(): Promise<string | null> {
    return this.#get('room').getAttribute('data-media');
  }

  #get(testId: string): Locator {
    return this.page.getByTestId(testId);
  }
}
