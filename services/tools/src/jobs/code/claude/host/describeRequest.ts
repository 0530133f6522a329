export interface ToolRequest {
  tool: string;
  input: Readonly<Record<string, unknown>>;
}

const MAX_WHAT = 300;
const MAX_DETAIL = 8_000;

/** What the people in the room are asked, when the agent wants to use a tool that needs a yes. */
export function describeRequest({ tool, input }: ToolRequest) {
  const { command, description } = input;
  if (tool === 'Bash' && typeof command === 'string') {
    const [line = ''] = command.split('\n');
    const cut = line.length > MAX_WHAT || command !== line;
    return {
      what: `Run: ${line.slice(0, MAX_WHAT)}${cut ? ' …' : ''}`,
      detail: command.slice(0, MAX_DETAIL),
      why: `The coding agent wants to run a command${typeof description === 'string' ? `: ${description.slice(0, 300)}` : ''}`,
    };
  }
  return {
    what: `Use ${tool}`,
    detail: JSON.stringify(input, undefined, 2).slice(0, MAX_DETAIL),
    why: 'The coding agent wants to use a tool that needs a yes.',
  };
}
