/** The public surface as text, with what is wrong with it; see api-report.js. */
export declare function apiReport(): {
  readonly text: string;
  readonly hidden: readonly string[];
  readonly schemas: readonly string[];
};
