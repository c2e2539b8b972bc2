/** A line of the software's own in what Python's faulthandler has written, where the innermost frame is the first. */
export function findSoftwareFrame(log: string, directory: string): string | undefined {
  const frames = log.matchAll(/^ {2}File "([^"]+)", line (\d+)/gm);
  const own = [...frames].find(([, file = '']) => file.startsWith(`${directory}/`));
  return own === undefined ? undefined : `${own[1]?.slice(directory.length + 1)}:${own[2]}`;
}
