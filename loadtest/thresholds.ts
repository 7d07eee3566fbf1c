// What a run must reach to pass.

export const THRESHOLDS = {
  /** From the moment a viewer sends a line until another one reads it. */
  deliveryP95Ms: 500,
  /** Refusals, unexpected closes, holes and doubles, against connections made and commands sent. */
  errorShare: 0.005,
  /** Entries that viewers saw, against entries that they should have seen. */
  deliveredShare: 1,
  /** Frames that show a private message to somebody it is not for. */
  foreign: 0,
  /** Returns after a cut that went on where they stopped. */
  resumedShare: 1,
  /** A soak: the server's memory at the end against after the warm-up, and its p99 of the last quarter against that of
   * the first. */
  rssGrowth: 0.05,
  p99Growth: 0.25,
  /** Too short to be felt, whatever the ratio. */
  p99GrowthMs: 20,
  /** Of the talking time. */
  warmUpShare: 0.25,
} as const
