import { once } from 'node:events';
import { FRAME_SAMPLES } from '@parley/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LinkEvents, RealtimeLink } from '../room/ports.ts';
import { ALREADY_ACTIVE, NOT_ACTIVE } from '../room/ResponseQueue.ts';

export interface LinkUnderTest {
  link: RealtimeLink;
  /** Frames of 480 samples that the provider takes for speech, at least 1 s. */
  speech: Int16Array;
  close(): Promise<void> | void;
}

/** What a room relies on, whatever is behind the link. `open` gives a fresh link whose provider answers by itself. */
export function realtimeLinkContract(name: string, open: () => Promise<LinkUnderTest>): void {
  describe(`RealtimeLink: ${name}`, () => {
    let under: LinkUnderTest;
    let link: RealtimeLink;

    beforeEach(async () => {
      under = await open();
      ({ link } = under);
    });
    afterEach(() => under.close());

    const next = async <Name extends keyof LinkEvents>(name: Name): Promise<LinkEvents[Name][0]> => {
      const [fact] = await once(link.events, name);
      return fact as LinkEvents[Name][0];
    };
    const append = (pcm: Int16Array) => {
      for (let at = 0; at < pcm.length; at += FRAME_SAMPLES)
        link.appendAudio(pcm.subarray(at, at + FRAME_SAMPLES));
    };
    /** Asks for a response and waits for its first sound. */
    const speaking = async () => {
      const created = next('responseCreated');
      const audio = next('audioDelta');
      link.createResponse();
      return { ...(await created), ...(await audio) };
    };

    test('speech becomes one item: started, stopped, committed, transcribed, on the clock of the audio', async () => {
      const started = next('speechStarted');
      const stopped = next('speechStopped');
      const committed = next('committed');
      const transcript = next('transcriptCompleted');
      append(new Int16Array(24_000));
      append(under.speech.subarray(0, 24_000));
      append(new Int16Array(24_000));
      const { itemId, atMs } = await started;
      expect(atMs).toBeGreaterThanOrEqual(600);
      expect(atMs).toBeLessThanOrEqual(1_200);
      const stop = await stopped;
      expect(stop.itemId).toBe(itemId);
      expect(stop.atMs).toBeGreaterThan(1_500);
      expect(stop.atMs).toBeLessThanOrEqual(3_000);
      expect((await committed).itemId).toBe(itemId);
      expect(await transcript).toMatchObject({ itemId, text: expect.stringMatching(/\w/) as string });
    });

    test('a response: created, audio, words, done with usage, all of one item', async () => {
      link.createItem({ id: 'item_1', role: 'system', text: 'Speaking: Anna.' });
      link.createItem({ id: 'item_2', role: 'user', text: 'Hello?' });
      const done = next('responseDone');
      const words = next('replyTranscriptDone');
      let samples = 0;
      link.events.on('audioDelta', ({ pcm }) => (samples += pcm.length));
      const { responseId, itemId } = await speaking();
      expect(await words).toMatchObject({ responseId, itemId, text: expect.stringMatching(/\w/) as string });
      expect(await done).toMatchObject({ responseId, status: 'completed', error: undefined });
      expect((await done).usage?.outputAudioTokens).toBeGreaterThan(0);
      expect(samples).toBeGreaterThan(4_800);
    });

    test('two responses at a time are one too many', async () => {
      const rejected = next('rejected');
      link.createResponse();
      link.createResponse();
      expect(await rejected).toMatchObject({ code: ALREADY_ACTIVE, causedBy: 'response' });
    });

    test('a cancelled response ends as cancelled, and another may follow', async () => {
      const { responseId } = await speaking();
      const done = next('responseDone');
      link.cancelResponse(responseId);
      expect(await done).toMatchObject({ responseId, status: 'cancelled' });
      expect((await speaking()).responseId).not.toBe(responseId);
    });

    test('what is over cannot be cancelled', async () => {
      const done = next('responseDone');
      link.createResponse();
      const { responseId } = await done;
      const rejected = next('rejected');
      link.cancelResponse(responseId);
      expect(await rejected).toMatchObject({ code: NOT_ACTIVE, causedBy: 'cancel' });
    });

    test('an aside is written beside the conversation: an answer, but no event', async () => {
      const told: string[] = [];
      for (const name of ['responseCreated', 'responseDone', 'replyTranscriptDone', 'rejected'] as const)
        link.events.on(name, () => void told.push(name));
      link.createItem({ id: 'item_1', role: 'user', text: 'My name is Anna.' });
      const { text, responseId } = await link.ask('Sum up the conversation.', 200);
      expect(text).toMatch(/\w/);
      expect(responseId).toBeTruthy();
      expect(told).toEqual([]);
    });

    test('an aside of a link that closes is not answered', async () => {
      const answer = link.ask('Sum up the conversation.', 200);
      link.close('enough');
      await expect(answer).rejects.toThrow();
      await expect(link.ask('Sum up the conversation.', 200)).rejects.toThrow();
    });

    test('truncating within what was said is accepted, beyond it is refused', async () => {
      const done = next('responseDone');
      const { itemId } = await speaking();
      await done;
      const rejected = next('rejected');
      link.truncate(itemId, 0, 100);
      link.truncate(itemId, 0, 3_600_000);
      expect(await rejected).toMatchObject({ causedBy: 'truncate' });
    });

    test('closed: told once and last, and everything afterwards does nothing', async () => {
      const { responseId, itemId } = await speaking();
      const told: string[] = [];
      for (const name of ['closed', 'audioDelta', 'responseDone', 'rejected'] as const)
        link.events.on(name, () => void told.push(name));
      link.close('enough');
      link.close('enough');
      expect(link.closed).toEqual({ code: 'closed', message: 'enough' });
      link.appendAudio(under.speech);
      link.createItem({ id: 'item_1', role: 'user', text: 'Hello?' });
      link.createResponse();
      link.cancelResponse(responseId);
      link.truncate(itemId, 0, 10);
      link.sendToolOutput('c', '{}');
      await under.close();
      expect(told).toEqual(['closed']);
    });
  });
}
