// A log target that keeps its lines: for tests.
import type { LogTarget } from './log-target.ts'

export class MemoryTarget implements LogTarget {
  readonly lines: string[] = []

  write(line: string): void {
    this.lines.push(line)
  }

  reopen(): void {}

  flush(): void {}

  close(): void {}
}
