/** What the simulated coding agent adds to a file that is there. */
export const NOTE = 'Added by the simulated coding agent.';

/** A small true file of the kind that the name asks for. */
export function newFile(path: string, task: string): string {
  const oneLine = task.replaceAll(/\s+/g, ' ');
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  switch (extension) {
    case 'js':
    case 'mjs':
    case 'ts':
      return `// Written by the simulated coding agent, for the task: ${oneLine}\nconsole.log('Hello from the simulated coding agent');\n`;
    case 'py':
      return `# Written by the simulated coding agent, for the task: ${oneLine}\nprint('Hello from the simulated coding agent')\n`;
    case 'sh':
      return `#!/bin/sh\n# Written by the simulated coding agent, for the task: ${oneLine}\necho 'Hello from the simulated coding agent'\n`;
    case 'json':
      return `${JSON.stringify({ writtenBy: 'the simulated coding agent', task: oneLine }, undefined, 2)}\n`;
    default:
      return `# Hello\n\nWritten by the simulated coding agent, for the task: ${oneLine}\n`;
  }
}
