import { expect, test } from 'vitest';
import { saysName } from './wakeName.ts';

test.each<[said: string, names: string[], heard: boolean]>([
  ['Parley, what is the time?', ['Parley'], true],
  ['What do you think, PARLEY?', ['parley'], true],
  ["Is that Parley's idea?", ['Parley'], true],
  ['Wir fragen Parleys Meinung.', ['Parley'], true],
  ['Hey parly what about lunch', ['Parley'], true],
  ['Parlez, what is next?', ['Parley'], true],
  ['Par ley, are you there?', ['Parley'], true],
  ['We parleyed for hours.', ['Parley'], false],
  ['Nothing to see here.', ['Parley'], false],
  ['', ['Parley'], false],
  ['Ada, help.', ['Ada'], true],
  ['¡Áda! ¿Qué hora es?', ['Ada'], true],
  ['The adapter is broken.', ['Ada'], false],
  ['Canada is large.', ['Ada'], false],
  ['Ads are everywhere.', ['Ada'], false],
  ['He paid a dollar.', ['Ada'], false],
  ['Zoe, please.', ['Zoë'], true],
  ['Hallo Jürgen', ['Jurgen'], true],
  ['hey computer what is up', ['Parley', 'Hey Computer'], true],
  ['Computer says no.', ['Hey Computer'], false],
  ['Ask chat gpt.', ['ChatGPT'], true],
  ['Ask ChatGPT.', ['Chat GPT'], true],
  ["O'Brien, your turn", ['OBrien'], true],
  ['R2 D2 come here', ['R2-D2'], true],
  ['パーレイさん、今何時ですか', ['パーレイ'], true],
  ['今何時ですか', ['パーレイ'], false],
  ['팔리야 지금 몇 시야', ['팔리'], true],
  ['Anything at all', ['!!!'], false],
])('%j with %j: %s', (said, names, heard) => {
  expect(saysName(said, names)).toBe(heard);
});

/** What a search that goes back and forth would not end within any patience. */
test('an hour of talk is searched once', () => {
  const talk = 'and then we went on about it '.repeat(6_000);
  expect(saysName(talk, ['Parley', 'Hey Computer', 'Ada'])).toBe(false);
});
