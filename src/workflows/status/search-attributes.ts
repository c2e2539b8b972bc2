import { defineSearchAttributeKey } from '@temporalio/common';

/** Filters of the Web UI and of `berth list`. The stack registers them under these names, all of type Keyword. */
export const searchAttributes = {
  name: defineSearchAttributeKey('BerthName', 'KEYWORD'),
  state: defineSearchAttributeKey('BerthState', 'KEYWORD'),
  strategy: defineSearchAttributeKey('BerthStrategy', 'KEYWORD'),
  revision: defineSearchAttributeKey('BerthRevision', 'KEYWORD'),
  host: defineSearchAttributeKey('BerthHost', 'KEYWORD'),
  /** State of the redeploy or rollback in progress; absent when there is none. */
  change: defineSearchAttributeKey('BerthChange', 'KEYWORD'),
};
