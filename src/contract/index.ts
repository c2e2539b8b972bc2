export { AdaptationResult } from './adaptation.js';
export { Answer, AnswerError, AnswerPart, Chunk } from './answer.js';
export { ChangeKind, ChangeOutcome, CurrentChange, PastChange, type Redeployment, RequestedChange } from './change.js';
export { DeployConfig, DeploymentName, EnvironmentVariable, Solution } from './deploy-config.js';
export { CallOutcome, DurableRun } from './durable-run.js';
export { Contract, ContractSource, Example, Examples } from './example.js';
export { DocumentedCall, EntryPoint, Facts, Parameter } from './facts.js';
export { Handle, RunPlan } from './handle.js';
export { Resources } from './resources.js';
export {
  BaseImages,
  ContractReport,
  Environment,
  Foundation,
  VerificationCheck,
  VerificationCheckName,
  VerifiedRevision,
} from './revision.js';
export { AdaptationRound, Budget, Resumption, Spending } from './round.js';
export { CallStyle, FunctionInterface, RunInterface } from './run-interface.js';
export { ScheduledRedeploy, ScheduledRun, ScheduledRunOutcome, ScheduledRunResult, ScheduleInfo } from './schedule.js';
export { Candidate, DeploymentSetting } from './setting.js';
export { DeploymentInfo, DeploymentState, LastError, StepRecord } from './status.js';
export { Signal, StrategyConfig } from './strategy-config.js';
