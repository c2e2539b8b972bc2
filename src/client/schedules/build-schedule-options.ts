import { randomUUID } from 'node:crypto';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { buildRunWorkflowId, buildScheduleId } from '../../scheduling/schedule-id.js';
import { scheduledRedeployType, sharedQueue, workflowId } from '../../workflows/messages.js';
import { searchAttributes } from '../../workflows/status/search-attributes.js';
import type { SchedulePlan } from './plan-schedule.js';

export interface ScheduleRequest {
  name: string;
  /** ID of the schedule within its deployment. */
  schedule?: string | undefined;
  plan: SchedulePlan;
  replacesFailed: boolean;
}

/** Builds the options of a Temporal Schedule, with summaries and search attributes for the Web UI. */
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
    state: { note: `created by ${by}` },
    memo: { deployment: name, schedule, createdBy: by, request: randomUUID() },
    typedSearchAttributes,
    action: {
      type: 'startWorkflow' as const,
      workflowType: scheduledRedeployType,
      workflowId: buildRunWorkflowId(name, schedule),
      taskQueue: sharedQueue,
      args: [{ name, schedule, replacesFailed }],
      typedSearchAttributes,
      staticSummary: `redeploy ${name} by schedule ${schedule}`,
      staticDetails: `Requests a redeploy from \`${workflowId(name)}\` and follows it until the bake ends.`,
    },
  };
}

interface ScheduleOrigin {
  schedule: string;
  /** Requester, for the record. */
  by: string;
}
