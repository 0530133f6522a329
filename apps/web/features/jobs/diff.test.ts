import { expect, test } from 'vitest';
import { isDiff, readDiff } from './diff.ts';

const DIFF = `diff --git a/hello.md b/hello.md
index 1..2 100644
--- a/hello.md
+++ b/hello.md
@@ -1,3 +1,3 @@
 # Hello
--- a rule
+++ a sum
 the end
@@ -20 +20,2 @@ below
 last
+more
\\ No newline at end of file
diff --git a/new.ts b/new.ts
new file mode 100644
--- /dev/null
+++ b/new.ts
@@ -0,0 +1,1 @@
+export {};
`;

test('a diff is read line by line, with the numbers of the new file', () => {
  expect(readDiff(DIFF).map(({ kind, text, number }) => `${kind} ${number ?? '-'} ${text}`)).toEqual([
    'file - hello.md',
    'same 1 # Hello',
    'removed - -- a rule',
    'added 2 ++ a sum',
    'same 3 the end',
    'gap - below',
    'same 20 last',
    'added 21 more',
    'file - new.ts',
    'added 1 export {};',
  ]);
});

test('one that was cut off is read as far as it goes', () => {
  expect(readDiff(DIFF.slice(0, DIFF.indexOf(' the end')))).toHaveLength(4);
  expect(readDiff('@@ -1,2 +1,2 @@\n a')).toEqual([{ kind: 'same', text: 'a', number: 1 }]);
});

test('what is no diff is known as none', () => {
  expect(isDiff(DIFF)).toBe(true);
  expect(isDiff('@@ hello @@\n- a list\n+ of things')).toBe(false);
  expect(readDiff('just words')).toEqual([]);
});
