import type { z } from 'zod';

export interface WireError {
  type: string;
  code: string | null;
  message: string;
  param: string | null;
}

/** A client did something that the protocol refuses. It becomes an `error` event; the session goes on (S3). */
export class ProtocolError extends Error {
  readonly code: string;
  readonly param: string | null;
  readonly type: string;

  constructor(code: string, message: string, param: string | null = null, type = 'invalid_request_error') {
    super(message);
    this.name = 'ProtocolError';
    this.code = code;
    this.param = param;
    this.type = type;
  }

  wire(): WireError {
    return { type: this.type, code: this.code, message: this.message, param: this.param };
  }
}

/** Parses `input` or throws a ProtocolError about the first wrong field, named below `root` (`session`, `item`). */
export function parseField<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  root: string,
): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw fromIssue(deepest(parsed.error.issues), input, root);
}

type Issue = z.core.$ZodIssue;

/** In a union the branch that got furthest says most. */
function deepest(issues: Issue[], base: PropertyKey[] = []): Issue & { at: PropertyKey[] } {
  const found = issues.map((issue): Issue & { at: PropertyKey[] } => {
    const at = [...base, ...issue.path];
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return { ...issue, at };
    const inner = issue.errors
      .filter((branch) => branch.length > 0)
      .map((branch) => deepest(branch, at))
      .toSorted((a, b) => b.at.length - a.at.length)[0];
    return inner && inner.at.length > at.length ? inner : { ...issue, at };
  });
  const [first] = found;
  if (!first) throw new Error('A failed parse without an issue');
  return first;
}

function fromIssue(issue: Issue & { at: PropertyKey[] }, input: unknown, root: string): ProtocolError {
  if (issue.code === 'unrecognized_keys') {
    const param = fieldName(root, [...issue.at, issue.keys[0] ?? '']);
    return new ProtocolError('unknown_parameter', `Unknown parameter: '${param}'.`, param);
  }
  const param = fieldName(root, issue.at);
  if (issue.at.length > 0 && valueAt(input, issue.at) === undefined)
    return new ProtocolError('missing_required_parameter', `Missing required parameter: '${param}'.`, param);
  const code = issue.code === 'invalid_type' ? 'invalid_type' : 'invalid_value';
  const what = code === 'invalid_type' ? 'Invalid type for' : 'Invalid value for';
  return new ProtocolError(code, `${what} '${param}': ${issue.message}.`, param);
}

/** `session.tools[0].name` */
function fieldName(root: string, path: PropertyKey[]): string {
  let name = root;
  for (const key of path) {
    if (typeof key === 'number') name += `[${key}]`;
    else name += name ? `.${String(key)}` : String(key);
  }
  return name;
}

function valueAt(input: unknown, path: PropertyKey[]): unknown {
  let value: unknown = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}
