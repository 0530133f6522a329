import { AppError } from '@parley/contract';

/** mediasoup's refusals in our words. Its messages name the wrong parameter, and nothing secret. */
export function toMediaError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (!(error instanceof Error))
    return new AppError('internal', 'The media server failed.', { cause: error });
  if (error.name === 'InvalidStateError')
    return new AppError('media-not-found', 'This connection is closed. Join the session again.', {
      cause: error,
    });
  return new AppError('bad-media', `The media server refused this: ${error.message.slice(0, 300)}`, {
    cause: error,
  });
}
