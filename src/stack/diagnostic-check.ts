/** The result of checking one tool, service or setting that Berth needs or can use. */
export interface DiagnosticCheck {
  name: string;
  ok: boolean;
  /** Finding or problem. */
  detail: string;
  /** Fix for the problem; null when none is needed. */
  remedy: string | null;
  /** True if every deployment needs it. Others are installed on first use, or only some strategies need them. */
  isRequired: boolean;
  /** True if it exists but is invalid. */
  isBroken?: boolean;
}
