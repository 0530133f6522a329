/** Words of PromQL that are no metric where they stand without a parenthesis behind them. */
const WORDS = new Set(['or', 'and', 'unless', 'bool', 'offset']);

/** The metrics that a query asks for, in their order. Knows as much of PromQL as our dashboard needs. */
export function metricsIn(expr: string): string[] {
  const bare = expr
    .replaceAll(/\{[^}]*\}/g, ' ')
    .replaceAll(/\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(?:by|without|on|ignoring)\s*\([^)]*\)/g, ' ');
  return [...bare.matchAll(/(?<![\w.$])[a-zA-Z_:][\w:]*(?!\w)(?!\s*\()/g)]
    .map(([name]) => name)
    .filter((name) => !WORDS.has(name));
}
