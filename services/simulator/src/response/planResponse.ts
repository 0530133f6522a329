import { isMessage, type MessageItem, stimulus, textOf, type Item } from '../conversation/items.ts';
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
  /** Tells what an earlier response has answered; undefined before there was one. */
  answered: Pick<ReadonlySet<Item>, 'has'> | undefined;
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
  const call = wantedCall(context);
  if (call) return { delayMs, outputs: [{ kind: 'call', call }] };
  return { delayMs, outputs: [{ kind: 'message', ...answer(context.items) }] };
}

/** What nobody has taken up yet, the newest first; when there is nothing at all, a choice may still demand a call. */
function wantedCall({ items, answered, tools, toolChoice }: PlanContext): PlannedCall | undefined {
  const open = answered ? unanswered(items, answered) : notTakenUp(items);
  const texts = open.length > 0 || stimulus(items) ? open.map(textOf) : [''];
  for (const text of texts) {
    const call = askedCall(text, tools, toolChoice);
    if (call) return call;
  }
  return undefined;
}

/** The user's messages that came after the answers so far were asked for (S47). */
function unanswered(items: readonly Item[], answered: Pick<ReadonlySet<Item>, 'has'>): MessageItem[] {
  const fresh = items.filter(isMessage).filter((item) => !answered.has(item));
  return fresh.filter(({ role }) => role === 'user').toReversed();
}

/** The same in a conversation that began elsewhere: what was answered or called there is not done twice. */
function notTakenUp(items: readonly Item[]): MessageItem[] {
  const taken = items.findLastIndex(
    (item) =>
      item.type === 'function_call' ||
      item.type === 'function_call_output' ||
      (isMessage(item) && item.role === 'assistant') ||
      isAboutTools(item),
  );
  const since = items.slice(taken + 1).filter(isMessage);
  return since.filter(({ role }) => role === 'user').toReversed();
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
