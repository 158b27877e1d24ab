// A text that is made when somebody first reads it, and kept. What it is made from is let go then.

import { flat } from '../base/flat-text.ts'

export class LazyText {
  #text: string | undefined
  #make: (() => string) | undefined

  constructor(make: () => string) {
    this.#make = make
  }

  /** Throws what making it throws, every time. */
  get text(): string {
    if (this.#text === undefined) {
      this.#text = flat(this.#make!())
      this.#make = undefined
    }
    return this.#text
  }

  /** Empty when it can't be made. */
  get textOrEmpty(): string {
    try {
      return this.text
    } catch {
      return ''
    }
  }
}
