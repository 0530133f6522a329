/** Paths are relative to the folder of the ninja file and free of blanks, colons and dollars. */
export interface WorkerBuild {
  /** .cpp files below `source/`. */
  sources: readonly string[];
  /** .fbs files below `source/fbs/`, by name. */
  schemas: readonly string[];
}

const DEFINES = [
  'NDEBUG',
  'MS_LITTLE_ENDIAN',
  'MS_EXECUTABLE',
  // The estimator of the worker's own: leaves out libwebrtc and abseil, which Debian lacks in the right version.
  'MS_USE_BUILTIN_BWE',
  'FLATBUFFERS_LOCALE_INDEPENDENT=1',
];

/** The text of a build.ninja that makes `mediasoup-worker` from `source/` and the headers in `shims/`. */
export function ninjaFile({ sources, schemas }: WorkerBuild): string {
  const headers = schemas.map((name) => `gen/FBS/${name.replace(/\.fbs$/, '.h')}`);
  const objects = sources.map((file) => `obj/${file.replace(/\.cpp$/, '.o')}`);
  return [
    'ninja_required_version = 1.8',
    `flags = -std=c++20 -O3 -pthread ${DEFINES.map((name) => `-D${name}`).join(' ')}`,
    'includes = -Ishims -Igen -Isource/include',
    'libraries = -luv -lssl -lcrypto -lsrtp2 -lflatbuffers',
    '',
    'rule schemas',
    '  command = flatc --cpp --cpp-field-case-style lower --reflect-names --scoped-enums --filename-suffix "" -o gen/FBS $in',
    '  description = schemas',
    'rule compile',
    '  command = g++ $flags $includes -MMD -MF $out.d -c $in -o $out',
    '  depfile = $out.d',
    '  deps = gcc',
    '  description = $in',
    'rule link',
    '  command = g++ -pthread $in $libraries -o $out',
    '  description = $out',
    '',
    `build ${headers.join(' ')}: schemas ${schemas.map((name) => `source/fbs/${name}`).join(' ')}`,
    ...sources.map(
      (file, index) => `build ${objects[index] ?? ''}: compile source/${file} || ${headers.join(' ')}`,
    ),
    `build mediasoup-worker: link ${objects.join(' ')}`,
    'default mediasoup-worker',
    '',
  ].join('\n');
}
