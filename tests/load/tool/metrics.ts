/** One scrape of a Prometheus page: name with labels → value. */
export async function scrape(url: string): Promise<Map<string, number>> {
  const text = await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).text();
  return new Map(
    text.split('\n').flatMap((line) => {
      const parts = /^([^#\s]\S*(?:\{.*\})?) (\S+)$/.exec(line);
      return parts?.[1] === undefined ? [] : [[parts[1], Number(parts[2])] as const];
    }),
  );
}
