import type { BootDocument } from './boot-document.js';

/**
 * What to say of a host that Python's own watchdog ended during the import, because the code let no other thread run: the
 * message, and the line. Undefined for any other end. The log holds the stack, the innermost frame first.
 */
export function describeStuckImport(
  log: string,
  { directory, importTimeout }: Pick<BootDocument, 'directory' | 'importTimeout'>,
): string | undefined {
  if (importTimeout === null || !/^Timeout \(\d+:\d+:\d+(\.\d+)?\)!$/m.test(log)) return undefined;
  const frames = log.matchAll(/^ {2}File "([^"]+)", line (\d+)/gm);
  const own = [...frames].find(([, file = '']) => file.startsWith(`${directory}/`));
  const place = own === undefined ? '' : ` and is at ${own[1]?.slice(directory.length + 1)}:${own[2]}`;
  return `it took longer than its ${importTimeout} s${place}, in code that lets nothing else run. Where it only loads something large, give it more time with --import-timeout SECONDS`;
}
