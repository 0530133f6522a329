import { readFile } from 'node:fs/promises';
import type { ParticipantId, SessionId } from '@parley/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repeated } from '../support/audio/voices.ts';
import { launchBrowser, type TestBrowser } from '../support/browser/launchBrowser.ts';
import { RoomPage } from '../support/browser/RoomPage.ts';
import { HubApi } from '../support/HubApi.ts';
import { startStack, type Stack } from '../support/stack/startStack.ts';
import { until } from '../support/until.ts';

let stack: Stack;
let laptop: TestBrowser;
let mobile: TestBrowser;
let anna: RoomPage;
let ben: RoomPage;
let sessionId: SessionId;
let benId: ParticipantId;

beforeAll(async () => {
  stack = await startStack({ web: true });
  laptop = await launchBrowser({ microphone: await repeated('anna', 60, 4_000) });
  mobile = await launchBrowser({
    microphone: await repeated('ben', 60, 4_000),
    context: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: 'dark' },
  });
  anna = new RoomPage(laptop.page);
  ben = new RoomPage(mobile.page);
  sessionId = await anna.create(stack.url);
  await anna.join('Anna');
  await ben.openById(stack.url, sessionId);
  await ben.join('Ben');
  benId = await anna.participant('Ben');
});
afterAll(async () => {
  await Promise.all([laptop?.close(), mobile?.close()]);
  await stack?.close();
});

const seatOf = (page: TestBrowser, id: string) =>
  page.page.locator(`[data-testid="participant-row"][data-participant-id="${id}"] button`);

test('the owner mutes somebody by keyboard; that device reads so and cannot undo it', async () => {
  await until('Ben to be heard', async () => (await anna.level({ participantId: benId })) > -60);
  await seatOf(laptop, benId).focus();
  await laptop.page.keyboard.press('Enter');
  await laptop.page.getByTestId('silence-person').focus();
  await laptop.page.keyboard.press('Enter');
  await anna.seesElement('unsilence-person');
  await anna.seesElement('participant-row', { 'data-participant-id': benId, 'data-muted': 'true' });
  await ben.sees('The owner has muted your microphone.');
  expect(await mobile.page.getByTestId('mute-button').isDisabled()).toBe(true);
  await until('Ben to be silent', async () => (await ben.level({ participantId: benId })) <= -100);
  await anna.press('unsilence-person');
  await laptop.page.keyboard.press('Escape');
  await until('Ben to be heard again', async () => (await anna.level({ participantId: benId })) > -60);
});

test('the owner locks the session: the lobby says so, and who tries is refused', async () => {
  await anna.press('invite-button');
  await anna.press('lock-switch');
  await anna.seesElement('session-id-chip', { 'data-locked': 'true' });
  await laptop.page.keyboard.press('Escape');
  const stranger = await mobile.context.newPage();
  const chloe = new RoomPage(stranger);
  await chloe.openById(stack.url, sessionId);
  await chloe.seesElement('lobby-locked');
  await chloe.fillName('Chloe');
  await chloe.press('listen-only');
  await chloe.press('join-button');
  await chloe.seesElement('join-problem');
  await stranger.close();
  await mobile.page.reload();
  await ben.isInside();
});

test('the owner removes somebody, who reads it and cannot come back', async () => {
  await seatOf(laptop, benId).click();
  await anna.press('remove-person');
  await anna.press('confirm');
  await ben.sees('You were removed from the session');
  await until('one to be left', async () => (await anna.participantCount()) === 1);
  await ben.press('join-again');
  await ben.seesElement('lobby-locked');
  const types = (await new HubApi(stack.url).events(sessionId)).map(({ type }) => type);
  expect(types.filter((type) => type === 'participant:silenced')).toHaveLength(2);
  expect(types).toContain('session:locked');
});

test('who took part reads and exports it afterwards, who did not is told what to do', async () => {
  await anna.end();
  await anna.sees('Ben was removed by the owner');
  const [download] = await Promise.all([
    laptop.page.waitForEvent('download'),
    laptop.page.getByTestId('export-md').click(),
  ]);
  expect(download.suggestedFilename()).toBe(`${sessionId}.md`);
  expect(await readFile(await download.path(), 'utf8')).toContain('Anna');
  await laptop.page.goto(`${stack.url}/s/${sessionId}`);
  await anna.sees('Ben was removed by the owner');
  await ben.seesElement('timeline-closed');
  expect(laptop.errors).toEqual([]);
});
