import { APPEND_FUNCTION } from '@parley/kit/sequencedLog';
import { Script } from '@parley/kit/script';

/**
 * One step: nothing happens when a field is not what it was when it was read ('changed'), or when there are facts and
 * their session has no counter ('no-counter'); otherwise every command runs and every fact is told ('done').
 *
 * KEYS: stream, counter, then those that checks and commands name by their place. ARGV: channel, seconds a fact is
 * remembered; number of checks, for each: key, field, value ('' for none); number of facts, for each: the key that
 * remembers it, body; number of commands, for each: name, key (0 for none), number of arguments, arguments.
 */
const COMMIT = `${APPEND_FUNCTION}
local stream, counter, channel, seconds = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local at = 2
local function take() at = at + 1; return ARGV[at] end
for _ = 1, tonumber(take()) do
  local key = KEYS[tonumber(take())]
  local field = take()
  local value = take()
  if (redis.call('HGET', key, field) or '') ~= value then return 'changed' end
end
local facts = {}
for i = 1, tonumber(take()) do
  local seen = take()
  facts[i] = {seen, take()}
end
if #facts > 0 and redis.call('EXISTS', counter) == 0 then return 'no-counter' end
for _ = 1, tonumber(take()) do
  local command = {take()}
  local place = tonumber(take())
  local count = tonumber(take())
  if place > 0 then command[2] = KEYS[place] end
  for _ = 1, count do command[#command + 1] = take() end
  redis.call(unpack(command))
end
for _, fact in ipairs(facts) do append(stream, counter, fact[1], fact[2], channel, seconds) end
return 'done'
`;

export const commitScript = new Script(COMMIT);

/** What one step needs and does, in terms of Redis. */
export class Step {
  readonly #keys: string[];
  readonly #checks: (string | number)[][] = [];
  readonly #facts: string[][] = [];
  readonly #commands: (string | number)[][] = [];

  constructor(stream: string, counter: string) {
    this.#keys = [stream, counter];
  }

  /** The field must still have this value. */
  check(key: string, field: string, value: string | undefined): void {
    this.#checks.push([this.#place(key), field, value ?? '']);
  }

  /** Any command on one key. */
  run(command: string, key: string, ...args: (string | number)[]): void {
    this.#commands.push([command, this.#place(key), args.length, ...args]);
  }

  publish(channel: string, message: string): void {
    this.#commands.push(['PUBLISH', 0, 2, channel, message]);
  }

  tell(seen: string, body: string): void {
    this.#facts.push([seen, body]);
  }

  get isEmpty(): boolean {
    return this.#commands.length === 0 && this.#facts.length === 0;
  }

  get keys(): readonly string[] {
    return this.#keys;
  }

  args(channel: string, seenSeconds: number): (string | number)[] {
    const list = (items: (string | number)[][]) => [items.length, ...items.flat()];
    return [channel, seenSeconds, ...list(this.#checks), ...list(this.#facts), ...list(this.#commands)];
  }

  #place(key: string): number {
    const there = this.#keys.indexOf(key);
    return there >= 0 ? there + 1 : this.#keys.push(key);
  }
}
