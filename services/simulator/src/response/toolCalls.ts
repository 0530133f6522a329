import type { FunctionTool, Tool, ToolChoice } from '../session/sessionSchema.ts';

export interface PlannedCall {
  name: string;
  /** JSON text. */
  arguments: string;
}

/** Words that ask for something to be done. */
const ASKING =
  /\b(use|using|run|call|ask|start|let|have|please|can|could|would|write|build|make|execute|try|go)\b/i;

/** Other words than its name by which a tool is asked for, if it is declared; those about jobs come first. */
const ALIASES: { tool: string; pattern: RegExp }[] = [
  { tool: 'job_cancel', pattern: /\b(?:cancel|stop|abort)\b.*\bjob\b/i },
  { tool: 'job_steer', pattern: /\b(?:tell|steer)\b.*\bjob\b/i },
  { tool: 'job_status', pattern: /\b(?:status of|how (?:is|are)|what about)\b.*\bjobs?\b/i },
  { tool: 'nested_team', pattern: /\b(?:ask|have|let|get)\s+(?:the|a|our|your)\s+team\b/i },
  { tool: 'code', pattern: /\b(?:ask|have|let|get)\s+(?:the|a|our|your)\s+coding agent\b/i },
];

/**
 * The tool that a text asks for, if the session declares it: its name (`nested_team`, "nested team") beside a word that
 * asks, or JSON arguments behind the name. A choice of `required` or of one function always calls (S45).
 */
export function askedCall(text: string, tools: readonly Tool[], choice: ToolChoice): PlannedCall | undefined {
  if (choice === 'none') return undefined;
  const functions = tools.filter((tool): tool is FunctionTool => tool.type === 'function');
  const alias = ALIASES.find(({ tool, pattern }) => pattern.test(text) && declares(functions, tool));
  const named =
    functions.find(({ name }) => name === alias?.tool) ?? functions.find((tool) => names(text, tool.name));
  if (typeof choice === 'object' && choice.type === 'function') {
    const forced = functions.find((tool) => tool.name === choice.name);
    return forced && planCall(forced, text);
  }
  const wanted = choice === 'required' ? (named ?? functions[0]) : named;
  return wanted && planCall(wanted, text);
}

const declares = (functions: readonly FunctionTool[], tool: string) =>
  functions.some(({ name }) => name === tool);

function names(text: string, tool: string): boolean {
  const name = tool.replace(/[_-]+/g, '[\\s_-]+');
  const found = new RegExp(`\\b${name}\\b`, 'i').exec(text);
  if (!found) return false;
  const rest = text.slice(found.index + found[0].length);
  return ASKING.test(text) || /^\s*[({]/.test(rest);
}

function planCall(tool: FunctionTool, text: string): PlannedCall {
  const given = /\{[\s\S]*\}/.exec(text)?.[0];
  if (given && isJson(given)) return { name: tool.name, arguments: given };
  const { properties } = tool.parameters ?? {};
  const filled = isRecord(properties)
    ? Object.fromEntries(
        wantedNames(tool, properties).map((name) => [name, fill(properties[name], wordsFor(name, text))]),
      )
    : {};
  return { name: tool.name, arguments: JSON.stringify(filled) };
}

/** What is to be done, without the words that ask for it: "plan a trip" of "ask the team to plan a trip". */
function wordsFor(property: string, text: string): string {
  const task = /\bto\s+(\S.*)$/is.exec(text)?.[1];
  if (property === 'task') return task ?? text;
  return property === 'instruction' ? (task ?? /\bjob\s+\S+\s+(\S.*)$/is.exec(text)?.[1] ?? text) : text;
}

/** The required properties; without such a list, all of them. */
function wantedNames(tool: FunctionTool, properties: Record<string, unknown>): string[] {
  const required = tool.parameters?.['required'];
  const names = Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
  return names.length > 0 ? names : Object.keys(properties);
}

/** A value that a JSON schema accepts: what was asked for where a text goes. */
function fill(schema: unknown, text: string): unknown {
  if (!isRecord(schema)) return text;
  if (Array.isArray(schema['enum'])) return schema['enum'][0] ?? null;
  switch (schema['type']) {
    case 'number':
    case 'integer':
      return Number(/\d{1,6}/.exec(text)?.[0] ?? schema['minimum'] ?? 1);
    case 'boolean':
      return true;
    case 'array':
      return [fill(schema['items'], text)];
    case 'object': {
      const { properties } = schema;
      if (!isRecord(properties)) return {};
      return Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, fill(inner, text)]));
    }
    default:
      return text;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
