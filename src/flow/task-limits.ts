// What one task may take before it is stopped.

export interface TaskLimits {
  readonly maxGroups: number
  readonly maxHeldPoints: number
  /** Nanoseconds without data after which a group's state is forgotten; 0 = never. */
  readonly groupExpiryNs: number
}

export const NO_LIMITS: TaskLimits = { maxGroups: 0, maxHeldPoints: 0, groupExpiryNs: 0 }
