import { describeIssues, TOOL_NAMES, TOOLS } from '@parley/contract';
import type { ToolArguments, ToolName } from '@parley/contract';

type ReadCall = { [Name in ToolName]: { name: Name; arguments: ToolArguments<Name> } }[ToolName];

/** A few times the largest real arguments. */
const MAX_ARGUMENTS = 2_500_000;

/** What the model wants, or why it can not be understood, in words for the model. */
export function readCall(name: string, text: string): ReadCall | { error: string } {
  const tool = TOOL_NAMES.find((each) => each === name);
  if (!tool) return { error: `There is no tool "${name.slice(0, 60)}". There are: ${TOOL_NAMES.join(', ')}` };
  if (text.length > MAX_ARGUMENTS)
    return { error: `The arguments are too large: ${text.length} characters of at most ${MAX_ARGUMENTS}` };
  let given: unknown;
  try {
    // Some models send nothing where nothing is needed.
    given = text.trim() === '' ? {} : JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    return { error: `The arguments are no valid JSON (${why.slice(0, 200)}). Call it again with valid ones` };
  }
  const parsed = TOOLS[tool].arguments.safeParse(given);
  if (!parsed.success)
    return { error: `The arguments are wrong: ${describeIssues(parsed.error).slice(0, 800)}. Call it again` };
  return { name: tool, arguments: parsed.data } as ReadCall;
}
