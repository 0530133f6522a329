import { type OwnAnswer, quote } from './ownAnswer.ts';
import type { OfferedTool, Question } from './question.ts';

const HAND_OFF = 'transfer_to_';
/**
 * How a team of agents gets on without a model: whoever was asked hands off once, to the colleague whose name or
 * description has most words of the task; the colleague says what a real one would have done (S91, S41).
 */
export function teamAnswer(question: Question): OwnAnswer {
  const colleagues = question.tools.filter(({ name }) => name.startsWith(HAND_OFF));
  const handedOff = question.results.some(({ tool }) => tool.startsWith(HAND_OFF));
  const chosen = handedOff ? undefined : bestFor(question.task, colleagues);
  if (chosen) return { text: '', calls: [{ name: chosen.name, arguments: {} }] };
  const added = question.last === question.task ? '' : `\n\nAdded meanwhile: “${quote(question.last)}”`;
  return {
    text:
      'This is a simulated result: no model has worked on it.\n\n' +
      `The task was: “${quote(question.task)}”${added}\n\n` +
      'With a key for the model, the team would now research, decide and write. The steps before this one, the ' +
      'hand-off, and the way of this result into the room are real.',
  };
}

function bestFor(task: string, colleagues: readonly OfferedTool[]): OfferedTool | undefined {
  const words = new Set(wordsOf(task));
  const scored = colleagues.map((tool) => ({
    tool,
    score: wordsOf(`${tool.name} ${tool.description}`).filter((word) => words.has(word)).length,
  }));
  return scored.toSorted((a, b) => b.score - a.score)[0]?.tool;
}

/** Their first five letters: "writes" and "writer" are one. */
const wordsOf = (text: string) => text.toLowerCase().match(/(?<![a-z])[a-z]{4,5}/g) ?? [];
