import protobuf from 'protobufjs';

/** Parts of BuildKit's build report that Berth shows: moby/buildkit, `api/services/control/control.proto`. */
export interface BuildStatus {
  vertexes?: { name?: string; cached?: boolean; started?: object; completed?: object; error?: string }[];
  logs?: { msg?: Uint8Array }[];
}

const field = (type: string, id: number, rule?: 'repeated') => ({ type, id, ...(rule && { rule }) });

const nested = {
  Timestamp: { fields: { seconds: field('int64', 1), nanos: field('int32', 2) } },
  Vertex: {
    fields: {
      name: field('string', 3),
      cached: field('bool', 4),
      started: field('Timestamp', 5),
      completed: field('Timestamp', 6),
      error: field('string', 7),
    },
  },
  VertexLog: { fields: { msg: field('bytes', 4) } },
  StatusResponse: {
    fields: { vertexes: field('Vertex', 1, 'repeated'), logs: field('VertexLog', 3, 'repeated') },
  },
};

const StatusResponse = protobuf.Root.fromJSON({ nested }).lookupType('StatusResponse');

/** Returns the lines of a report (`aux` of a `moby.buildkit.trace` message): started and cached steps, and their output. */
export function decodeStatus(aux: string): string[] {
  const message = StatusResponse.decode(Buffer.from(aux, 'base64'));
  const { vertexes = [], logs = [] } = StatusResponse.toObject(message) as BuildStatus; // the descriptor above defines it
  const steps = vertexes.flatMap(({ name = '', cached, started, completed, error }) => {
    if (error) return [`ERROR: ${error}`];
    if (cached && completed) return [`CACHED ${name}`];
    return started && !completed ? [name] : [];
  });
  const printed = logs.flatMap(({ msg }) =>
    Buffer.from(msg ?? [])
      .toString('utf8')
      .split(/\r?\n/),
  );
  return [...steps, ...printed].filter((line) => line.trim() !== '');
}
