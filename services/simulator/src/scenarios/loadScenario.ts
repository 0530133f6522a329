import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Scenario, type ScenarioInput } from './schema.ts';

/** A scenario that cannot be used; the message names it and each wrong field. */
export class ScenarioError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ScenarioError';
  }
}

const NAME = /^[a-z0-9-]+$/;

/** The scenarios that come with the simulator: the JSON files beside this one. */
export function scenarioNames(): string[] {
  return readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length));
}

/** Each is read once, so that counts such as `refuse.times` hold over connections. */
const named = new Map<string, Scenario>();

export const plainScenario: Scenario = Scenario.parse({});

/** A scenario by its name. Only names: what comes from a client must not open files. Throws ScenarioError. */
export function namedScenario(name: string): Scenario {
  if (!NAME.test(name) || !scenarioNames().includes(name))
    throw new ScenarioError(`There is no scenario '${name}'. There are: ${scenarioNames().join(', ')}.`);
  const scenario = named.get(name) ?? readScenarioFile(join(import.meta.dirname, `${name}.json`));
  named.set(name, scenario);
  return scenario;
}

/** A scenario by name, by the path of a JSON file, or given as an object. Throws ScenarioError. */
export function loadScenario(given: string | ScenarioInput | undefined): Scenario {
  if (given === undefined) return plainScenario;
  if (typeof given !== 'string') return checked(given, 'given');
  return NAME.test(given) ? namedScenario(given) : readScenarioFile(given);
}

function readScenarioFile(path: string): Scenario {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ScenarioError(`The scenario ${path} cannot be read as JSON.`, { cause: error });
  }
  return checked(content, path);
}

function checked(content: unknown, where: string): Scenario {
  const parsed = Scenario.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new ScenarioError(`The scenario ${where} is wrong:\n${z.prettifyError(parsed.error)}`);
}
