import { describe, expect, it } from 'vitest';
import { agentsSuite } from './agentsSuite.ts';
import { hasTls, openaiSuite } from './openaiSuite.ts';
import { CLIENT_EVENTS, SERVER_EVENTS, type Coverage } from './protocolEvents.ts';
import { Witness } from './Witness.ts';

/** The official clients, unmodified, against the simulator; then which events of the protocol they saw. */
const witness = new Witness();
openaiSuite(witness);
agentsSuite(witness);

function table(title: string, events: Readonly<Record<string, Coverage>>): string {
  const lines = Object.entries(events).map(
    ([type, coverage]) =>
      `  ${coverage === true ? 'covered    ' : 'not covered'}  ${type}${coverage === true ? '' : ` (${coverage})`}`,
  );
  return `${title}\n${lines.join('\n')}\n`;
}

const covered = (events: Readonly<Record<string, Coverage>>) =>
  Object.keys(events).filter((type) => events[type] === true);

describe('the events of the protocol', () => {
  it.skipIf(!hasTls)('are covered as the table says, no more and no less', () => {
    process.stdout.write(table('From the client:', CLIENT_EVENTS) + table('From the server:', SERVER_EVENTS));
    expect(new Set(covered(SERVER_EVENTS))).toEqual(witness.server);
    expect(new Set(covered(CLIENT_EVENTS))).toEqual(witness.client);
  });

  it('without openssl the half that needs TLS is left out, and says so', () => {
    if (!hasTls)
      process.stdout.write(
        'No openssl on this machine: the openai client, which insists on TLS, was not run.\n',
      );
    expect(typeof hasTls).toBe('boolean');
  });
});
