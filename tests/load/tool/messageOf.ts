/** What a person is told of an error: its words, or its name when it has none, and what caused it. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const words = error.message || error.name;
  return error.cause instanceof Error && !words.includes(error.cause.message)
    ? `${words}: ${error.cause.message}`
    : words;
}
