/** Writes what it knows into a folder. */
export type Witness = (dir: string) => Promise<void>;

/** Whoever is asked what it saw whenever a test fails (failures.ts). */
export const witnesses = new Set<Witness>();

/** While it lives, a browser or a stack is one of them. Returns how to dismiss it. */
export function onFailure(witness: Witness): () => void {
  witnesses.add(witness);
  return () => void witnesses.delete(witness);
}
