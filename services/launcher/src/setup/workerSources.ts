/** What one release of mediasoup's worker is made of, read from the files that it ships. */

/** The sources in `worker/meson.build` that every build has, relative to `worker/`, and the program's main file. */
export function commonSources(mesonBuild: string): string[] {
  const list = /^common_sources = \[([^\]]*)\]/m.exec(mesonBuild)?.[1];
  const files = [...(list ?? '').matchAll(/'([^']+\.cpp)'/g)].flatMap(([, file]) => file ?? []);
  if (files.length === 0) throw new Error('No common_sources in worker/meson.build');
  return [...files, 'src/main.cpp'];
}

/** The file that needs a change, relative to `worker/`. */
export const PATCHED_SOURCE = 'src/RTC/DtlsTransport.cpp';

const EXACT_TEST = '(operationType == BIO_CB_RETURN)';
const FLAG_TEST = '((operationType & BIO_CB_RETURN) != 0)';

/**
 * OpenSSL sets BIO_CB_RETURN as a flag beside the operation (BIO_set_callback_ex(3)); the worker compares it as a whole
 * and so answers 1 to every control call. With kernel TLS compiled in, as in Debian, OpenSSL then believes that the
 * kernel encrypts, allocates no write buffer, and the first DTLS flight crashes the worker.
 */
export function patchDtlsTransport(source: string): string {
  if (source.includes(FLAG_TEST)) return source;
  if (source.split(EXACT_TEST).length !== 2)
    throw new Error(`${PATCHED_SOURCE} of this mediasoup release is not what the patch expects`);
  return source.replace(EXACT_TEST, FLAG_TEST);
}
