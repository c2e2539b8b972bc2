/** What a start of the embedded server is made of. */
export interface ServerSettings {
  port: number;
  uiPort: number;
  /** Path of the database file. */
  database: string;
}

/**
 * Held back by default: a poll limit of the single history shard, which makes six steps take 0.65 s instead of 0.1 s.
 * The third keeps the server from asking the outside for a newer version.
 */
const dynamicConfig = [
  'history.transferProcessorMaxPollRPS=2000',
  'system.enableActivityEagerExecution=true',
  'frontend.enableServerVersionCheck=false',
];

const pragmas = ['journal_mode=WAL', 'synchronous=NORMAL'];

/** Names one server among all processes of the machine. */
export const buildDatabaseArgument = ({ database }: Pick<ServerSettings, 'database'>): string =>
  `--db-filename=${database}`;

/** Arguments for the `temporal` command that starts the server, reachable from this machine only. */
export function buildServerArguments({ port, uiPort, database }: ServerSettings, searchAttributes: string[]): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)],
    ...['--log-level', 'warn', buildDatabaseArgument({ database })],
    ...pragmas.flatMap((pragma) => ['--sqlite-pragma', pragma]),
    ...dynamicConfig.flatMap((value) => ['--dynamic-config-value', value]),
    ...searchAttributes.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
  ];
}
