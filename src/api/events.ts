/**
 * Reasons that only Events have. All other Events carry the reason of the condition they announce (conditionReasons):
 * they tell of conditions that came up, not of progress.
 */
export const eventReasons = {
  RunSucceeded: {
    type: 'Normal',
    on: 'Conversation, Intent',
    meaning: 'A pipeline run that it started ended well.',
  },
  RunFailed: {
    type: 'Warning',
    on: 'Conversation, Intent',
    meaning: 'A pipeline run that it started failed or was cancelled.',
  },
} as const;

/** Conditions whose coming up is an Event, with its type. */
export const announcedConditions = {
  AwaitingApproval: 'Normal',
  Stalled: 'Warning',
  AttentionRequired: 'Warning',
} as const;
