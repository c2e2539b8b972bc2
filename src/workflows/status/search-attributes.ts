import { defineSearchAttributeKey } from '@temporalio/common';

/** What the Web UI and `berth list` filter by. The stack registers them under these names, all of type Keyword. */
export const searchAttributes = {
  name: defineSearchAttributeKey('BerthName', 'KEYWORD'),
  state: defineSearchAttributeKey('BerthState', 'KEYWORD'),
  strategy: defineSearchAttributeKey('BerthStrategy', 'KEYWORD'),
  revision: defineSearchAttributeKey('BerthRevision', 'KEYWORD'),
  host: defineSearchAttributeKey('BerthHost', 'KEYWORD'),
  /** State of the change that is being made while an earlier revision serves; absent when there is none. */
  change: defineSearchAttributeKey('BerthChange', 'KEYWORD'),
};
