import { JOB_KINDS, TOOL_NAMES, type ToolName, type ToolPolicies, TOOLS } from '@parley/contract';
import { z } from 'zod';
import type { ToolDefinition } from './ports.ts';

/** The functions that the model may call under these policies: those that begin a job, and with any of them those about jobs. */
export function offeredTools(policies: ToolPolicies): readonly ToolDefinition[] {
  const kinds = JOB_KINDS.filter((kind) => policies[kind].enabled);
  if (kinds.length === 0) return [];
  return TOOL_NAMES.filter((name) => !isKind(name) || kinds.includes(name)).map((name) => DEFINITIONS[name]);
}

const isKind = (name: ToolName): name is (typeof JOB_KINDS)[number] =>
  JOB_KINDS.some((kind) => kind === name);

/**
 * Patterns stay here: providers know only a part of what they may be, and the desk of the tools checks every argument.
 */
const DEFINITIONS = Object.fromEntries(
  TOOL_NAMES.map((name) => {
    const { $schema: _, ...parameters } = z.toJSONSchema(TOOLS[name].arguments, {
      io: 'input',
      override: ({ jsonSchema }) => delete jsonSchema.pattern,
    });
    return [name, { name, description: TOOLS[name].description, parameters }];
  }),
) as unknown as Record<ToolName, ToolDefinition>;
