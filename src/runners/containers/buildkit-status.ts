import protobuf from 'protobufjs';

/** What BuildKit reports of a build, as far as it is shown: moby/buildkit, `api/services/control/control.proto`. */
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

/** The lines of one report (`aux` of a message whose id is `moby.buildkit.trace`): steps that begin or were cached, and what they print. */
export function decodeStatus(aux: string): string[] {
  const message = StatusResponse.decode(Buffer.from(aux, 'base64'));
  const { vertexes = [], logs = [] } = StatusResponse.toObject(message) as BuildStatus; // by the descriptor above
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
