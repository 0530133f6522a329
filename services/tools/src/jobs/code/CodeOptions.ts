import type { CodeAgent } from './agent/CodeAgent.ts';
import type { Limits, Wall } from './walls/Wall.ts';

export interface CodeLimits extends Limits {
  turns: number;
  costUsd: number;
  minutes: number;
  /** Of the workspace and the home together, bytes. */
  disk: number;
}

export interface CodeOptions {
  agent: CodeAgent;
  wall: Wall;
  /** Workspaces are kept below it. */
  dataDir: string;
  limits: CodeLimits;
  /** Commands may use the network. */
  network: boolean;
  /** `commands`: whatever the agent does not know to be harmless · `nothing`, behind a wall of namespaces alone. */
  ask: 'commands' | 'nothing';
  model: string | undefined;
  /** Beginnings of the addresses that repositories may have; https alone unless a test says otherwise. */
  cloneFrom?: readonly string[];
}
