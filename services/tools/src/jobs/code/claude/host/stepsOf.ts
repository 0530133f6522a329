import type { JobStep } from '@parley/contract';

/** A message of the SDK, as far as it is read. */
export interface SdkMessage {
  type: string;
  subtype?: string;
  uuid?: string;
  isReplay?: boolean;
  error?: unknown;
  is_error?: boolean;
  result?: string;
  errors?: string[];
  api_error_status?: number | null;
  total_cost_usd?: number;
  message?: { content?: string | Block[] };
  tool_use_result?: unknown;
}

interface Block {
  type: string;
  text?: string;
  name?: string;
  input?: Record<string, unknown>;
  content?: unknown;
  is_error?: boolean;
}

interface Hunk {
  oldStart: number;
  oldLines: number;
  newStart: number;
  newLines: number;
  lines: string[];
}

const MAX_TEXT = 2_000;
const MAX_DETAIL = 8_000;

/** What a message is for the room: nothing, or one or more steps. Paths are told relative to the folder. */
export function stepsOf(message: SdkMessage, folder: string): JobStep[] {
  const { content } = message.message ?? {};
  if (!Array.isArray(content) || message.isReplay) return [];
  if (message.type === 'assistant') return content.flatMap((block) => said(block, folder));
  if (message.type !== 'user') return [];
  return content.flatMap((block) =>
    block.type === 'tool_result' ? came(block, message.tool_use_result, folder) : [],
  );
}

function said(block: Block, folder: string): JobStep[] {
  if (block.type === 'text' && block.text?.trim()) return [step('message', block.text)];
  if (block.type !== 'tool_use') return [];
  const { input = {}, name = 'a tool' } = block;
  const path = input['file_path'] ?? input['path'];
  if (name === 'Bash') return [step('command', `$ ${String(input['command'])}`)];
  if (name === 'Write' || name === 'Edit') return []; // told when it is done, with the difference
  const what = typeof path === 'string' ? short(path, folder) : textIn(input['pattern']);
  return [step('tool', `${name} ${what}`.trim())];
}

function came(block: Block, result: unknown, folder: string): JobStep[] {
  const text = textOf(block.content);
  if (block.is_error) return [step('error', firstLine(text), text.includes('\n') ? text : null)];
  if (!isRecord(result)) return [];
  if (typeof result['filePath'] === 'string') {
    const path = short(result['filePath'], folder);
    const created = result['type'] === 'create';
    const diff = created ? added(path, textIn(result['content'])) : changed(path, result['structuredPatch']);
    return [step('file', `${created ? 'Wrote' : 'Changed'} ${path}`, diff)];
  }
  if (typeof result['stdout'] !== 'string') return [];
  const output = [result['stdout'], result['stderr']].filter(Boolean).join('\n');
  return [step('command', firstLine(output) || '(no output)', output || null)];
}

function step(kind: JobStep['kind'], text: string, detail: string | null = null): JobStep {
  return {
    kind,
    agent: null,
    text: cut(text, MAX_TEXT),
    detail: detail === null ? null : cut(detail, MAX_DETAIL),
  };
}

const firstLine = (text: string) => text.split('\n', 1)[0] ?? '';
const textIn = (value: unknown) => (typeof value === 'string' ? value : '');
const cut = (text: string, max: number) => (text.length > max ? `${text.slice(0, max - 1)}…` : text);
const short = (path: string, folder: string) =>
  path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;

function added(path: string, content: string): string {
  const lines = content.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return [
    `--- /dev/null`,
    `+++ b/${path}`,
    `@@ -0,0 +1,${lines.length} @@`,
    ...lines.map((line) => `+${line}`),
  ].join('\n');
}

function changed(path: string, patch: unknown): string | null {
  if (!Array.isArray(patch)) return null;
  const hunks = (patch as Hunk[]).flatMap((hunk) => [
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines,
  ]);
  return [`--- a/${path}`, `+++ b/${path}`, ...hunks].join('\n');
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return (content as Block[]).map((block) => block.text ?? '').join('\n');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
