/**
 * What the engine is told when a service starts, by the service's name; docker/Dockerfile tells it the same.
 *
 * The mixer makes much that lives for a moment: packets, frames, messages. Left alone the engine gives that up to 64 MB and
 * collects seldom; with 8 (two halves of 4) it collects more often, what is left then is as little, and the process
 * stays small. What lives longer is collected when the heap has grown by a tenth: left alone the engine lets it grow by ever more
 * the longer it runs (60 to 113 MB in five minutes of 40 rooms), and the process keeps that.
 */
export const NODE_FLAGS: Readonly<Record<string, readonly string[]>> = {
  mixer: ['--max-semi-space-size=4', '--heap-growing-percent=10'],
};

/**
 * What the C library is told, likewise. glibc gives each thread memory of its own, which nobody else gets back; the mixer's
 * other threads compile and collect now and then: 20 MB for nothing.
 */
export const MEMORY_ENV: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  mixer: { MALLOC_ARENA_MAX: '1' },
};
