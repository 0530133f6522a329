import { isMessage, stimulus, textOf, type Item } from '../conversation/items.ts';
import type { Scenario, ScriptedReply } from '../scenarios/schema.ts';
import type { Tool, ToolChoice } from '../session/sessionSchema.ts';
import type { ClipId } from '../speech/clips.ts';
import { transcriptOf } from '../speech/utterance.ts';
import { isAboutTools } from './afterTool.ts';
import { answer, minutes } from './answer.ts';
import { askedCall, type PlannedCall } from './toolCalls.ts';

export type PlannedOutput =
  { kind: 'message'; say: ClipId[]; text: string } | { kind: 'call'; call: PlannedCall };

/** What a response will do. */
export interface ResponsePlan {
  delayMs: number;
  outputs: PlannedOutput[];
  fail?: { code: string; message: string; type: string } | undefined;
}

export interface PlanContext {
  /** What the response is to answer: the conversation, or the input of the response itself. */
  items: readonly Item[];
  tools: readonly Tool[];
  toolChoice: ToolChoice;
  outOfBand: boolean;
  /** It has instructions of its own. */
  instructed: boolean;
  scenario: Scenario;
  /** The scenario's reply to a turn of speech, by item ID. */
  turnReplies: ReadonlyMap<string, ScriptedReply>;
}

/**
 * The scenario first, then a tool that was asked for, then the simulator's own words (S42). Asked beside the
 * conversation to do something with it, it writes down what there was (S46).
 */
export function planResponse(context: PlanContext): ResponsePlan {
  const scripted = scriptedReply(context);
  if (scripted) return fromScript(scripted, context.scenario);
  const delayMs = context.scenario.firstOutputMs;
  if (context.outOfBand && context.instructed)
    return { delayMs, outputs: [{ kind: 'message', ...minutes(context.items) }] };
  const asked = stimulus(context.items);
  const toDo = asked && isMessage(asked) && !wasTakenUp(asked, context.items);
  if (toDo || !asked) {
    const call = askedCall(asked ? textOf(asked) : '', context.tools, context.toolChoice);
    if (call) return { delayMs, outputs: [{ kind: 'call', call }] };
  }
  return { delayMs, outputs: [{ kind: 'message', ...answer(context.items) }] };
}

/** Something has come of it: it is not done twice, whatever the answer is asked for now (S47). */
function wasTakenUp(asked: Item, items: readonly Item[]): boolean {
  const since = items.slice(items.indexOf(asked) + 1);
  return since.some(
    (item) =>
      item.type === 'function_call' || (isMessage(item) && item.role === 'assistant') || isAboutTools(item),
  );
}

function scriptedReply(context: PlanContext): ScriptedReply | undefined {
  const last = stimulus(context.items);
  const ofTurn = last && context.turnReplies.get(last.id);
  if (ofTurn && !context.outOfBand) return ofTurn;
  const text = last && isMessage(last) ? textOf(last).toLowerCase() : '';
  const tool = last && !isMessage(last) ? toolOf(last.call_id, context.items) : undefined;
  return context.scenario.replies.find(({ when }) => {
    if (when.outOfBand !== undefined && when.outOfBand !== context.outOfBand) return false;
    if (when.afterTool !== undefined) return when.afterTool === tool;
    if (tool !== undefined) return false;
    return when.contains === undefined || text.includes(when.contains.toLowerCase());
  })?.reply;
}

function fromScript(reply: ScriptedReply, scenario: Scenario): ResponsePlan {
  const outputs: PlannedOutput[] = [];
  const { say, text } = reply;
  if (say) outputs.push({ kind: 'message', say, text: text ?? transcriptOf(say) });
  else if (text !== undefined) outputs.push({ kind: 'message', say: ['no-words-for-that'], text });
  for (const call of reply.calls ?? [])
    outputs.push({ kind: 'call', call: { name: call.name, arguments: JSON.stringify(call.arguments) } });
  return { delayMs: reply.delayMs ?? scenario.firstOutputMs, outputs, fail: reply.fail };
}

/** The name of the tool that a call was for; empty when the call is gone. */
function toolOf(callId: string, items: readonly Item[]): string {
  const call = items.findLast((item) => item.type === 'function_call' && item.call_id === callId);
  return call?.type === 'function_call' ? call.name : '';
}
