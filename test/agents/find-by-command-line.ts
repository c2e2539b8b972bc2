import { execFileSync } from 'node:child_process';

/** Returns the running processes with a text on their command line, except zombies. */
export function findByCommandLine(text: string): string[] {
  const listing = execFileSync('ps', ['-axo', 'pid=,stat=,args='], { encoding: 'utf8', maxBuffer: 64_000_000 });
  return listing.split('\n').filter((line) => line.includes(text) && !/^\s*\d+\s+Z/.test(line));
}
