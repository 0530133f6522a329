import { afterAll, beforeAll, expect, test } from 'vitest';
import { repeated } from '../support/audio/voices.ts';
import { launchBrowser, type TestBrowser } from '../support/browser/launchBrowser.ts';
import { RoomPage } from '../support/browser/RoomPage.ts';
import { report } from '../support/report.ts';
import { startStack, type Stack } from '../support/stack/startStack.ts';

let stack: Stack;
let browser: TestBrowser;
let phone: RoomPage;
beforeAll(async () => {
  stack = await startStack({ web: true });
  browser = await launchBrowser({
    microphone: await repeated('chloe', 60, 5_000),
    context: {
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 3,
      isMobile: true,
      hasTouch: true,
      reducedMotion: 'no-preference', // once with all that moves
    },
  });
  phone = new RoomPage(browser.page);
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

/** Nothing is cut off at the side, and every control is large enough for a thumb (WCAG 2.2, 2.5.8: 24 px at least). */
async function expectFits(screen: string): Promise<void> {
  const { overflow, small } = await browser.page.evaluate<{ overflow: number; small: string[] }>(`({
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    small: [...document.querySelectorAll('button, a[href], input, select')]
      .filter((element) => element.checkVisibility())
      .map((element) => [element.getBoundingClientRect(), element])
      .filter(([box]) => box.width > 1 && box.height > 1 && Math.min(box.width, box.height) < 24)
      .map(([box, element]) => element.outerHTML.slice(0, 80) + ' ' + box.width + 'x' + box.height),
  })`);
  expect([screen, overflow, small]).toEqual([screen, 0, []]);
}

test('the whole way on a phone of 390 pixels', async () => {
  await browser.page.goto(stack.url);
  await browser.page.getByTestId('create-session').waitFor();
  await expectFits('list');
  await phone.create(stack.url);
  await expectFits('lobby');
  await phone.join('Chloe');
  await expectFits('room');
  await phone.sendText('Thumbs are enough.');
  await phone.said('user', 'Thumbs are enough.');
  const answer = await phone.said('assistant', /./);
  await phone.toggleMute();
  await phone.toggleMute();
  await phone.end();
  await phone.sees('Thumbs are enough.');
  await expectFits('timeline');
  report('phone', { answer: answer.text.slice(0, 60) });
  expect(browser.errors).toEqual([]);
});
