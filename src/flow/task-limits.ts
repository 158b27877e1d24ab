// What one task may take.

export interface TaskLimits {
  /** Beyond it the task is stopped; 0 = no limit. */
  readonly maxGroups: number
  /** Beyond it the task is stopped; 0 = no limit. */
  readonly maxHeldPoints: number
  /** Points that a join or union holds for parents that are silent; beyond it the oldest go on without them. */
  readonly maxPending: number
  /** Nanoseconds without data after which a group's state is forgotten; 0 = never. */
  readonly groupExpiryNs: number
}

export const NO_LIMITS: TaskLimits = { maxGroups: 0, maxHeldPoints: 0, maxPending: 1_000_000, groupExpiryNs: 0 }
