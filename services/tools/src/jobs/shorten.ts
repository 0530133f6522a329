/** At most `max` characters: the beginning, and a sign that there was more. */
export function shorten(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max - 1)}…` : text;
}
