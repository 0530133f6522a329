/** Whether what is in `node_modules` of the folder is what its lock file names for this platform. */
export function isInstalled(folder: string): boolean;
