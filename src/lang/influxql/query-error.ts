// Why a query can't be read: what was found, what could have stood there, and where.

export class QueryError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'QueryError'
  }
}
