type Undo = () => void | Promise<void>;

/**
 * Collects the undo of everything that was made, and undoes it in reverse order, once.
 * A failing undo does not keep the others from running; the first failure is thrown at the end.
 */
export class Scope {
  readonly #undos: Undo[] = [];
  #closing: Promise<void> | undefined;

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  /** Hands over an undo. In a closed scope it runs at once: what was made too late must not stay. */
  add(undo: Undo): void {
    if (this.#closing) this.#closing = this.#closing.then(undo);
    else this.#undos.push(undo);
  }

  /** Like `add`, for whatever has a `close`. Returns it. */
  own<Owned extends { close(): void | Promise<void> }>(owned: Owned): Owned {
    this.add(() => owned.close());
    return owned;
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#run());
  }

  async #run(): Promise<void> {
    const failures: unknown[] = [];
    for (let undo = this.#undos.pop(); undo; undo = this.#undos.pop()) {
      try {
        await undo();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
