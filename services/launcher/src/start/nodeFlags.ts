/**
 * What the engine is told when a service starts, by the service's name; docker/Dockerfile tells it the same.
 *
 * The mixer makes much that lives for a moment: packets, frames, messages. Left alone the engine gives that up to 64 MB and
 * collects seldom; with 8 (two halves of 4) it collects more often, what is left then is as little, and the process
 * stays small.
 */
export const NODE_FLAGS: Readonly<Record<string, readonly string[]>> = {
  mixer: ['--max-semi-space-size=4'],
};
