import type { AnswerError } from './question.ts';

/** A scenario refuses a request to a model; each API has its own form for it. */
export class ModelRefusal extends Error {
  readonly error: AnswerError;

  constructor(error: AnswerError) {
    super(error.message ?? `refused with ${error.status}`);
    this.name = 'ModelRefusal';
    this.error = error;
  }
}
