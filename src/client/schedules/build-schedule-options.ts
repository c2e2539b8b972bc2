import { randomUUID } from 'node:crypto';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import type { SchedulePlan } from '../../scheduling/plan-schedule.js';
import { buildRunWorkflowId, buildScheduleId } from '../../scheduling/schedule-id.js';
import { scheduledRedeployType, sharedQueue, workflowId } from '../../workflows/messages.js';
import { searchAttributes } from '../../workflows/status/search-attributes.js';

export interface ScheduleRequest {
  name: string;
  /** Tells schedules of one deployment apart. */
  schedule?: string | undefined;
  plan: SchedulePlan;
  replacesFailed: boolean;
}

/** A schedule as Temporal is asked for it, with what the Web UI shows of it and finds its runs by. */
export function buildScheduleOptions({
  name,
  schedule,
  plan,
  replacesFailed,
  by,
}: Required<ScheduleRequest> & ScheduleOrigin) {
  const typedSearchAttributes = [{ key: searchAttributes.name, value: name }];
  return {
    scheduleId: buildScheduleId(name, schedule),
    spec: plan.spec,
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: plan.catchUp },
    state: { note: `made by ${by}` },
    memo: { deployment: name, schedule, createdBy: by, request: randomUUID() },
    typedSearchAttributes,
    action: {
      type: 'startWorkflow' as const,
      workflowType: scheduledRedeployType,
      workflowId: buildRunWorkflowId(name, schedule),
      taskQueue: sharedQueue,
      args: [{ name, schedule, replacesFailed }],
      typedSearchAttributes,
      staticSummary: `redeploy ${name}, by its schedule ${schedule}`,
      staticDetails: `Asks \`${workflowId(name)}\` for a redeploy and follows it until the new revision has proved itself.`,
    },
  };
}

interface ScheduleOrigin {
  schedule: string;
  /** Who asks, for the record. */
  by: string;
}
