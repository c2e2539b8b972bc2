import { execFileSync } from 'node:child_process';

/** Living processes that have this on their command line; zombies and the question itself do not count. */
export function findByCommandLine(text: string): string[] {
  const listing = execFileSync('ps', ['-axo', 'pid=,stat=,args='], { encoding: 'utf8', maxBuffer: 64_000_000 });
  return listing.split('\n').filter((line) => line.includes(text) && !/^\s*\d+\s+Z/.test(line));
}
