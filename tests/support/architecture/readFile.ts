import { parseSync, Visitor } from 'vite';

/** One thing a source file does that a rule may forbid, with the line it stands on. */
export type Finding =
  /** An import, re-export, dynamic import or import type. `types` is true when nothing of it is left at run time. */
  | { kind: 'import'; line: number; specifier: string; types: boolean }
  /** An import whose path is computed: no rule can follow it. */
  | { kind: 'computed-import'; line: number }
  /** A text that begins like a Redis key of ours. */
  | { kind: 'redis-key'; line: number; text: string }
  /** A look at `process.env`. */
  | { kind: 'environment'; line: number };

const REDIS_KEY = /^parley:/;

/** Parses TypeScript or TSX with Oxc (the parser inside Vite). Throws when the file does not parse. */
export function readFindings(path: string, source: string): Finding[] {
  const { program, module, errors } = parseSync(path, source);
  if (errors[0]) throw new Error(`${path} does not parse: ${errors[0].message}`);
  const findings: Finding[] = [];
  const lineAt = (offset: number) => source.slice(0, offset).split('\n').length;
  const add = (start: number, specifier: string, types: boolean) =>
    findings.push({ kind: 'import', line: lineAt(start), specifier, types });

  for (const { start, moduleRequest, entries } of module.staticImports)
    add(start, moduleRequest.value, entries.length > 0 && entries.every((entry) => entry.isType));
  for (const { start, entries } of module.staticExports) {
    const from = entries.find((entry) => entry.moduleRequest)?.moduleRequest;
    if (from)
      add(
        start,
        from.value,
        entries.every((entry) => entry.isType),
      );
  }

  new Visitor({
    ImportExpression({ source, start }) {
      if (source.type === 'Literal' && typeof source.value === 'string') add(start, source.value, false);
      else findings.push({ kind: 'computed-import', line: lineAt(start) });
    },
    TSImportType({ source, start }) {
      add(start, source.value, true);
    },
    TSImportEqualsDeclaration({ moduleReference, importKind, start }) {
      if (moduleReference.type === 'TSExternalModuleReference')
        add(start, moduleReference.expression.value, importKind === 'type');
    },
    Literal({ value, start }) {
      if (typeof value === 'string' && REDIS_KEY.test(value))
        findings.push({ kind: 'redis-key', line: lineAt(start), text: value });
    },
    TemplateElement({ value, start }) {
      if (REDIS_KEY.test(value.raw))
        findings.push({ kind: 'redis-key', line: lineAt(start), text: value.raw });
    },
    MemberExpression({ object, property, start }) {
      if (object.type !== 'Identifier' || object.name !== 'process') return;
      const named =
        property.type === 'Identifier' ? property.name : property.type === 'Literal' && property.value;
      if (named === 'env') findings.push({ kind: 'environment', line: lineAt(start) });
    },
  }).visit(program);
  return findings;
}
