export interface ComposeVariable {
  name: string;
  /** `:-` has a default, `:?` is needed, '' is neither. */
  operator: '' | ':-' | ':?';
  /** The default, or what is said when it is missing. */
  rest: string;
}

const VARIABLE = /(?<!\$)\$\{([A-Z][A-Z0-9_]*)(:-|:\?)?([^}]*)\}/g;

/** Every `${NAME…}` of a compose file, in order. */
export function composeVariables(text: string): ComposeVariable[] {
  return [...text.matchAll(VARIABLE)].map(([, name = '', operator = '', rest = '']) => ({
    name,
    operator: operator as ComposeVariable['operator'],
    rest,
  }));
}

/** As compose fills it in, with these variables set. */
export function fillIn(value: string, variables: Readonly<Record<string, string>>): string {
  return value.replaceAll(VARIABLE, (_, name: string, operator: string | undefined, rest: string) => {
    return variables[name] ?? (operator === ':-' ? rest : '');
  });
}
