import { posix } from 'node:path';
import { readFindings } from './readFile.ts';
import {
  BROWSER,
  COMPUTED_IMPORTS,
  ENVIRONMENT_READERS,
  FOLDERS,
  HOMES,
  KEY_FILE,
  PURE_IMPORTS,
  SUBJECTS,
  WORKSPACES,
} from './rules.ts';

/** What the package.json of a workspace (or of the root, '.') says may be imported: dependencies of every kind. */
export type Declared = (workspace: string) => ReadonlySet<string>;

const within = (path: string, home: string) => path === home || path.startsWith(`${home}/`);
const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
const workspaceOf = (path: string) => Object.keys(WORKSPACES).find((workspace) => within(path, workspace));
/** Tests beside their file and fakes in `testing/` may use every library; both never run in production. */
const isTest = (path: string) => /\.test\.tsx?$/.test(path) || path.includes('/testing/');

/** The folder right under a service's `src`, or undefined for the files at its top. */
function folderOf(path: string, workspace: string): string | undefined {
  const parts = path.slice(`${workspace}/src/`.length).split('/');
  return parts.length > 1 ? parts[0] : undefined;
}

/** Judges one file by its path from the root. Each line of the answer names the place, the fault and the rule. */
export function checkFile(path: string, source: string, declared: Declared): string[] {
  const workspace = workspaceOf(path);
  if (!workspace) return [];
  const faults: string[] = [];
  for (const finding of readFindings(path, source)) {
    const fault = (words: string) => faults.push(`${path}:${finding.line} ${words}`);
    if (finding.kind === 'import') {
      const words = judgeImport(path, workspace, finding.specifier, finding.types, declared);
      if (words) fault(`imports '${finding.specifier}': ${words}`);
    } else if (isTest(path)) continue;
    else if (finding.kind === 'computed-import') {
      if (!COMPUTED_IMPORTS.includes(path)) fault('imports a computed path: no rule can follow it');
    } else if (finding.kind === 'environment') {
      if (workspace !== 'apps/web' && !ENVIRONMENT_READERS.some((reader) => reader.test(path)))
        fault('reads process.env: only main.ts does, the rest is handed its slice');
    } else if (path !== KEY_FILE && workspace !== 'apps/web')
      fault(`spells the Redis key '${finding.text}': only ${KEY_FILE} does`);
  }
  return faults;
}

function judgeImport(
  path: string,
  workspace: string,
  specifier: string,
  types: boolean,
  declared: Declared,
): string | undefined {
  if (specifier.startsWith('.')) return judgeRelative(path, workspace, specifier, types);
  if (workspace === 'apps/web' && specifier.startsWith('@/')) return undefined;
  if (specifier.startsWith('node:')) {
    if (BROWSER.includes(workspace) && !isTest(path) && !path.endsWith('.config.ts'))
      return `${workspace} runs in browsers, which have no Node modules`;
    return judgeSubject(path, specifier);
  }
  const name = packageOf(specifier);
  if (name.startsWith('@parley/')) {
    const other = name.slice('@parley/'.length);
    if (isTest(path) || WORKSPACES[workspace]?.includes(other)) return judgeSubject(path, specifier);
    return `${workspace} may import ${WORKSPACES[workspace]?.join(', ') || 'nothing'} of ours`;
  }
  if (isTest(path)) return undefined;
  const known = declared(workspace).has(name) || (types && declared('.').has(name)); // types are gone at run time
  if (!known) return `not a dependency in ${workspace}/package.json`;
  const homes = HOMES[name];
  if (homes && !homes.some((home) => within(path, home))) return `${name} lives in ${homes.join(', ')}`;
  return judgeSubject(path, specifier);
}

/** The subject in the middle: contract and pure code, unless the file is itself the home of that library. */
function judgeSubject(path: string, specifier: string): string | undefined {
  const subject = SUBJECTS.find((folder) => within(path, folder));
  if (!subject || isTest(path) || PURE_IMPORTS.includes(specifier)) return undefined;
  if (HOMES[packageOf(specifier)]?.includes(path)) return undefined;
  return `${subject} is a subject: it imports contract and pure code only`;
}

function judgeRelative(
  path: string,
  workspace: string,
  specifier: string,
  types: boolean,
): string | undefined {
  const target = posix.join(posix.dirname(path), specifier);
  if (!within(target, workspace)) return `leaves ${workspace}`;
  if (isTest(path)) return undefined;
  if (isTest(target)) return 'production code does not import tests or fakes';
  if (workspace === 'apps/web') return undefined;
  const from = folderOf(path, workspace);
  const to = folderOf(target, workspace);
  if (from === undefined || from === to) return undefined;
  if (target === `${workspace}/src/main.ts`) return 'main.ts wires everything, nothing imports it';
  const rules = FOLDERS[workspace];
  if (!rules) return undefined;
  if (to === undefined) {
    const shared = types && posix.basename(target) === 'config.ts';
    return shared ? undefined : 'a folder imports nothing from above itself but the type of config.ts';
  }
  if (!rules[from]?.includes(to))
    return `${from}/ may import ${rules[from]?.join('/, ') || 'nothing'} beside itself`;
  return undefined;
}
