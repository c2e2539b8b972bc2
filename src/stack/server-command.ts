/** Settings of the embedded server. */
export interface ServerSettings {
  port: number;
  uiPort: number;
  /** Path of the database file. */
  database: string;
}

/**
 * The default poll limit of the only history shard makes six activities take 0.65 s instead of 0.1 s. The third value
 * keeps the server from checking for newer versions.
 */
const dynamicConfig = [
  'history.transferProcessorMaxPollRPS=2000',
  'system.enableActivityEagerExecution=true',
  'frontend.enableServerVersionCheck=false',
];

const pragmas = ['journal_mode=WAL', 'synchronous=NORMAL'];

/** Builds the argument that identifies the server among all processes of the machine. */
export const buildDatabaseArgument = ({ database }: Pick<ServerSettings, 'database'>): string =>
  `--db-filename=${database}`;

/** Builds the arguments for `temporal` that start the server, reachable only from this machine. */
export function buildServerArguments({ port, uiPort, database }: ServerSettings, searchAttributes: string[]): string[] {
  return [
    'server',
    'start-dev',
    '--ip',
    '127.0.0.1',
    '--port',
    String(port),
    '--ui-port',
    String(uiPort),
    '--log-level',
    'warn',
    buildDatabaseArgument({ database }),
    ...pragmas.flatMap((pragma) => ['--sqlite-pragma', pragma]),
    ...dynamicConfig.flatMap((value) => ['--dynamic-config-value', value]),
    ...searchAttributes.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
  ];
}
