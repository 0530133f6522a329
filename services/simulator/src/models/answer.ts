import { textTokens } from '../response/usage.ts';
import type { ModelError, ModelRule, ModelWhen, ScriptedModelReply } from '../scenarios/modelReplies.ts';
import type { Scenario } from '../scenarios/schema.ts';
import { codeAnswer } from './codeAnswer.ts';
import { ModelRefusal } from './ModelRefusal.ts';
import type { Answer, AnswerError, Question } from './question.ts';
import { teamAnswer } from './teamAnswer.ts';

/** An answer of its own takes longer than the first sound of speech, so that one sees it work. */
const OWN_DELAY = 4;

/** How often each rule of a scenario has answered. */
const used = new WeakMap<ModelRule, number>();

/** The scenario's answer, else the simulator's own (S90). Throws ModelRefusal when the scenario says so. */
export function answer(question: Question, scenario: Scenario): Answer {
  const rule = scenario.models.find((each) => fits(each.when, question) && mayAnswer(each));
  if (rule) {
    used.set(rule, (used.get(rule) ?? 0) + 1);
    return scripted(rule.reply, question, scenario);
  }
  const own = question.api === 'responses' ? teamAnswer(question) : codeAnswer(question);
  return complete(question, {
    text: own.text,
    calls: (own.calls ?? []).map((call) => ({ ...call, arguments: JSON.stringify(call.arguments) })),
    delayMs: scenario.firstOutputMs * OWN_DELAY,
    // Who counts dollars by tokens must not count any for this.
    ...(question.api === 'messages' ? { usage: { input: 0, output: 0 } } : {}),
  });
}

function mayAnswer(rule: ModelRule): boolean {
  return rule.times === undefined || (used.get(rule) ?? 0) < rule.times;
}

function fits(when: ModelWhen, question: Question): boolean {
  const has = (text: string, words: string) => text.toLowerCase().includes(words.toLowerCase());
  return (
    (when.api === undefined || when.api === question.api) &&
    (when.contains === undefined ||
      has(question.last, when.contains) ||
      (question.afterTool !== undefined && has(question.task, when.contains))) &&
    (when.instructions === undefined || has(question.instructions, when.instructions)) &&
    (when.afterTool === undefined || when.afterTool === question.afterTool) &&
    (when.round === undefined || when.round === question.round) &&
    (when.tool === undefined || question.tools.some(({ name }) => name === when.tool))
  );
}

function scripted(reply: ScriptedModelReply, question: Question, scenario: Scenario): Answer {
  const { error } = reply;
  if (error && !error.midway) throw new ModelRefusal(toError(error));
  const workspace = question.workspace ?? '.';
  return complete(question, {
    text: reply.text.repeat(reply.repeat),
    calls: reply.calls.map(({ name, arguments: given }) => ({
      name,
      arguments: reply.brokenArguments ?? JSON.stringify(given).replaceAll('{workspace}', workspace),
    })),
    delayMs: reply.delayMs ?? scenario.firstOutputMs,
    chunkMs: reply.chunkMs,
    broken: reply.broken,
    midway: error && toError(error),
    ...(reply.usage ? { usage: reply.usage } : {}),
  });
}

const toError = ({ status, type, code, message }: ModelError): AnswerError => ({
  status,
  type,
  code,
  message,
});

type Part = Pick<Answer, 'text' | 'calls' | 'delayMs'> & Partial<Answer>;

function complete(question: Question, part: Part): Answer {
  const output = textTokens(part.text + part.calls.map((call) => call.name + call.arguments).join(''));
  return {
    chunkMs: 0,
    broken: undefined,
    midway: undefined,
    usage: { input: question.inputTokens, output },
    ...part,
  };
}
