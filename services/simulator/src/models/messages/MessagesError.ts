import { newId } from '../../protocol/ids.ts';

const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};
const WORDS: Readonly<Record<number, string>> = {
  429: "This request would exceed your organization's rate limit. Please try again later.",
  500: 'Internal server error',
  529: 'Overloaded',
};

/** A refusal in the form of the Messages API: `{type:'error', error:{type, message}, request_id}`. */
export class MessagesError extends Error {
  readonly status: number;
  readonly type: string;
  readonly requestId = newId('req');

  constructor(status: number, message?: string, type?: string) {
    super(message ?? WORDS[status] ?? 'Refused.');
    this.name = 'MessagesError';
    this.status = status;
    this.type = type ?? TYPES[status] ?? 'api_error';
  }

  body() {
    return {
      type: 'error',
      error: { type: this.type, message: this.message },
      request_id: this.requestId,
    };
  }
}
