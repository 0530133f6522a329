import { expect, test } from 'vitest';
import { launchBrowser } from '../support/browser/launchBrowser.ts';
import { HubApi } from '../support/HubApi.ts';
import { ModelCalls } from '../support/ModelCalls.ts';
import { startStack } from '../support/stack/startStack.ts';

test('H24 an owner sees the queues on the dashboard of BullMQ, and what is in them', async () => {
  const stack = await startStack({ tools: { scripted: 1 }, hubEnv: { ADMIN_FOR_OWNERS: 'true' } });
  const browser = await launchBrowser();
  const model = await ModelCalls.open(stack.stores.redisUrl);
  try {
    const { session, ownerToken } = await new HubApi(stack.url).createSession();
    await model.team(session.id, 'wait 60000 in sight');
    const { page } = browser;
    await page.goto(`${stack.url}/api/admin/`);
    await page.getByLabel('Token').fill('not a token');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Token').fill(ownerToken);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('link', { name: 'Queues of the tools' }).click();
    await page.getByRole('link', { name: 'nested_team' }).first().click();
    await page.goto(`${stack.url}/api/admin/queues/queue/nested_team?status=active`);
    await page.getByText('in sight').first().waitFor();
    // It shows and does nothing.
    expect(await page.getByRole('button', { name: /add job|obliterate|pause/i }).count()).toBe(0);
    const refused = await page.evaluate(async () => {
      const answer = await fetch('/api/admin/queues/api/queues/nested_team/pause', { method: 'PUT' });
      return answer.status;
    });
    expect(refused).toBe(405);
  } finally {
    await model.close();
    await browser.close();
    await stack.close();
  }
});
