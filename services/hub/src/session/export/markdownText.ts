/** What would be markup is shown as it was said. */
export const plain = (text: string) =>
  text.replaceAll(/[\\`*_{}[\]<>#|~]/g, '\\$&').replaceAll(/^(\s*)([-+]|\d+[.)])(?=\s)/gm, '$1\\$2');
export const time = (at: number) => new Date(at).toISOString().slice(11, 19);
export const listed = (parts: readonly string[]) => new Intl.ListFormat('en').format(parts);
