/** The API for strategies outside of this repository: `import … from 'berth/strategy'`. */

export type { ConformanceHooks, KnownDeviations, ProviderHooks } from './conformance/index.js';
export type { Answer, AnswerError, Facts, Handle, Resources, RunInterface, RunPlan } from './contract/index.js';
export { BerthError, type ErrorCode } from './errors.js';
export { withLock } from './processes/lock.js';
export { readLog, readTail } from './processes/log-file.js';
export { createProcessMark, findMarkedProcesses, killMarkedProcesses } from './processes/marked-processes.js';
export { chooseFreePort, isListening, isPortFree } from './processes/ports.js';
export { stopProcessGroup } from './processes/process-group.js';
export { identifyProcess, isSameProcess, type ProcessIdentity } from './processes/process-identity.js';
export type { FindBaseImages, FindNeeds, Need } from './registry/index.js';
export type { Recipe, RecipeInput, Recognition } from './registry/recipe.js';
export { buildSoftwareEnvironment } from './runners/build-software-environment.js';
export { createErrorAnswer, withDeadline } from './runners/call-deadline.js';
export { callHttp, type HttpCall, type HttpReply } from './runners/http/http-call.js';
export { callJson, type JsonCall } from './runners/http/json-call.js';
export { parseQuantity } from './runners/parse-quantity.js';
export { type Readiness, type WaitOptions, waitUntilReady } from './runners/readiness.js';
export type {
  CallOptions,
  ExternalResource,
  Health,
  LogOptions,
  Runner,
  RunnerClass,
  StartOptions,
} from './runners/runner.js';
export type { ServerCommand, ServerOptions, ServerState } from './runners/server/server-options.js';
export { ServerProcess } from './runners/server/server-process.js';
export type { ServerRecord } from './runners/server/server-record.js';
export { stopServer } from './runners/server/stop-server.js';
