/** Whether vitest, called with these arguments, runs the project of that name: all of them unless some are named. */
export function runsProject(args: readonly string[], name: string): boolean {
  const named = args.flatMap((arg, index) => {
    if (arg.startsWith('--project=')) return [arg.slice('--project='.length)];
    return arg === '--project' ? [args[index + 1] ?? ''] : [];
  });
  return named.length === 0 || named.some((pattern) => matches(pattern, name));
}

/** The arguments, and no benches among the tests unless projects are named: they take long and prove nothing. */
export function withoutBenches(args: readonly string[]): readonly string[] {
  const named = args.some((arg) => arg === '--project' || arg.startsWith('--project='));
  return named ? args : ['--project=!bench', ...args];
}

/** vitest's patterns: `*` for any letters, `!` in front for all but these. */
function matches(pattern: string, name: string): boolean {
  if (pattern.startsWith('!')) return !matches(pattern.slice(1), name);
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(name);
}
