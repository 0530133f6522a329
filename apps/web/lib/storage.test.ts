import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SESSION, seat } from '../features/session/testing/samples.ts';
import {
  loadOwnerToken,
  loadSeat,
  readingToken,
  saveHistoryToken,
  saveOwnerToken,
  saveSeat,
} from './storage.ts';

class Area {
  readonly kept = new Map<string, string>();
  getItem = (key: string) => this.kept.get(key) ?? null;
  setItem = (key: string, value: string) => void this.kept.set(key, value);
  removeItem = (key: string) => void this.kept.delete(key);
}
let tab: Area;
let device: Area;
beforeEach(() => {
  tab = new Area();
  device = new Area();
  vi.stubGlobal('sessionStorage', tab);
  vi.stubGlobal('localStorage', device);
});
afterEach(() => void vi.unstubAllGlobals());

test('a seat is kept for the tab, the owner’s token for the device', () => {
  saveSeat(SESSION, seat());
  saveOwnerToken(SESSION, 'owner');
  expect([loadSeat(SESSION)?.token, loadOwnerToken(SESSION)]).toEqual(['a-token', 'owner']);
  expect([tab.kept.size, device.kept.size]).toEqual([1, 1]);
  saveSeat(SESSION, null);
  saveOwnerToken(SESSION, null);
  expect([tab.kept.size, device.kept.size]).toEqual([0, 0]);
});

test('a session is read with what was given for that, else as its owner', () => {
  expect(readingToken(SESSION)).toBeNull();
  saveOwnerToken(SESSION, 'owner');
  expect(readingToken(SESSION)).toBe('owner');
  saveHistoryToken(SESSION, 'history');
  expect(readingToken(SESSION)).toBe('history');
});

test.each(['', '{', '{"token":7}', 'null'])('a seat that makes no sense (%s) is forgotten', (text) => {
  tab.setItem(`parley:seat:${SESSION}`, text);
  expect(loadSeat(SESSION)).toBeUndefined();
  expect(tab.kept.size).toBe(0);
});

test('forbidden storage only forgets', () => {
  vi.stubGlobal('sessionStorage', undefined);
  saveSeat(SESSION, seat());
  expect(loadSeat(SESSION)).toBeUndefined();
});
