import { type OwnAnswer, quote } from './ownAnswer.ts';
import type { Question } from './question.ts';
import { newFile, NOTE } from './sampleFiles.ts';

const FILE = /(?:^|[\s"'`(“])((?:[\w-]+\/)*[\w-]+\.[a-z]{1,5})(?=$|[\s"'`),.:;?!”])/i;
const PROGRAM = /\b(program|script|function|test|code|prints?)\b/i;

/**
 * How a coding agent gets on without a model: it looks for the file that the task names, changes it or writes it anew,
 * lists the folder, and says what it has done (S92). Every step is a real call of a real tool.
 */
export function codeAnswer(question: Question): OwnAnswer {
  const offered = (name: string) => question.tools.some((tool) => tool.name === name);
  if (!offered('Write')) return { text: 'This is a simulated answer: no model has worked on it.' };
  const path = wantedFile(question);
  const absolute = question.workspace ? `${question.workspace}/${path}` : path;
  const of = (tool: string) => question.results.find((result) => result.tool === tool);
  const call = (text: string, name: string, args: Record<string, unknown>): OwnAnswer => ({
    text,
    calls: [{ name, arguments: args }],
  });

  const [found, read, edited, written] = [of('Glob'), of('Read'), of('Edit'), of('Write')];
  if (!found && offered('Glob')) return call(`I look whether ${path} is there.`, 'Glob', { pattern: path });
  const there = found ? found.text.includes(path) : true;
  if (!read && there && offered('Read'))
    return call(`I read ${path} before I change it.`, 'Read', { file_path: absolute });
  if (!edited && !written) {
    const line = read && !read.failed ? editableLine(read.text) : undefined;
    if (line !== undefined && offered('Edit'))
      return call(`${path} is there; I add a line to it.`, 'Edit', {
        file_path: absolute,
        old_string: line,
        new_string: `${line}\n${NOTE}`,
      });
    return call(`I write ${path}.`, 'Write', {
      file_path: absolute,
      content: newFile(path, quote(question.task)),
    });
  }
  if (!of('Bash') && offered('Bash'))
    return call('I look at what is in the folder now.', 'Bash', {
      command: 'ls -l',
      description: 'List the folder',
    });
  const failed = question.results.find(
    (result) => result.failed && (result.tool === 'Edit' || result.tool === 'Write'),
  );
  const what = failed
    ? `${path} could not be changed: ${quote(failed.text)}`
    : edited
      ? `A line was added to ${path}.`
      : `${path} was written.`;
  const added = question.last === question.task ? '' : ` Added meanwhile: “${quote(question.last)}”.`;
  return { text: `Simulated: no model has worked on it, but the file is real. ${what}${added}` };
}

function wantedFile({ task }: Question): string {
  return FILE.exec(task)?.[1] ?? (PROGRAM.test(task) ? 'hello.mjs' : 'hello.md');
}

/** A line that can be told apart from all others: an edit must name exactly one place. Lines of a Read are numbered. */
function editableLine(text: string): string | undefined {
  const lines = text.split('\n').map((line) => line.replace(/^\s*\d+(?:→|\t)/, ''));
  return lines.find(
    (line) => line.trim().length > 2 && lines.filter((other) => other.includes(line)).length === 1,
  );
}
