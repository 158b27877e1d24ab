// What a client has to know of a route: where it is, and the types of what it takes and gives.
import type { TypedRoute } from '../server/api/route.ts'

/** A route value of the server is one. */
export type Endpoint<Query, Body, Reply> = Pick<TypedRoute<Query, Body, Reply>, 'methods' | 'path' | 'types'>

/** Its parameters of the query, its body, its answer. */
export type QueryOf<E> = E extends { readonly types?: infer T } ? Exclude<T, undefined>[keyof T & 'query'] : never
export type BodyOf<E> = E extends { readonly types?: infer T } ? Exclude<T, undefined>[keyof T & 'body'] : never
export type ReplyOf<E> = E extends { readonly types?: infer T } ? Exclude<T, undefined>[keyof T & 'reply'] : never

/** An endpoint that has no route value. A `*` at the end of the path stands for any rest. */
export function endpoint<Query, Body, Reply>(
  method: Endpoint<Query, Body, Reply>['methods'][number],
  path: string,
): Endpoint<Query, Body, Reply> {
  return { methods: [method], path }
}
