// Which programs may be run: none, those inside of a fence, or all. A name without a slash is looked up in PATH, as the
// system does.
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { DeliveryFault } from '../delivery-fault.ts'
import { PathFence } from './path-fence.ts'

export interface ProgramSettings {
  /** False: nothing may be run. */
  readonly isEnabled: boolean
  /** Patterns of absolute paths; none = every program. */
  readonly commands: readonly string[]
}

const SWITCHED_OFF = 'programs are not run: [security] exec-enabled is false'

export class ProgramFence {
  readonly #isEnabled: boolean
  readonly #fence: PathFence
  readonly #path: () => string

  /** `path`: the folders in which programs are looked up; PATH of the process when not given. */
  constructor(settings: ProgramSettings, path: () => string = () => process.env['PATH'] ?? '') {
    this.#isEnabled = settings.isEnabled
    this.#fence = new PathFence('exec-commands', settings.commands)
    this.#path = path
  }

  /** Reason why a program may not be run. */
  refusal(program: string): string | undefined {
    if (!this.#isEnabled) return SWITCHED_OFF
    if (this.#fence.isOpen) return undefined
    return this.#fence.refusal(this.#find(program))
  }

  /** What to run in its place: the file itself. Throws a DeliveryFault for a program that may not be run. */
  enter(program: string): string {
    if (!this.#isEnabled) throw new DeliveryFault('exec-disabled', SWITCHED_OFF, { holds: false })
    return this.#fence.isOpen ? program : this.#fence.enter(this.#find(program))
  }

  /** The program itself when it is nowhere, so that messages name it. */
  #find(program: string): string {
    if (program.includes('/')) return program
    const folders = this.#path().split(delimiter)
    return folders.map((folder) => join(folder, program)).find(isProgram) ?? program
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
