/** The result of checking one tool, service or setting that Berth needs or can use. */
export interface DiagnosticCheck {
  name: string;
  ok: boolean;
  /** Finding or problem. */
  detail: string;
  /** Fix for the problem; null when none is needed. */
  remedy: string | null;
  /** Whether every deployment needs it; Berth installs the rest on first use, or only some strategies need it. */
  isRequired: boolean;
  /** Whether it exists but is invalid. */
  isBroken?: boolean;
}
