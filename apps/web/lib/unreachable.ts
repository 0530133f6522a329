/** The end of an exhaustive switch: the compiler refuses it while an arm is missing. */
export function unreachable(value: never): never {
  throw new Error(`Unexpected ${JSON.stringify(value)}`);
}
