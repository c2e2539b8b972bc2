/** Finds the innermost line of the software in the output of Python's faulthandler, which lists innermost frames first. */
export function findSoftwareFrame(log: string, directory: string): string | undefined {
  const frames = log.matchAll(/^ {2}File "([^"]+)", line (\d+)/gm);
  const frame = [...frames].find(([, file = '']) => file.startsWith(`${directory}/`));
  return frame === undefined ? undefined : `${frame[1]?.slice(directory.length + 1)}:${frame[2]}`;
}
