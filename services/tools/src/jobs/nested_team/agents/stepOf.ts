import type { RunItemStreamEvent, RunStreamEvent } from '@openai/agents';
import { MAX_RESULT_EXCERPT, MAX_STEP_TEXT, type JobStep } from '@parley/contract';
import { shorten } from '../../shorten.ts';

type Step = Partial<JobStep> & Pick<JobStep, 'kind' | 'text'>;

/** What an event of a run is for the room; undefined for what nobody needs to see. */
export function stepOf(event: RunStreamEvent): Step | undefined {
  return event.type === 'run_item_stream_event' ? itemStep(event) : undefined;
}

function itemStep({ item }: RunItemStreamEvent): Step | undefined {
  switch (item.type) {
    case 'message_output_item':
      return {
        kind: 'message',
        agent: item.agent.name,
        text: shorten(item.content, MAX_STEP_TEXT),
        detail: item.content.length > MAX_STEP_TEXT ? shorten(item.content, MAX_RESULT_EXCERPT) : null,
      };
    case 'handoff_output_item':
      return {
        kind: 'handoff',
        agent: item.sourceAgent.name,
        text: `${item.sourceAgent.name} hands off to ${item.targetAgent.name}`,
      };
    case 'tool_call_item':
      return { kind: 'tool', agent: item.agent.name, text: `Uses ${item.toolName ?? 'a tool'}` };
    default:
      return undefined;
  }
}
