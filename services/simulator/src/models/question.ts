/** What a model is asked, whichever API it came by. */
export interface Question {
  api: 'responses' | 'messages';
  model: string;
  instructions: string;
  /** The first and the last text of the user. The same when there is one. */
  task: string;
  last: string;
  /** Answers of the model that are in the conversation already. */
  round: number;
  /** Every result of a tool, in order. */
  results: readonly ToolResult[];
  /** Whether the conversation ends with a result. */
  afterTool: string | undefined;
  tools: readonly OfferedTool[];
  /** The folder that an agent says it works in. */
  workspace: string | undefined;
  /** What reading the request costs, in tokens. */
  inputTokens: number;
}

export interface OfferedTool {
  name: string;
  description: string;
}

export interface ToolResult {
  tool: string;
  arguments: Record<string, unknown>;
  text: string;
  failed: boolean;
}

/** What a model says to it. */
export interface Answer {
  text: string;
  calls: readonly { name: string; arguments: string }[];
  delayMs: number;
  chunkMs: number;
  broken: 'malformed' | 'cut' | undefined;
  /** Ends the stream after its beginning. */
  midway: AnswerError | undefined;
  usage: { input: number; output: number };
}

export interface AnswerError {
  status: number;
  type: string | undefined;
  code: string | undefined;
  message: string | undefined;
}
